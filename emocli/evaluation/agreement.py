"""How far decisions agree with the gold labels.

Everything here takes `gold` and `predicted`, both bool (n, n_labels) with n > 0, and gives numbers
in [0, 1]. A ratio of nothing to nothing is 0, except where it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emocli.modelling.labels import Bools

Counts = npt.NDArray[np.int64]
Ratios = npt.NDArray[np.float64]


def ratio(parts: Counts, wholes: Counts, of_nothing: float = 0.0) -> Ratios:
    """parts / wholes, and `of_nothing` where the whole is 0; the two shapes are broadcast."""
    parts, wholes = np.broadcast_arrays(parts, wholes)
    ratios: Ratios = np.full(parts.shape, of_nothing)
    np.divide(parts, wholes, out=ratios, where=wholes > 0)
    return ratios


@dataclass(frozen=True)
class Agreement:
    """Counts of decisions, three arrays of one shape, and the ratios between them."""

    true_positives: Counts
    predicted: Counts
    gold: Counts

    def precision(self) -> Ratios:
        """The share of what was predicted that is gold."""
        return ratio(self.true_positives, self.predicted)

    def recall(self) -> Ratios:
        """The share of what is gold that was predicted."""
        return ratio(self.true_positives, self.gold)

    def f1(self) -> Ratios:
        """The harmonic mean of precision and recall."""
        return ratio(2 * self.true_positives, self.predicted + self.gold)


def by_label(gold: Bools, predicted: Bools) -> Agreement:
    """The counts of each label, (n_labels,)."""
    return Agreement((gold & predicted).sum(axis=0), predicted.sum(axis=0), gold.sum(axis=0))


def overall(gold: Bools, predicted: Bools) -> Agreement:
    """The counts over all cells together, (1,): what micro averages are made from."""
    return by_label(gold.reshape(-1, 1), predicted.reshape(-1, 1))


def jaccard(gold: Bools, predicted: Bools) -> float:
    """Mean over rows of |gold and predicted| / |gold or predicted|; 1 for a row with neither.

    The papers call it accuracy on E-c. Where each row has exactly one label on both sides it is
    plain accuracy.
    """
    common = (gold & predicted).sum(axis=1)
    return float(ratio(common, (gold | predicted).sum(axis=1), of_nothing=1.0).mean())


def exact_match(gold: Bools, predicted: Bools) -> float:
    """The fraction of rows whose every label is right."""
    return float((gold == predicted).all(axis=1).mean())


def hamming_loss(gold: Bools, predicted: Bools) -> float:
    """The fraction of cells that are wrong; lower is better."""
    return float((gold != predicted).mean())


def micro_precision(gold: Bools, predicted: Bools) -> float:
    """Precision over all cells together."""
    return float(overall(gold, predicted).precision()[0])


def micro_recall(gold: Bools, predicted: Bools) -> float:
    """Recall over all cells together."""
    return float(overall(gold, predicted).recall()[0])


def micro_f1(gold: Bools, predicted: Bools) -> float:
    """F1 over all cells together."""
    return float(overall(gold, predicted).f1()[0])


def macro_precision(gold: Bools, predicted: Bools) -> float:
    """The mean of the labels' precisions; a label that is never predicted counts as 0."""
    return float(by_label(gold, predicted).precision().mean())


def macro_recall(gold: Bools, predicted: Bools) -> float:
    """The mean of the labels' recalls; a label that is never gold counts as 0."""
    return float(by_label(gold, predicted).recall().mean())


def macro_f1(gold: Bools, predicted: Bools) -> float:
    """The mean of the labels' F1 scores; a label neither gold nor predicted counts as 0."""
    return float(by_label(gold, predicted).f1().mean())


def confusion(gold: Bools, predicted: Bools) -> Counts:
    """How often each gold label (row) was answered with each label (column).

    Both arguments hold exactly one label a row. The answer is (n_labels, n_labels).
    """
    return gold.T.astype(np.int64) @ predicted.astype(np.int64)
