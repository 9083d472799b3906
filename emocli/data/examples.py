"""Labelled texts in memory."""

from __future__ import annotations

from dataclasses import dataclass

from emocli.errors import UsageError


@dataclass(frozen=True, slots=True)
class Example:
    """One text and the names of its labels.

    `intensities` holds one number in [0, 1] for each of `labels`, where the data set has them.
    """

    id: str
    text: str
    labels: tuple[str, ...]
    intensities: tuple[float, ...] | None = None


@dataclass(frozen=True)
class LabelledData:
    """The examples of one split or file.

    Attributes:
        name: what the user called it, a data set's `name:split` or a path.
        labels: every label of the set, in its published order.
        exclusive: True where each text has exactly one label.
        checksum: SHA-256 of the files it was read from.
        notes: what the reader wants the user to know (rows skipped, layout recognised).
        labelled: False where the published file withholds its labels.
    """

    name: str
    examples: tuple[Example, ...]
    labels: tuple[str, ...]
    exclusive: bool
    checksum: str
    notes: tuple[str, ...] = ()
    labelled: bool = True


def check_exclusive(dev: LabelledData, train: LabelledData) -> None:
    """Raise UsageError where a dev text has not one label, as every training text has.

    Nothing is wrong where the training texts may have several, or dev withholds its labels.
    """
    if not (train.exclusive and dev.labelled):
        return
    for example in dev.examples:
        if len(example.labels) != 1:
            raise UsageError(
                f"{dev.name}: text '{example.id}' has {len(example.labels)} labels; every text of "
                f"{train.name} has exactly one."
            )
