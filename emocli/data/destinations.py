"""Where rows are written: standard output, a device, or a file that gets its name when whole."""

from __future__ import annotations

import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from emocli.errors import UsageError
from emocli.paths import writing


@dataclass(frozen=True)
class Part:
    """What an interrupted run has left.

    Attributes:
        n_rows: complete rows, a header line among them.
        size: of the complete rows, in bytes.
        first: the first complete row with its line end; empty where there is none.
        last: the last complete row with its line end; empty where there is none.
    """

    n_rows: int = 0
    size: int = 0
    first: bytes = b""
    last: bytes = b""


class Destination(ABC):
    """A stream of bytes and what becomes of it in the end."""

    name: str
    stream: BinaryIO
    part = Part()

    @abstractmethod
    def finish(self) -> None:
        """All is written."""

    @abstractmethod
    def abandon(self, keep: bool) -> None:
        """The work broke off; `keep` what is written for a later run to go on with."""


class StandardOutput(Destination):
    """Standard output, or what stands for it; it is flushed but never closed here."""

    def __init__(self, stream: BinaryIO) -> None:
        self.name = "stdout"
        self.stream = stream

    def finish(self) -> None:
        """Flush."""
        self.stream.flush()

    def abandon(self, keep: bool) -> None:
        """What is written is written."""


class Device(Destination):
    """A path that is there and no regular file (`/dev/null`, a named pipe): written to directly,
    since a rename would put a file in its place."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        with writing(path):
            self.stream = path.open("wb")

    def finish(self) -> None:
        """Close."""
        self.stream.close()

    def abandon(self, keep: bool) -> None:
        """Close; what is written is written."""
        with suppress(OSError):
            self.stream.close()


class PartialFile(Destination):
    """A file that is written under `<name>.partial` and renamed when it is whole."""

    def __init__(self, path: Path, rows: Callable[[BinaryIO], Iterator[bytes]] | None) -> None:
        """Open the partial file.

        Args:
            path: the file's name in the end.
            rows: how to tell the complete rows of an interrupted run, to go on after them; None:
                begin anew.

        Raises:
            EmocliError: it cannot be written.
        """
        self.name = str(path)
        self.path = path
        self.partial = partial_path(path)
        with writing(path):
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if rows is None or not self.partial.exists():
                self.stream = self.partial.open("wb")
                return
            self.stream = self.partial.open("r+b")
            self.part = _part(rows(self.stream))
            # A last row that was torn by the interruption goes.
            self.stream.truncate(self.part.size)
            self.stream.seek(self.part.size)

    def finish(self) -> None:
        """Give the file its name."""
        self.stream.close()
        self.partial.replace(self.path)

    def abandon(self, keep: bool) -> None:
        """Leave the partial file, or take it away."""
        with suppress(OSError):
            self.stream.close()
        if not keep:
            with suppress(OSError):
                self.partial.unlink()


def partial_path(path: Path) -> Path:
    """Where a file is while it is not whole."""
    return path.with_name(f"{path.name}.partial")


def complete_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines that have their line end."""
    for line in stream:
        if line.endswith(b"\n"):
            yield line


def complete_csv_rows(stream: BinaryIO) -> Iterator[bytes]:
    """The rows that have their line end; one inside double quotes ends no row."""
    row: list[bytes] = []
    n_quotes = 0
    for line in stream:
        row.append(line)
        n_quotes += line.count(b'"')
        if line.endswith(b"\n") and n_quotes % 2 == 0:
            yield b"".join(row)
            row, n_quotes = [], 0


def open_destination(
    path: Path | None,
    stdout: BinaryIO,
    rows: Callable[[BinaryIO], Iterator[bytes]] | None,
) -> Destination:
    """The destination that a path, or None for `stdout`, stands for; `rows` as `PartialFile`.

    Raises:
        UsageError: only a file can be gone on with.
        EmocliError: the file cannot be written.
    """
    if path is not None and (path.is_dir() or path.is_file() or not path.exists()):
        return PartialFile(path, rows)
    if rows is not None:
        raise UsageError(f"{path or 'stdout'}: only a file can be resumed; name one with --output")
    return StandardOutput(stdout) if path is None else Device(path)


def _part(rows: Iterator[bytes]) -> Part:
    n_rows = size = 0
    first = last = b""
    for row in rows:
        n_rows += 1
        size += len(row)
        first, last = first or row, row
    return Part(n_rows, size, first, last)
