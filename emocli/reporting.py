"""How long work tells of its progress without knowing who draws it.

The core calls a `Reporter`; the command line draws it, a library user may pass his own, and the
base class keeps silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Bar:
    """One piece of work under way."""

    def advance(self, n: float = 1, **values: float | str) -> None:
        """`n` more units are done; `values` are shown beside the bar (loss, dev score)."""


class Reporter:
    """Hears what happens; the base class says nothing."""

    def say(self, text: str) -> None:
        """Something worth knowing."""

    def warn(self, text: str) -> None:
        """Something the user should look at."""

    @contextmanager
    def progress(self, description: str, total: float | None, unit: str) -> Iterator[Bar]:
        """A piece of work of `total` units (None: not known), under way inside the block."""
        yield Bar()


SILENT = Reporter()
