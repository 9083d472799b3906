"""Bytes of a file or of standard input: given as they come, counted, gunzipped, and named when
they are not what they should be."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from emocli.errors import DataError, EmocliError, UsageError

HEAD_BYTES = 8192
STDIN_NAME = "stdin"

# Bytes after gunzipping, where that was needed.
UnpackedBytes = io.BufferedReader | gzip.GzipFile

# What reading a damaged file or a failing disk raises.
READ_ERRORS = (OSError, EOFError, zlib.error)

_GZIP = b"\x1f\x8b"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

# The fifth byte opens the first page or footer; without it a text that begins with the four
# letters would pass for one.
_PARQUET = re.compile(rb"PAR1\x15")

_ARCHIVES = (
    (re.compile(rb"PK\x03\x04"), "a zip archive (as .xlsx and .docx files are)"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "a bzip2 file"),
    (re.compile(rb"\xfd7zXZ\x00"), "an xz file"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "a zstandard file"),
)


class ByteStream(io.RawIOBase):
    """Bytes in the order they come; a read gives what is there rather than wait for more.

    Attributes:
        position: bytes given so far.
    """

    def __init__(self, inner: BinaryIO | io.RawIOBase, owned: bool) -> None:
        self._inner = inner
        self._owned = owned
        self._next: Callable[[int], bytes | None] = getattr(inner, "read1", inner.read)
        self._held = b""
        self._ended = False
        self.position = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Whether what is read is a file rather than a pipe."""
        return self._inner.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the file; `position` is that place then."""
        if whence == io.SEEK_CUR:
            offset, whence = offset + self.position, io.SEEK_SET
        self._held = b""
        self._ended = False
        self.position = self._inner.seek(offset, whence)
        return self.position

    def tell(self) -> int:
        """The same as `position`."""
        return self.position

    def total_bytes(self) -> int | None:
        """The size in bytes of the file that is read; None for a pipe or a device."""
        try:
            status = os.fstat(self._inner.fileno())
        except (OSError, ValueError):
            return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def head(self) -> bytes:
        """The first bytes, at most `HEAD_BYTES`, which are still to be read afterwards.

        From a pipe: what has come so far, but a line or eight bytes at least.
        """
        while len(self._held) < 8 and b"\n" not in self._held:
            more = self._read(HEAD_BYTES)
            if not more:
                break
            self._held += more
        return self._held

    def _read(self, n_bytes: int) -> bytes:
        # At a terminal, reading on after the end would ask for a second one.
        if self._ended:
            return b""
        data = self._next(n_bytes) or b""
        self._ended = not data
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with the bytes that are there; 0 at the end."""
        if self._held:
            data, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        else:
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)

    def close(self) -> None:
        """Close the file that was opened here; a stream that was handed in stays open."""
        if self._owned and not self.closed:
            self._inner.close()
        super().close()


def open_file(path: Path) -> ByteStream:
    """Open a file for reading.

    Raises:
        UsageError: there is no such file, or it is a directory.
        EmocliError: it cannot be opened.
    """
    try:
        if path.is_dir():
            raise UsageError(
                f"{path}: this is a directory, expected a file; name the files in it, "
                f"for example {path / '*'}"
            )
        return ByteStream(path.open("rb", buffering=0), owned=True)
    except FileNotFoundError as error:
        raise _missing(path) from error
    except OSError as error:
        raise read_error(error, str(path), None) from error


def open_stdin(stdin: BinaryIO | None = None) -> ByteStream:
    """Read standard input (or the stream that stands for it), which is never closed here."""
    return ByteStream(stdin if stdin is not None else sys.stdin.buffer, owned=False)


def unpacked(stream: ByteStream, name: str, gzipped: bool | None) -> UnpackedBytes:
    """The stream's bytes, buffered, and gunzipped where they are gzip.

    Args:
        gzipped: whether the file's name says gzip; None where there is no name to go by.

    Raises:
        DataError: the name says gzip and the bytes do not, or the other way round.
        EmocliError: the first bytes cannot be read.
    """
    try:
        head = stream.head()
    except OSError as error:
        raise read_error(error, name, None) from error
    is_gzip = head.startswith(_GZIP)
    if gzipped and head and not is_gzip:
        raise DataError(
            name,
            None,
            "this is not a gzip file, though its name ends in .gz; "
            "take .gz off its name, or download it again",
        )
    if is_gzip and gzipped is False:
        raise DataError(
            name,
            None,
            f"this is a gzip file, though its name does not say so; rename it to {name}.gz",
        )
    if is_gzip:
        return gzip.GzipFile(fileobj=stream, mode="rb")
    return io.BufferedReader(stream, buffer_size=1 << 16)


def first_bytes(data: UnpackedBytes, name: str) -> bytes:
    """The first unpacked bytes, which are still to be read afterwards.

    Raises:
        EmocliError: they cannot be read or gunzipped.
    """
    try:
        return data.peek(HEAD_BYTES)[:HEAD_BYTES]
    except READ_ERRORS as error:
        raise read_error(error, name, None) from error


def check_text(head: bytes, name: str, format: str, wide: bool) -> None:
    """Refuse bytes that are no text.

    Args:
        head: the first bytes, unpacked.
        format: what they were to be read as.
        wide: whether the encoding asked for has zero bytes of its own (UTF-16, UTF-32).

    Raises:
        DataError: says what the bytes are, as far as can be told.
    """
    if _PARQUET.match(head):
        advice = "name it .parquet, or give `emocli predict` --input-format parquet"
        raise DataError(name, None, f"this is a parquet file, expected {format}; {advice}")
    for magic, kind in _ARCHIVES:
        if magic.match(head):
            advice = "unpack it, or save its table as csv"
            raise DataError(name, None, f"this is {kind}, expected {format}; {advice}")
    if wide or b"\0" not in head:
        return
    if head.startswith(_UTF16_MARKS):
        advice = "save it as UTF-8, or give `emocli predict` --encoding utf-16"
        raise DataError(name, None, f"this is UTF-16 text, expected UTF-8; {advice}")
    raise DataError(name, None, f"this is a binary file, expected {format}; name a text file")


def read_error(error: Exception, name: str, line: int | None) -> EmocliError:
    """What to tell of an error of `READ_ERRORS` that came while reading a line."""
    again = "copy or download it again"
    if isinstance(error, EOFError):
        return DataError(name, line, f"the gzip file ends too early; {again}")
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return DataError(name, line, f"the gzip file is damaged ({error}); {again}")
    if isinstance(error, PermissionError):
        return EmocliError(f"{name}: cannot be read: permission denied")
    reason = error.strerror if isinstance(error, OSError) else None
    return EmocliError(f"{name}: cannot be read: {reason or error}")


def _missing(path: Path) -> UsageError:
    folder = path.parent
    if not folder.is_dir():
        return UsageError(f"{path}: no such file: there is no folder {folder}")
    close = get_close_matches(path.name, _file_names(folder), n=1, cutoff=0.6)
    guess = f"; did you mean {folder / close[0]}?" if close else f"; look in the folder {folder}"
    return UsageError(f"{path}: no such file{guess}")


def _file_names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except OSError:
        return []
