"""The metrics that a user can choose by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from emocli.errors import unknown
from emocli.evaluation import agreement, ranking
from emocli.modelling.labels import Bools, Floats


@dataclass(frozen=True)
class Metric:
    """A metric that a user can choose by name.

    Attributes:
        name: what the user types.
        measure: computes it from gold, predicted and probabilities, each (n, n_labels).
        higher_is_better: False for a loss.
        needs_probabilities: True where it ranks probabilities and ignores decisions.
    """

    name: str
    measure: Callable[[Bools, Bools, Floats | None], float]
    higher_is_better: bool = True
    needs_probabilities: bool = False

    def __call__(self, gold: Bools, predicted: Bools, probabilities: Floats | None = None) -> float:
        """The metric's value, in [0, 1].

        Raises:
            ValueError: it needs probabilities and there are none; the shapes differ; no rows.
        """
        check(gold, predicted, probabilities)
        return self.measure(gold, predicted, probabilities)

    def better(self, value: float, than: float) -> bool:
        """Whether one value of this metric is strictly better than another."""
        return value > than if self.higher_is_better else value < than


def find_metric(name: str) -> Metric:
    """The metric a user calls `name`.

    Raises:
        UsageError: there is no such metric.
    """
    if name not in METRICS:
        raise unknown("metric", name, METRICS)
    return METRICS[name]


def check(gold: Bools, predicted: Bools, probabilities: Floats | None) -> None:
    """Make sure that arrays can be scored: bool, of one shape, with rows, without NaN.

    Raises:
        ValueError: they cannot.
    """
    if gold.dtype != bool or predicted.dtype != bool:
        raise ValueError(f"gold is {gold.dtype}, predicted is {predicted.dtype}; both must be bool")
    if not len(gold):
        raise ValueError("there are no rows to score")
    if gold.shape != predicted.shape:
        raise ValueError(f"gold is {gold.shape}, predicted is {predicted.shape}")
    if probabilities is None:
        return
    if gold.shape != probabilities.shape:
        raise ValueError(f"gold is {gold.shape}, probabilities are {probabilities.shape}")
    if np.isnan(probabilities).any():
        raise ValueError("some probabilities are not numbers")


def _deciding(
    name: str, function: Callable[[Bools, Bools], float], higher_is_better: bool = True
) -> Metric:
    return Metric(name, lambda gold, predicted, _: function(gold, predicted), higher_is_better)


def _ranking(
    name: str, function: Callable[[Bools, Floats], float], higher_is_better: bool = True
) -> Metric:
    def measure(gold: Bools, predicted: Bools, probabilities: Floats | None) -> float:
        if probabilities is None:
            raise ValueError(f"the metric {name} needs probabilities")
        return function(gold, probabilities)

    return Metric(name, measure, higher_is_better, needs_probabilities=True)


# The papers call mean Jaccard accuracy; with exclusive labels the two are the same number.
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _deciding("jaccard", agreement.jaccard),
        _deciding("accuracy", agreement.jaccard),
        _deciding("micro-precision", agreement.micro_precision),
        _deciding("micro-recall", agreement.micro_recall),
        _deciding("micro-f1", agreement.micro_f1),
        _deciding("macro-precision", agreement.macro_precision),
        _deciding("macro-recall", agreement.macro_recall),
        _deciding("macro-f1", agreement.macro_f1),
        _deciding("exact-match", agreement.exact_match),
        _deciding("hamming-loss", agreement.hamming_loss, higher_is_better=False),
        _ranking("average-precision", ranking.average_precision),
        _ranking("macro-average-precision", ranking.macro_average_precision),
        _ranking("one-error", ranking.one_error, higher_is_better=False),
    )
}
