"""Rows as they are read back from an output, to tell whether a run may go on with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emocli.data.output_rows import cell

LABEL_SEPARATOR = ";"


@dataclass(frozen=True)
class HeldRow:
    """A row that an output holds.

    Attributes:
        record: what comes from the input: the id, the text and the columns carried through.
        labels: the names of the predicted ones.
        scores: the probability of each label; NaN where there is none.
    """

    record: object
    labels: frozenset[str]
    scores: Mapping[str, float]


def held_object(line: str) -> HeldRow:
    """A row as a JSON object.

    Raises:
        ValueError, TypeError, KeyError: it is no row of predictions.
    """
    row = dict(json.loads(line))
    labels, scores = row.pop("labels"), dict(row.pop("scores"))
    return HeldRow(row, frozenset(labels), {name: _number(scores[name]) for name in scores})


def held_cells(cells: Sequence[str], labels: Sequence[str]) -> HeldRow:
    """A row as the cells of a table whose scores are those of `labels`, in order.

    Raises:
        ValueError: it is no row of predictions.
    """
    id, text, joined, *others = cells
    scores, carried = others[: len(labels)], others[len(labels) :]
    # A label's name may hold the separator itself.
    parted = f"{LABEL_SEPARATOR}{joined}{LABEL_SEPARATOR}"
    held = {name for name in labels if f"{LABEL_SEPARATOR}{cell(name)}{LABEL_SEPARATOR}" in parted}
    numbers = {name: _number(score or None) for name, score in zip(labels, scores, strict=True)}
    return HeldRow((id, text, *carried), frozenset(held), numbers)


def _number(score: str | float | None) -> float:
    return float("nan") if score is None else float(score)
