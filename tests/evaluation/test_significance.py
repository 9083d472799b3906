"""McNemar's test, Holm's correction, and a whole comparison."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from emocli.evaluation.resampling import COMPARED_METRICS
from emocli.evaluation.significance import (
    EXACT_UP_TO,
    Comparison,
    McNemar,
    compare,
    default_metrics,
    holm,
    holm_together,
    mcnemar,
)
from emocli.modelling.labels import Bools, Labels

EMOTIONS = Labels(("anger", "joy"))
MOODS = Labels(("bad", "good"), exclusive=True)
GOLD = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=bool)
RIGHT_BUT_ONE = np.array([[1, 0], [0, 1], [1, 0], [0, 0]], dtype=bool)
ALL_WRONG = ~GOLD


def right_by(both: int, only_a: int, only_b: int, neither: int) -> tuple[Bools, Bools]:
    """Right answers of A and B that make these four counts."""
    counts = (both, only_a, only_b, neither)
    return (
        np.repeat([True, True, False, False], counts),
        np.repeat([True, False, True, False], counts),
    )


def small(gold: Bools, a: Bools, b: Bools, labels: Labels = EMOTIONS) -> Comparison:
    return compare(labels, gold, a, b, resamples=100)


def test_mcnemars_test_is_exact_where_few_pairs_differ() -> None:
    """Two media for growing bacteria on 50 specimens.

    Armitage and Berry, Statistical Methods in Medical Research, 3rd edition 1994, p. 127, worked by
    StatsDirect (statsdirect.com/help/chi_square_tests/mat.htm): two-sided exact P = 0.0129.
    """
    found = mcnemar(*right_by(20, 12, 2, 16))
    assert (found.only_a, found.only_b, found.chi_squared) == (12, 2, None)
    assert found.p == pytest.approx(0.0129, abs=5e-5)


def test_mcnemars_test_is_chi_squared_where_many_differ() -> None:
    """61 answers that one annotator alone has right, 27 the other: 12.375, P-value 4.35e-04.

    From the documentation of chart-review (docs.smarthealthit.org/cumulus/chart-review/mcnemar),
    which corrects for continuity too.
    """
    found = mcnemar(*right_by(20, 61, 27, 42))
    assert found.chi_squared == 12.375
    assert found.p == pytest.approx(4.35e-4, abs=5e-7)


def test_mcnemars_test_of_two_polls_is_near_the_one_without_correction() -> None:
    """Of 1,600 voters 150 turned from approval and 86 to it.

    Agresti, Categorical Data Analysis, 1990, p. 350, where z squared is 17.36; the correction for
    continuity makes it (|150 - 86| - 1)^2 / (150 + 86).
    """
    found = mcnemar(*right_by(794, 150, 86, 570))
    assert found.chi_squared == pytest.approx(63**2 / 236)
    assert pytest.approx(17.36, abs=0.005) == 64**2 / 236
    assert found.p == pytest.approx(4.1e-5, abs=5e-7)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemars_test_is_a_coin_thrown_as_often_as_pairs_differ(only_a: int, only_b: int) -> None:
    found = mcnemar(*right_by(3, only_a, only_b, 2))
    throws = only_a + only_b
    coin = binomtest(only_a, throws).pvalue if throws else 1.0
    assert found.p == pytest.approx(coin, abs=1e-9 if throws <= EXACT_UP_TO else 0.01)


def test_pairs_that_differ_as_often_either_way_are_no_evidence() -> None:
    assert mcnemar(*right_by(0, 30, 30, 0)) == McNemar(30, 30, 0.0, 1.0)
    assert mcnemar(*right_by(5, 0, 0, 5)) == McNemar(0, 0, None, 1.0)


def test_holms_correction_agrees_with_a_published_example() -> None:
    """Of 0.01, 0.04, 0.03 and 0.005 the first and the last are rejected at 0.05, the others not.

    The example of Wikipedia's article on the Holm-Bonferroni method. The smallest is multiplied by
    4, the next by 3, the next by 2: 0.02, 0.03, 0.06; and 0.04 is raised to the 0.06 before it.
    """
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@settings(deadline=None, max_examples=15)  # statsmodels collects garbage each time
@given(st.lists(st.floats(0, 1), max_size=6))
def test_holms_correction_is_the_step_by_step_one(p_values: list[float]) -> None:
    expected = dict.fromkeys(range(len(p_values)), 0.0)
    highest = 0.0
    for step, place in enumerate(sorted(expected, key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (len(p_values) - step) * p_values[place]))
        expected[place] = highest
    assert holm(p_values) == pytest.approx([expected[place] for place in range(len(p_values))])


def test_a_comparison_holds_what_is_counted_by_hand() -> None:
    """A misses one of eight cells, in the third row; B has every cell wrong.

    Jaccard of A: (1 + 1 + 1/2 + 1) / 4; of B: 0, for it shares no label with gold.
    """
    found = small(GOLD, RIGHT_BUT_ONE, ALL_WRONG)
    jaccard, micro, macro = found.metrics
    assert (found.n_examples, found.n_different) == (4, 4)
    assert (jaccard.metric, jaccard.a, jaccard.b, jaccard.difference) == (
        "jaccard",
        0.875,
        0,
        0.875,
    )
    assert (micro.metric, micro.a, micro.b) == ("micro-f1", pytest.approx(6 / 7), 0)
    assert (macro.metric, macro.a) == ("macro-f1", pytest.approx((1 + 2 / 3) / 2))
    assert found.mcnemar_labels == McNemar(7, 0, None, 2 / 2**7)
    assert found.mcnemar_rows == McNemar(3, 0, None, 2 / 2**3)


def test_the_p_values_of_a_comparison_are_corrected_together() -> None:
    found = small(GOLD, RIGHT_BUT_ONE, ALL_WRONG)
    assert [one.p_holm for one in found.metrics] == holm([one.p for one in found.metrics])
    alone = compare(EMOTIONS, GOLD, RIGHT_BUT_ONE, ALL_WRONG, metrics=["jaccard"], resamples=100)
    assert alone.metrics[0].p_holm == alone.metrics[0].p == found.metrics[0].p


def test_several_comparisons_can_be_corrected_as_one_family() -> None:
    one, other = small(GOLD, RIGHT_BUT_ONE, ALL_WRONG), small(GOLD, GOLD, RIGHT_BUT_ONE)
    together = holm_together([one, other])
    p_values = [difference.p for difference in (*one.metrics, *other.metrics)]
    found = [difference.p_holm for each in together for difference in each.metrics]
    assert found == holm(p_values)
    assert [each.mcnemar_rows for each in together] == [one.mcnemar_rows, other.mcnemar_rows]
    assert holm_together([]) == []


def test_evidence_is_a_corrected_p_below_what_the_confidence_leaves() -> None:
    random = np.random.default_rng(0)
    gold = random.random((100, 2)) < 0.5
    found = small(gold, gold, ~gold)
    assert all(found.differs(one) for one in found.metrics)
    assert [one.p_holm for one in found.metrics] == pytest.approx([3 / 101] * 3)
    strict = compare(EMOTIONS, gold, gold, ~gold, resamples=100, confidence=0.98)
    assert not any(strict.differs(one) for one in strict.metrics)


def test_the_seed_decides_what_is_drawn() -> None:
    random = np.random.default_rng(0)
    gold, a, b = (random.random((30, 2)) < 0.5 for _ in range(3))
    one, again, other = (
        compare(EMOTIONS, gold, a, b, seed=seed, resamples=200) for seed in (1, 1, 2)
    )
    assert one == again
    assert one.metrics != other.metrics


def test_exclusive_labels_are_compared_by_accuracy_and_never_pooled() -> None:
    gold, a = np.eye(2, dtype=bool)[[0, 1, 1]], np.eye(2, dtype=bool)[[0, 1, 0]]
    found = small(gold, a, gold, MOODS)
    assert [one.metric for one in found.metrics] == ["accuracy", "macro-f1"]
    assert found.mcnemar_labels is None
    assert found.mcnemar_rows == McNemar(0, 1, None, 1.0)


def test_the_default_metrics_can_all_be_compared() -> None:
    assert {*default_metrics(EMOTIONS), *default_metrics(MOODS)} <= COMPARED_METRICS.keys()


def test_a_metric_named_twice_is_compared_once() -> None:
    metrics = ["jaccard", "exact-match", "jaccard"]
    found = compare(EMOTIONS, GOLD, GOLD, ALL_WRONG, metrics=metrics, resamples=100)
    assert [one.metric for one in found.metrics] == ["jaccard", "exact-match"]


def test_a_comparison_is_plain_json_values() -> None:
    plain = small(GOLD, RIGHT_BUT_ONE, ALL_WRONG).as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["mcnemar_rows"] == {"only_a": 3, "only_b": 0, "chi_squared": None, "p": 0.25}
    assert [one["metric"] for one in plain["metrics"]] == ["jaccard", "micro-f1", "macro-f1"]


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^gold is \(1, 2\), expected \(2 or more, 2\)$"):
        small(GOLD[:1], GOLD[:1], GOLD[:1])
    with pytest.raises(ValueError, match=r"^gold is \(4, 2\), expected \(2 or more, 3\)$"):
        small(GOLD, GOLD, GOLD, Labels(("a", "b", "c")))
    with pytest.raises(ValueError, match=r"^gold is \(4, 2\), predicted is \(3, 2\)$"):
        small(GOLD, GOLD, GOLD[:3])
    message = r"^confidence is 1, resamples is 10; expected 0 to 1, and 2 or more$"
    with pytest.raises(ValueError, match=message):
        compare(EMOTIONS, GOLD, GOLD, GOLD, confidence=1, resamples=10)
