from __future__ import annotations

import numpy as np
import pytest

from emocli.errors import UsageError
from emocli.evaluation.metrics import METRICS, find_metric

GOLD = np.array([[1, 0], [1, 1]], dtype=bool)
PREDICTED = np.array([[1, 0], [1, 0]], dtype=bool)
PROBABILITIES = np.array([[0.9, 0.2], [0.8, 0.4]])

VALUES = {
    "jaccard": 0.75,
    "accuracy": 0.75,
    "micro-precision": 1.0,
    "micro-recall": 2 / 3,
    "micro-f1": 4 / 5,
    "macro-precision": 0.5,
    "macro-recall": 0.5,
    "macro-f1": 0.5,
    "exact-match": 0.5,
    "hamming-loss": 0.25,
    "average-precision": 1.0,
    "macro-average-precision": 1.0,
    "one-error": 0.0,
}


def test_every_metric_is_found_by_its_name_and_measures():
    measured = {name: find_metric(name)(GOLD, PREDICTED, PROBABILITIES) for name in METRICS}
    assert measured == pytest.approx(VALUES)


def test_an_unknown_metric_is_answered_with_the_nearest():
    with pytest.raises(UsageError) as raised:
        find_metric("jacard")
    assert str(raised.value) == (
        "unknown metric 'jacard': did you mean 'jaccard'? Known metrics: accuracy, "
        "average-precision, exact-match, hamming-loss, jaccard, macro-average-precision, macro-f1, "
        "macro-precision, macro-recall, micro-f1, micro-precision, micro-recall, one-error."
    )


def test_a_loss_is_better_when_lower():
    assert find_metric("jaccard").better(0.6, than=0.5)
    assert not find_metric("jaccard").better(0.5, than=0.5)
    assert find_metric("hamming-loss").better(0.1, than=0.2)
    assert find_metric("one-error").better(0.1, than=0.2)
    losses = [name for name, metric in METRICS.items() if not metric.higher_is_better]
    assert losses == ["hamming-loss", "one-error"]


def test_only_ranking_metrics_need_probabilities():
    for name, metric in METRICS.items():
        if not metric.needs_probabilities:
            assert metric(GOLD, PREDICTED) == pytest.approx(VALUES[name])
            continue
        with pytest.raises(ValueError, match=f"^the metric {name} needs probabilities$"):
            metric(GOLD, PREDICTED)


@pytest.mark.parametrize(
    ("gold", "predicted", "probabilities", "message"),
    [
        (GOLD[:0], GOLD[:0], None, "there are no rows to score"),
        (GOLD, GOLD[:1], None, "gold is (2, 2), predicted is (1, 2)"),
        (GOLD, GOLD, PROBABILITIES[:1], "gold is (2, 2), probabilities are (1, 2)"),
        (GOLD, GOLD, PROBABILITIES * np.nan, "some probabilities are not numbers"),
        (GOLD.astype(np.int8), GOLD, None, "gold is int8, predicted is bool; both must be bool"),
    ],
)
def test_arrays_that_cannot_be_scored_are_refused(gold, predicted, probabilities, message):
    with pytest.raises(ValueError) as raised:
        find_metric("jaccard")(gold, predicted, probabilities)
    assert str(raised.value) == message
