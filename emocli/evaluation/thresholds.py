"""Thresholds that make decisions best on held-out examples.

One common threshold is found exactly: every distinct probability is tried, and of equally good
thresholds the middle of the widest plateau is taken, as the farthest from where decisions change.

Where labels may have thresholds of their own, each in turn, the others fixed, moves from the common
threshold t towards the best one of its own, b: to t + n / (n + shrinkage) * (b - t), n being the
rows that have the label. So a label with few gold rows stays near t. A move is kept only if it
improves the metric; turns go on until none does (`PASSES` at most): never worse than t on the rows
they are fitted to.
"""

from __future__ import annotations

import numpy as np

from emocli.errors import unknown
from emocli.evaluation.agreement import Ratios
from emocli.evaluation.curves import (
    TOLERANCE,
    GroupedMetric,
    exact_rate,
    f1_rate,
    jaccard_rate,
)
from emocli.evaluation.metrics import check
from emocli.modelling.labels import Bools, Floats

# The metrics that thresholds can be fitted to: those that reward answering and not answering.
FITTED_METRICS: dict[str, GroupedMetric] = {
    "jaccard": GroupedMetric("row", jaccard_rate),
    "accuracy": GroupedMetric("row", jaccard_rate),
    "micro-f1": GroupedMetric("all", f1_rate),
    "macro-f1": GroupedMetric("label", f1_rate),
    "exact-match": GroupedMetric("row", exact_rate),
}

# In gold rows. Fitted on one random half of E-c dev and scored on the other, 40 times, with a
# linear classifier, anything from 50 to 200 did equally well for Jaccard and micro-F1.
SHRINKAGE = 100.0
PASSES = 20  # a bound; two or three usually suffice


def fit_thresholds(
    gold: Bools,
    probabilities: Floats,
    *,
    metric: str = "jaccard",
    per_label: bool = False,
    shrinkage: float = SHRINKAGE,
) -> Ratios:
    """The thresholds, (n_labels,) in [0, 1], with which `Labels.decide` scores best.

    Args:
        gold, probabilities: (n, n_labels), n > 0; probabilities in [0, 1].
        metric: one of `FITTED_METRICS`.
        per_label: whether labels may have thresholds of their own.
        shrinkage: in gold rows; 0 trusts each label's own best threshold.

    Raises:
        UsageError: thresholds cannot be fitted to this metric, or it is unknown.
        ValueError: shapes differ, there are no rows, probabilities are not in [0, 1], or
            shrinkage is negative.
    """
    if metric not in FITTED_METRICS:
        raise unknown("threshold metric", metric, FITTED_METRICS)
    if shrinkage < 0:
        raise ValueError(f"shrinkage is {shrinkage}, expected 0 or more")
    check(gold, gold, probabilities)
    if probabilities.min() < 0 or probabilities.max() > 1:
        raise ValueError("some probabilities are not in [0, 1]")
    exact: Ratios = probabilities.astype(np.float64)
    goal = FITTED_METRICS[metric]
    common = goal.curve(gold, exact).best()
    thresholds = np.full(gold.shape[1], common)
    if per_label:
        n_gold = gold.sum(axis=0)
        trust = n_gold / np.maximum(n_gold + shrinkage, 1)
        _improve(thresholds, goal, gold, exact, trust)
    return thresholds


def _improve(
    thresholds: Ratios, goal: GroupedMetric, gold: Bools, probabilities: Ratios, trust: Ratios
) -> None:
    """Move thresholds, label after label, until no move improves the metric."""
    common = thresholds.copy()
    predicted = probabilities > thresholds
    for _ in range(PASSES):
        moved = False
        for label, column in enumerate(probabilities.T):
            curve = goal.label_curve(gold, predicted, label, column)
            own = common[label] + trust[label] * (curve.best() - common[label])
            if curve.at(own) > curve.at(thresholds[label]) + TOLERANCE:
                thresholds[label] = own
                predicted[:, label] = column > own
                moved = True
        if not moved:
            return
