"""Checking a label's name against those of its data set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emocli.errors import DataError, nearest


def check_label(path: Path | str, line: int | None, label: str, labels: Sequence[str]) -> str:
    """The label itself, if it is one of `labels`.

    Raises:
        DataError: it is none of them; the nearest name comes first.
    """
    if label in labels:
        return label
    close = nearest(label, labels)
    guess = f"; did you mean '{close}'?" if close else "."
    raise DataError(
        path, line, f"label '{label}' is not one of the labels{guess} Labels: {', '.join(labels)}."
    )
