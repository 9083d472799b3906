"""The value of a metric at every possible threshold, exactly, by sorting and cumulative counts.

A label is predicted where its probability exceeds the threshold (`Labels.decide`), so lowering a
threshold adds predictions, one distinct probability at a time. Each metric here is the mean over
groups of cells (rows, labels, or all cells as one) of a rate made from three counts. One more
prediction changes the rate of one group, and their running sum is the metric at all thresholds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from emocli.evaluation.agreement import Counts, Ratios, ratio
from emocli.modelling.labels import Bools

# Rounding in a running sum of some hundred thousand terms stays far below it, and no user could
# see it: values closer than this are one plateau.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Curve:
    """A metric as a step function of one threshold in [0, 1].

    Attributes:
        starts: where each step begins, ascending from 0, (n_steps,); a step holds its own start,
            not the next one's.
        values: the metric on each step, (n_steps,).
    """

    starts: Ratios
    values: Ratios

    def at(self, threshold: float) -> float:
        """The metric's value with this threshold."""
        return float(self.values[np.searchsorted(self.starts, threshold, side="right") - 1])

    def best(self) -> float:
        """The middle of the widest plateau on which the metric is highest."""
        highest = self.values >= self.values.max() - TOLERANCE
        border = np.diff(highest.astype(np.int8), prepend=0, append=0)
        ends = np.append(self.starts, 1.0)
        lows, highs = ends[border == 1], ends[border == -1]
        widest = np.argmax(highs - lows)
        middle = (lows[widest] + highs[widest]) / 2
        # Between two neighbouring floating-point numbers the middle may be rounded up to the next
        # step.
        return float(middle if middle < highs[widest] else lows[widest])


@dataclass(frozen=True)
class GroupedMetric:
    """A metric that is the mean of a rate over groups of cells.

    Attributes:
        group: what a group is: a row, a label's column, or all cells together.
        rate: made from a group's counts of true positives, predicted and gold, which broadcast.
    """

    group: Literal["row", "label", "all"]
    rate: Callable[[Counts, Counts, Counts], Ratios]

    def curve(self, gold: Bools, probabilities: Ratios) -> Curve:
        """The metric with one threshold for all labels; both arguments are (n, n_labels)."""
        gold, probabilities = self._grouped(gold), self._grouped(probabilities)
        order = np.argsort(-probabilities, axis=1, kind="stable")  # (n_groups, size)
        found = np.take_along_axis(gold, order, axis=1).cumsum(axis=1)
        found = np.pad(found, ((0, 0), (1, 0)))  # (n_groups, size + 1)
        rates = self.rate(found, np.arange(found.shape[1]), gold.sum(axis=1, keepdims=True))
        ranked = np.take_along_axis(probabilities, order, axis=1)
        changes = np.diff(rates, axis=1)
        return _running(ranked.ravel(), changes.ravel(), float(rates[:, 0].sum()), len(rates))

    def label_curve(
        self, gold: Bools, predicted: Bools, label: int, probabilities: Ratios
    ) -> Curve:
        """The metric with one label's threshold free and the other labels' decisions fixed.

        Args:
            gold, predicted: (n, n_labels); the column `label` of `predicted` does not count.
            probabilities: (n,), of this label.
        """
        others = predicted.copy()
        others[:, label] = False
        found, answered, wanted = (self._counts(cells) for cells in (gold & others, others, gold))
        rates = self.rate(found, answered, wanted)  # (n_groups,)
        order = np.argsort(-probabilities, kind="stable")
        hits = gold[order, label]
        if self.group == "row":
            after = self.rate(found[order] + hits, answered[order] + 1, wanted[order])
            changes = after - rates[order]
        else:
            own = label if self.group == "label" else 0
            hits, rank = np.append(0, hits.cumsum()), np.arange(len(hits) + 1)
            changes = np.diff(self.rate(found[own] + hits, answered[own] + rank, wanted[own]))
        return _running(probabilities[order], changes, float(rates.sum()), len(rates))

    def _grouped(self, cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """(n, n_labels) as (n_groups, cells of a group)."""
        if self.group == "all":
            return cells.reshape(1, -1)
        return cells if self.group == "row" else cells.T

    def _counts(self, cells: Bools) -> Counts:
        counts: Counts = self._grouped(cells).sum(axis=1)
        return counts


def _running(probabilities: Ratios, changes: Ratios, nothing: float, n_groups: int) -> Curve:
    """The curve of a mean over groups from the changes that predictions bring to its sum.

    Args:
        probabilities: of each prediction, (n_predictions,).
        changes: what each brings, those of its group with higher probabilities being made, as
            they are listed, (n_predictions,).
        nothing: the sum when nothing is predicted.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    sums = nothing + changes[order].cumsum()
    last_of_equals = np.append(ranked[1:] != ranked[:-1], True)
    starts = np.append(ranked[last_of_equals], 0.0)[::-1]
    values = np.append(nothing, sums[last_of_equals])[::-1] / n_groups
    first = 1 if starts[1] == 0 else 0  # a probability of 0 exceeds no threshold
    return Curve(starts[first:], values[first:])


def jaccard_rate(true_positives: Counts, predicted: Counts, gold: Counts) -> Ratios:
    """Intersection over union; 1 where both are empty."""
    return ratio(true_positives, predicted + gold - true_positives, of_nothing=1.0)


def f1_rate(true_positives: Counts, predicted: Counts, gold: Counts) -> Ratios:
    """The harmonic mean of precision and recall; 0 where both are empty."""
    return ratio(2 * true_positives, predicted + gold)


def exact_rate(true_positives: Counts, predicted: Counts, gold: Counts) -> Ratios:
    """1 where exactly the gold cells are predicted, else 0."""
    right = (true_positives == predicted) & (true_positives == gold)
    return np.asarray(right, dtype=np.float64)
