"""A trial: one row of a suite trained on one data set with one seed, and scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from emocli import __version__
from emocli.benchmark.suite import DataSpec
from emocli.methods import Config
from emocli.plugins import registry


@dataclass(frozen=True)
class Variant:
    """How the trials of one benchmark differ from what the suite says.

    Attributes:
        encoder: what takes the place of every pretrained encoder; "": nothing.
        limit: most texts of each part; None: all.
        n_folds: folds of a cross-validation over all labelled texts; None: the published splits.
    """

    encoder: str = ""
    limit: int | None = None
    n_folds: int | None = None
    device: str = "auto"
    precision: str = "auto"

    def words(self) -> str:
        """What differs, for people; "" where nothing does."""
        told = []
        if self.encoder:
            told.append(f"every encoder is {self.encoder}")
        if self.limit is not None:
            texts = "1 text" if self.limit == 1 else f"{self.limit:,} texts"
            told.append(f"at most {texts} of each part")
        if self.n_folds is not None:
            told.append(f"{self.n_folds}-fold cross-validation over all labelled texts")
        if self.device != "auto":
            told.append(f"device {self.device}")
        if self.precision != "auto":
            told.append(f"precision {self.precision}")
        return ", ".join(told)


@dataclass(frozen=True)
class Trial:
    """One training and its scoring, named but not begun; plain values that travel to a process.

    Attributes:
        suite, row: names of the suite and of its row.
        options: of the method, as `-o` takes them.
        checksums: SHA-256 of each part of the data that is read.
        fold: number of the fold, from 0 on; None without folds.
        source_size: most texts of each other role; None: all.
        bases: the trials of the rows that the method builds upon.
    """

    suite: str
    row: str
    method: str
    options: Mapping[str, Any]
    data: DataSpec
    checksums: Mapping[str, str]
    seed: int
    variant: Variant = field(default_factory=Variant)
    fold: int | None = None
    source_size: int | None = None
    bases: tuple[Trial, ...] = ()

    @cached_property
    def key(self) -> str:
        """What tells this trial from any other: 16 hexadecimal digits."""
        text = json.dumps(self.identity(), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def config(self) -> Config:
        """The options as the method takes them, defaults filled in.

        Raises:
            UsageError: the method has no such option, or it takes no such value.
        """
        return registry().method(self.method).config_class().from_options(self.options)

    def identity(self) -> dict[str, Any]:
        """Everything that its scores depend upon, plain JSON values."""
        from emocli.modelling.named_files import checksums  # torch comes with it

        return {
            "suite": self.suite,
            "row": self.row,
            "method": self.method,
            "asked": asdict(self.config),
            "files": checksums(self.config),
            "data": self.data.name,
            "checksums": dict(self.checksums),
            "seed": self.seed,
            "variant": asdict(self.variant),
            "fold": self.fold,
            "source_size": self.source_size,
            "bases": [base.key for base in self.bases],
            "emocli": __version__,
        }

    def described(self) -> dict[str, Any]:
        """What its record says of it, whether it is done or has failed; plain JSON values."""
        return {"key": self.key, **self.identity(), "options": dict(self.options)}

    def words(self) -> str:
        """The trial as a line of progress names it."""
        parts = [self.row, self.data.name, f"seed {self.seed}"]
        if self.fold is not None:
            parts.append(f"fold {self.fold + 1} of {self.variant.n_folds}")
        if self.source_size is not None:
            parts.append(f"{self.source_size:,} source texts")
        return ", ".join(parts)
