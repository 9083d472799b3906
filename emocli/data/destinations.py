"""Where rows are written: standard output, a device, or a file that gets its name when whole."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from emocli.errors import EmocliError, UsageError
from emocli.locks import lock_open
from emocli.paths import is_device, refuse_folder, target_of, writing

_N_LAST_ROWS = 32


@dataclass(frozen=True)
class Part:
    """What an interrupted run has left.

    Attributes:
        n_rows: complete rows, a header line among them.
        size: of the complete rows, in bytes.
        first: the first complete row with its line end; empty where there is none.
        last: the last complete rows, a few, with their line ends.
    """

    n_rows: int = 0
    size: int = 0
    first: bytes = b""
    last: tuple[bytes, ...] = ()


class Destination(ABC):
    """A stream of bytes and what becomes of it in the end.

    Attributes:
        name: what a user knows it by.
        partial: where it is while it is not whole; None where it is written directly.
        part: what an interrupted run has left there.
    """

    name: str
    stream: BinaryIO
    partial: Path | None = None
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
    """A path that is there and no regular file (`/dev/null`, a named pipe): written to directly."""

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
    """A file that is written under `<name>.partial` and renamed when it is whole.

    A link stays one: what it points to is written, and the partial file lies there.
    """

    def __init__(self, path: Path, rows: Callable[[BinaryIO], Iterator[bytes]] | None) -> None:
        """Open the partial file.

        Args:
            path: the file's name in the end.
            rows: how to tell the complete rows of an interrupted run, to go on after them; None:
                begin anew.

        Raises:
            EmocliError: it cannot be written, or another process is writing it.
        """
        self.name = str(path)
        self.path = target_of(path)
        self.partial: Path = partial_path(path)
        with writing(path):
            refuse_folder(path)
            self.stream = _open_alone(self.partial)
            if rows is not None:
                self.stream.seek(0)
                self.part = _part(rows(self.stream))
            # What is not gone on with goes: all of it, or a last row that the interruption tore.
            self.stream.truncate(self.part.size)
            self.stream.seek(self.part.size)

    def finish(self) -> None:
        """Give the file its name."""
        self.stream.flush()
        with self._closed_at_last():
            self.partial.replace(self.path)

    def abandon(self, keep: bool) -> None:
        """Leave the partial file, or take it away."""
        with suppress(OSError), self._closed_at_last():
            if not keep:
                self.partial.unlink()

    @contextmanager
    def _closed_at_last(self) -> Iterator[None]:
        """Close after the block: until then, the partial file is this process's alone."""
        if sys.platform == "win32":  # where an open file cannot be renamed
            self.stream.close()
        try:
            yield
        finally:
            self.stream.close()


def partial_path(path: Path) -> Path:
    """Where a file is while it is not whole."""
    target = target_of(path)
    return target.parent / f"{target.name}.partial"


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
    if path is not None and not _writes_directly(path):
        return PartialFile(path, rows)
    if rows is not None:
        raise UsageError(f"{path or 'stdout'}: only a file can be resumed; name one with --output")
    return StandardOutput(stdout) if path is None else Device(path)


def _writes_directly(path: Path) -> bool:
    with writing(path):
        return is_device(path)


def _open_alone(partial: Path) -> BinaryIO:
    """Open a file, with what is in it, for reading and writing at its end, by this process alone.

    Raises:
        EmocliError: another process has it.
    """
    while True:
        stream = partial.open("a+b")
        if not lock_open(stream):
            stream.close()
            raise EmocliError(
                f"{partial}: another command is writing it at this moment; wait until it ends, "
                "or give --output another name"
            )
        # Whoever had it may have renamed or removed it between the two.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(stream.fileno()), partial.stat()):
                return stream
        stream.close()


def _part(rows: Iterator[bytes]) -> Part:
    n_rows = size = 0
    first = b""
    last: deque[bytes] = deque(maxlen=_N_LAST_ROWS)
    for row in rows:
        n_rows += 1
        size += len(row)
        first = first or row
        last.append(row)
    return Part(n_rows, size, first, tuple(last))
