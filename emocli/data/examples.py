"""Labelled texts in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emocli.errors import UsageError


@dataclass(frozen=True, slots=True)
class Example:
    """One text and the names of its labels.

    Attributes:
        intensities: one number in [0, 1] for each of `labels`, where the data set has them.
        line: where its row begins in its file, counted from 1 (of parquet, the row's number); None
            where that is not known. It makes no two examples different.
    """

    id: str
    text: str
    labels: tuple[str, ...]
    intensities: tuple[float, ...] | None = None
    line: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class LabelledData:
    """The examples of one split or file.

    Attributes:
        name: what the user called it, a data set's `name:split` or a path.
        labels: every label of the set, in its published order.
        exclusive: True where each text has exactly one label.
        checksum: SHA-256 of the files it was read from; of a part of them, with what it has.
        part_of: SHA-256 of those files, where it is one of the parts they are divided into.
        notes: what the reader wants the user to know (rows skipped, layout recognised).
        labelled: False where the published file withholds its labels.
        path: the file it was read from; None for a data set, and for several files.
        open_labels: True where `labels` are only those that the texts were found to have.
    """

    name: str
    examples: tuple[Example, ...]
    labels: tuple[str, ...]
    exclusive: bool
    checksum: str
    notes: tuple[str, ...] = ()
    labelled: bool = True
    path: Path | None = None
    open_labels: bool = False
    part_of: str = ""

    def where(self, example: Example) -> str:
        """Where one of the examples stands, for an error: `path:line: text 'id'`."""
        place = self.name
        if self.path is not None and example.line is not None:
            place = f"{self.path}:{example.line}"
        return f"{place}: text '{example.id}'"


def check_exclusive(dev: LabelledData, train: LabelledData) -> None:
    """Raise UsageError where a dev text has not one label, as every training text has.

    Nothing is wrong where the training texts may have several, or dev withholds its labels.
    """
    if not (train.exclusive and dev.labelled):
        return
    for example in dev.examples:
        if len(example.labels) != 1:
            raise UsageError(
                f"{dev.where(example)} has {len(example.labels)} labels; every text of "
                f"{train.name} has exactly one."
            )


def join(parts: Sequence[LabelledData]) -> LabelledData:
    """Several data sets as one; the labels are those of the set that has most.

    Raises:
        UsageError: another set has a label that this one does not have.
    """
    if len(parts) == 1:
        return parts[0]
    widest = max(parts, key=lambda part: len(part.labels))
    for part in parts:
        extra = [label for label in part.labels if label not in widest.labels]
        if extra:
            raise UsageError(
                f"{part.name} and {widest.name} cannot be one task: the second does not have "
                f"the label{'s' if len(extra) > 1 else ''} {', '.join(extra)}."
            )
    digests = "".join(part.checksum for part in parts)
    return LabelledData(
        name=" + ".join(part.name for part in parts),
        examples=tuple(example for part in parts for example in part.examples),
        labels=widest.labels,
        exclusive=all(part.exclusive for part in parts),
        checksum=hashlib.sha256(digests.encode("ascii")).hexdigest(),
        labelled=all(part.labelled for part in parts),
    )


def n_shared(data: LabelledData, *others: LabelledData) -> int:
    """How many texts of `data` are in one of `others` too, whatever their case and blanks."""
    there = {_plain(example.text) for other in others for example in other.examples}
    return sum(_plain(example.text) in there for example in data.examples)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
