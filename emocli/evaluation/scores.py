"""All the scores of one evaluation."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from emocli.evaluation import agreement, ranking
from emocli.evaluation.metrics import METRICS, check
from emocli.modelling.labels import Bools, Floats, Labels


@dataclass(frozen=True)
class LabelScores:
    """How one label fared.

    Attributes:
        support: rows that have the label.
        predicted: rows that were given it.
        average_precision: over the rows; None without probabilities.
        threshold: the one its decisions were made with, where known.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int
    average_precision: float | None = None
    threshold: float | None = None


@dataclass(frozen=True)
class Scores:
    """Everything an evaluation measures, each metric in [0, 1].

    Attributes:
        average_precision, macro_average_precision, one_error: None without probabilities.
        accuracy: the fraction of rows answered right; None unless labels are exclusive.
        confusion: rows are gold labels, columns predicted ones; None unless labels are exclusive.
    """

    n_examples: int
    jaccard: float
    micro_precision: float
    micro_recall: float
    micro_f1: float
    macro_precision: float
    macro_recall: float
    macro_f1: float
    exact_match: float
    hamming_loss: float
    average_precision: float | None
    macro_average_precision: float | None
    one_error: float | None
    accuracy: float | None
    confusion: tuple[tuple[int, ...], ...] | None
    labels: tuple[LabelScores, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values: numbers, None, lists and dictionaries."""
        plain = asdict(self)
        plain["labels"] = list(plain["labels"])
        plain["confusion"] = self.confusion and [list(row) for row in self.confusion]
        return plain


def score(
    labels: Labels,
    gold: Bools,
    predicted: Bools,
    probabilities: Floats | None = None,
    thresholds: Floats | None = None,
) -> Scores:
    """Score decisions, and their probabilities where there are any.

    Args:
        gold, predicted, probabilities: (n, n_labels), n > 0.
        thresholds: (n_labels,), to be shown beside each label; exclusive labels have none.

    Raises:
        ValueError: shapes differ, there are no rows, probabilities are not numbers, or a row of
            exclusive labels does not have exactly one.
    """
    check(gold, predicted, probabilities)
    if gold.shape[1] != len(labels):
        raise ValueError(f"{gold.shape[1]} columns for {len(labels)} labels")
    if labels.exclusive and not (_one_a_row(gold) and _one_a_row(predicted)):
        raise ValueError("exclusive labels need exactly one gold and one predicted label a row")
    measured: dict[str, Any] = {
        name.replace("-", "_"): None
        if metric.needs_probabilities and probabilities is None
        else metric.measure(gold, predicted, probabilities)
        for name, metric in METRICS.items()
    }
    if not labels.exclusive:
        measured["accuracy"] = None
    counts = agreement.confusion(gold, predicted).tolist() if labels.exclusive else None
    shown = None if labels.exclusive else thresholds
    return Scores(
        n_examples=len(gold),
        confusion=counts and tuple(tuple(row) for row in counts),
        labels=_label_scores(labels.names, gold, predicted, probabilities, shown),
        **measured,
    )


def _label_scores(
    names: tuple[str, ...],
    gold: Bools,
    predicted: Bools,
    probabilities: Floats | None,
    thresholds: Floats | None,
) -> tuple[LabelScores, ...]:
    counts = agreement.by_label(gold, predicted)
    nothing: list[float | None] = [None] * len(names)
    ranked = nothing
    if probabilities is not None:
        ranked = ranking.label_average_precision(gold, probabilities).tolist()
    columns = (
        counts.precision().tolist(),
        counts.recall().tolist(),
        counts.f1().tolist(),
        counts.gold.tolist(),
        counts.predicted.tolist(),
        ranked,
        nothing if thresholds is None else [float(threshold) for threshold in thresholds],
    )
    return tuple(LabelScores(*row) for row in zip(names, *columns, strict=True))


def _one_a_row(decisions: Bools) -> bool:
    return bool((decisions.sum(axis=1) == 1).all())
