"""What a published data set is: labels, files, splits, terms, and where it is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from emocli.data.examples import Example
from emocli.errors import UsageError, nearest

Task = Literal["emotion", "sentiment", "toxicity"]
Role = Literal["train", "dev", "test", "source"]


@dataclass(frozen=True)
class Contents:
    """What a reader found in one file.

    Attributes:
        examples: the labelled texts, in the file's order.
        rows: how many rows the file holds, those left out included.
        left_out: how many rows were left out, by reason.
        labelled: False where the file withholds its labels.
    """

    examples: tuple[Example, ...]
    rows: int
    left_out: Mapping[str, int] = field(default_factory=Counter)
    labelled: bool = True


Reader = Callable[[Path, tuple[str, ...]], Contents]
"""Reads one published file, given its path and the labels of its data set."""


@dataclass(frozen=True)
class Source:
    """Where a file is published for anybody to fetch.

    Attributes:
        address: of the file itself, or of a zip or tar archive that holds it.
        sha256: of what the address answers; None where it is not known.
        archive: True where the address is an archive.
        saved_as: the name the fetched file gets; None for the name of its `File`.
    """

    address: str
    sha256: str | None = None
    archive: bool = False
    saved_as: str | None = None


@dataclass(frozen=True)
class File:
    """One file of a data set, as it is published.

    Attributes:
        name: its published name, or a pattern (`*.xml`) where one split is many files.
        rows: how many rows the published file holds; None where that is not known.
        sha256: of the published file, one for each published version that is known.
        aliases: other names, or paths within the folder, under which it is found.
        companions: files that must lie beside it.
        count: how many files a pattern should match; 1 for a plain name.
        source: None where it needs a registration or a signed agreement.
    """

    name: str
    rows: int | None = None
    sha256: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    count: int = 1
    source: Source | None = None

    @property
    def address(self) -> str | None:
        """The published address, or None."""
        return self.source.address if self.source else None


@dataclass(frozen=True)
class Split:
    """The files of one split, and which of their examples belong to it.

    Attributes:
        files: read in this order.
        examples: how many the published files give, where that is not the sum of their rows.
        documents: where the files are a pattern, the first and the last but one of those taken.
        choose: takes the examples that belong to the split; None takes all.
        reader: reads these files; None for the edition's reader.
        note: what a user should know about the split.
    """

    files: tuple[File, ...]
    examples: int | None = None
    documents: tuple[int, int] | None = None
    choose: Callable[[Sequence[Example]], Iterable[Example]] | None = None
    reader: Reader | None = None
    note: str = ""

    @property
    def size(self) -> int | None:
        """How many examples the published split has; None where that is not known."""
        if self.examples is not None:
            return self.examples
        rows = [file.rows for file in self.files if file.rows is not None]
        partial = self.choose is not None or self.documents is not None
        return None if partial or len(rows) < len(self.files) else sum(rows)


@dataclass(frozen=True)
class Edition:
    """One set of files in which a data set is passed on: the published one, or a sample of it."""

    name: str
    reader: Reader
    splits: Mapping[str, Split]

    @property
    def files(self) -> tuple[File, ...]:
        """Every file of every split, once."""
        return tuple(dict.fromkeys(file for split in self.splits.values() for file in split.files))


@dataclass(frozen=True)
class Dataset:
    """A published data set.

    Attributes:
        name: what a user types.
        title: one line for people.
        labels: in their published order.
        exclusive: True where every example has exactly one label.
        editions: the first is the published one.
        licence: its short name.
        terms: what a user agrees to by fetching it.
        homepage: the published page; empty where it comes with a package.
        how: what to do where a file has no address, or what it comes with.
        folders: other names its folder may have under `EMOCLI_DATA`.
        roles: the split that stands for a role, where it is not called like the role.
        papers: short names of the implemented papers that use it.
        bundled: its folder inside the package that declares it; None where it must be got.
    """

    name: str
    title: str
    task: Task
    language: str
    labels: tuple[str, ...]
    exclusive: bool
    editions: tuple[Edition, ...]
    licence: str
    terms: str
    citation: str
    homepage: str
    how: str = ""
    folders: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    bundled: Path | None = None

    def __post_init__(self) -> None:
        """Raise ValueError where every command that lists data sets would fail."""
        if not self.editions or not isinstance(self.labels, tuple):
            raise ValueError(
                f"data set '{self.name}': labels is {self.labels!r}, editions {self.editions!r}, "
                "expected a tuple of texts, and at least one edition"
            )

    @property
    def can_be_fetched(self) -> bool:
        """Whether a program can get it: whether any of its files has an address."""
        return any(file.source for file in self.editions[0].files)

    @property
    def splits(self) -> Mapping[str, Split]:
        """Every split of every edition; the published edition's come first and win."""
        merged: dict[str, Split] = {}
        for edition in self.editions:
            merged = {**edition.splits, **merged}
        ordered = dict.fromkeys(name for edition in self.editions for name in edition.splits)
        return {name: merged[name] for name in ordered}

    def split_if_any(self, role: Role) -> str | None:
        """The name of the split that stands for `role`; None where there is none."""
        name = self.roles.get(role, "train" if role == "source" else role)
        return name if name in self.splits else None

    def split_for(self, role: Role) -> str:
        """The name of the split that stands for `role`.

        Raises:
            UsageError: the data set has no such split.
        """
        name = self.split_if_any(role)
        if name is None:
            known = ", ".join(self.splits)
            raise UsageError(
                f"data set '{self.name}' has no {role} split; choose one of its splits, "
                f"as in {self.name}:{next(iter(self.splits))}. Splits: {known}."
            )
        return name

    def check_split(self, name: str) -> None:
        """Raise a UsageError that names the nearest split where `name` is none of them."""
        if name not in self.splits:
            close = nearest(name, self.splits)
            guess = f": did you mean '{close}'?" if close else "."
            known = ", ".join(self.splits)
            raise UsageError(
                f"data set '{self.name}' has no split '{name}'{guess} Splits: {known}."
            )
