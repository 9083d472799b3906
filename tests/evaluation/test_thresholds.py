from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from emocli.errors import UsageError
from emocli.evaluation.metrics import METRICS
from emocli.evaluation.thresholds import FITTED_METRICS, fit_thresholds

RANKED = st.tuples(st.integers(1, 8), st.integers(1, 4)).flatmap(
    lambda shape: st.tuples(
        arrays(bool, shape), arrays(np.float32, shape, elements=st.floats(0, 1, width=32))
    )
)
METRIC_NAMES = st.sampled_from(sorted(FITTED_METRICS))

# Anger is answered too often and joy too seldom for one threshold to suit both.
GOLD = np.array([[1, 1], [0, 1], [0, 0], [0, 0]] * 10, dtype=bool)
PROBABILITIES = np.array([[0.9, 0.5], [0.7, 0.3], [0.6, 0.2], [0.6, 0.1]] * 10)


def value(name, gold, probabilities, thresholds):
    return METRICS[name](gold, probabilities > thresholds)


def test_one_threshold_lies_midway_between_the_probabilities_it_separates():
    gold = np.array([[1, 0], [1, 0]], dtype=bool)
    probabilities = np.array([[0.8, 0.3], [0.6, 0.2]])
    np.testing.assert_allclose(fit_thresholds(gold, probabilities), [0.45, 0.45])


@settings(deadline=None, max_examples=150, database=None)
@given(METRIC_NAMES, RANKED)
def test_one_threshold_is_the_best_of_all(name, ranked):
    gold, probabilities = ranked
    fitted = fit_thresholds(gold, probabilities, metric=name)
    assert len(set(fitted.tolist())) == 1
    # Decisions change at probabilities only, and each step holds its start.
    every = [0.0, 0.5, *probabilities.ravel().tolist()]
    best = max(value(name, gold, probabilities, threshold) for threshold in every)
    assert value(name, gold, probabilities, fitted) == pytest.approx(best, abs=1e-9)


@settings(deadline=None, max_examples=100, database=None)
@given(METRIC_NAMES, RANKED, st.sampled_from([0.0, 1.0, 10.0]))
def test_thresholds_of_their_own_are_never_worse_than_one(name, ranked, shrinkage):
    gold, probabilities = ranked
    one = fit_thresholds(gold, probabilities, metric=name)
    own = fit_thresholds(gold, probabilities, metric=name, per_label=True, shrinkage=shrinkage)
    assert ((own >= 0) & (own <= 1)).all()
    lowest = value(name, gold, probabilities, one) - 1e-9
    assert value(name, gold, probabilities, own) >= lowest


@pytest.mark.parametrize("name", sorted(FITTED_METRICS))
def test_labels_that_need_different_thresholds_get_them(name):
    own = fit_thresholds(GOLD, PROBABILITIES, metric=name, per_label=True, shrinkage=0)
    assert value(name, GOLD, PROBABILITIES, fit_thresholds(GOLD, PROBABILITIES, metric=name)) < 1
    assert value(name, GOLD, PROBABILITIES, own) == 1.0


def test_a_label_moves_by_its_share_of_gold_rows():
    # Anger: 10 gold rows at 0.9, the others from 0.01 to 0.7. Joy: 30 at 0.3, the others at 0.2.
    anger = [0.9] * 10 + [0.7 - 0.69 * step / 29 for step in range(30)]
    joy = [0.2] * 10 + [0.3] * 30
    probabilities = np.column_stack([anger, joy])
    gold = np.column_stack([np.arange(40) < 10, np.arange(40) >= 10])
    common = fit_thresholds(gold, probabilities, metric="macro-f1")[0]
    assert 0.2 < common < 0.3
    own = fit_thresholds(gold, probabilities, metric="macro-f1", per_label=True, shrinkage=10)
    np.testing.assert_allclose(own, [common + 10 / (10 + 10) * (0.8 - common), common])


def test_a_label_without_gold_rows_keeps_the_common_threshold():
    gold = np.hstack([GOLD, np.zeros((40, 1), dtype=bool)])
    probabilities = np.hstack([PROBABILITIES, np.full((40, 1), 0.95)])
    common = fit_thresholds(gold, probabilities, metric="micro-f1")[0]
    for shrinkage in (0, 10):
        own = fit_thresholds(
            gold, probabilities, metric="micro-f1", per_label=True, shrinkage=shrinkage
        )
        assert own[2] == common


def test_endless_shrinkage_is_one_threshold():
    one = fit_thresholds(GOLD, PROBABILITIES)
    own = fit_thresholds(GOLD, PROBABILITIES, per_label=True, shrinkage=float("inf"))
    assert own.tolist() == one.tolist()


def test_thresholds_are_the_same_each_time_and_in_each_order_of_rows():
    generator = np.random.default_rng(7)
    gold = generator.random((60, 5)) < 0.3
    probabilities = generator.random((60, 5))
    order = generator.permutation(60)
    for name in FITTED_METRICS:
        first = fit_thresholds(gold, probabilities, metric=name, per_label=True)
        again = fit_thresholds(gold, probabilities, metric=name, per_label=True)
        shuffled = fit_thresholds(gold[order], probabilities[order], metric=name, per_label=True)
        assert first.tolist() == again.tolist()
        np.testing.assert_allclose(shuffled, first, rtol=0, atol=1e-12)


def test_a_metric_that_thresholds_cannot_serve_is_refused():
    with pytest.raises(UsageError) as raised:
        fit_thresholds(GOLD, PROBABILITIES, metric="one-error")
    assert str(raised.value) == (
        "unknown threshold metric 'one-error'. Known threshold metrics: accuracy, exact-match, "
        "jaccard, macro-f1, micro-f1."
    )


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.inf])
def test_probabilities_outside_zero_to_one_are_refused(wrong):
    with pytest.raises(ValueError, match=r"^some probabilities are not in \[0, 1\]$"):
        fit_thresholds(GOLD[:1], np.array([[0.5, wrong]]))


def test_negative_shrinkage_is_refused():
    with pytest.raises(ValueError, match=r"^shrinkage is -1, expected 0 or more$"):
        fit_thresholds(GOLD, PROBABILITIES, shrinkage=-1)


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match=r"^there are no rows to score$"):
        fit_thresholds(GOLD[:0], PROBABILITIES[:0])
