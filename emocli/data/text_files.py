"""Whole text files, and the rows of separated-value files, with errors that name path and line."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from emocli.data.byte_streams import (
    READ_ERRORS,
    UnpackedBytes,
    check_text,
    first_bytes,
    open_file,
    read_error,
    unpacked,
)
from emocli.errors import DataError

_LINE_AND_COLUMN = re.compile(r"line (\d+), column (\d+)")  # of tomllib's errors


Row = tuple[int, tuple[str, ...]]
"""The line on which a row starts, counted from 1, and its cells."""


@dataclass(frozen=True)
class Table:
    """A file with a header: its column names, and each row with the line on which it starts."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def check_types(self, path: Path, text: str, labels: str | None) -> None:
        """Refuse texts and labels that are none; the cells of a text file cannot be anything else.

        Args:
            text, labels: the names of their columns; None: labels have a column each.
        """


def read_text(path: Path, encoding: str = "utf-8", fallback: str | None = None) -> str:
    """The whole text of a file, unpacked where its name ends in .gz, without a byte order mark.

    Args:
        fallback: the encoding to take where the bytes are not valid in the first one.

    Raises:
        EmocliError: there is no such file, or it cannot be read.
        DataError: it is empty, binary, a web page, or not in that encoding.
    """
    content = _content(path)
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if fallback is not None:
            return content.decode(fallback)
        line = content.count(b"\n", 0, error.start) + 1
        name = encoding.upper()
        byte = f"byte 0x{content[error.start]:02x}"
        raise DataError(path, line, f"{byte} is not {name}; save the file as {name}") from error


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """What the text of the TOML file `path` holds.

    Raises:
        DataError: it is not TOML.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).removesuffix(")").rpartition(" (at ")
        told = _LINE_AND_COLUMN.fullmatch(place)
        line = int(told[1]) if told else len(lines_of(text))
        column = f" (column {told[2]})" if told else ""
        raise DataError(path, line, f"this is not TOML: {message}{column}") from error


def lines_of(text: str) -> list[str]:
    """The lines of a text, split at line feeds only; other control characters stay inside.

    Blank lines at the end are none.
    """
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1].strip(" \r"):
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def read_lines(path: Path) -> list[str]:
    """The lines of a file (see `read_text` and `lines_of`)."""
    return lines_of(read_text(path))


def csv_rows(path: Path, text: str) -> list[Row]:
    """The rows of a csv text with the line each starts on; quoted fields may hold line feeds.

    Raises:
        DataError: a quoted field is never closed, or closed in its middle.
    """
    lines = text.removesuffix("\n").split("\n")
    reader = csv.reader((f"{line}\n" for line in lines), strict=True)
    rows, start = [], 1
    try:
        for row in reader:
            if row:
                rows.append((start, tuple(row)))
            start = reader.line_num + 1
    except csv.Error as error:
        message = f"the row that starts here is not valid csv: {error}"
        raise DataError(path, start, message) from error
    return rows


def plain_rows(text: str, delimiter: str) -> list[Row]:
    """The rows of a text whose cells are parted by `delimiter`, without any quoting."""
    lines = enumerate(lines_of(text), start=1)
    return [(number, tuple(line.split(delimiter))) for number, line in lines]


def read_table(path: Path, delimiter: str, fallback: str | None = None) -> Table:
    """A file with a header line: csv where `delimiter` is a comma, else cells without quoting.

    Raises:
        DataError: a row has more or fewer cells than the header.
    """
    return table_of(path, read_text(path, fallback=fallback), delimiter)


def table_of(path: Path, text: str, delimiter: str) -> Table:
    """The text of a file as `read_table` reads it.

    Raises:
        DataError: a row has more or fewer cells than the header.
    """
    rows = csv_rows(path, text) if delimiter == "," else plain_rows(text, delimiter)
    header = rows[0][1]
    for line, cells in rows:
        if len(cells) != len(header):
            raise DataError(
                path, line, f"the row has {len(cells)} cells, the header has {len(header)}"
            )
    return Table(tuple(name.strip() for name in header), tuple(rows[1:]))


def _content(path: Path) -> bytes:
    name = str(path)
    with open_file(path) as stream:
        data = unpacked(stream, name, path.suffix == ".gz")
        check_text(first_bytes(data, name), name, "text", wide=False)
        content = _all_of(data, name)
    if not content.removeprefix(codecs.BOM_UTF8).strip():
        raise DataError(path, None, "the file is empty")
    if is_web_page(content):
        advice = "save the file itself, not the page that shows it"
        raise DataError(path, None, f"this is a web page, not data; {advice}")
    return content


def _all_of(data: UnpackedBytes, name: str) -> bytes:
    lines = []
    try:
        # By lines, so that what breaks off is told with the line where it does.
        for line in data:
            lines.append(line)
    except READ_ERRORS as error:
        raise read_error(error, name, len(lines) + 1) from error
    return b"".join(lines)


def is_web_page(content: bytes) -> bool:
    """True where the bytes begin as an HTML page does."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html"))


@lru_cache(maxsize=4096)
def _hash(path: Path, size: int, changed: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def hash_of(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal, computed once as long as the file stays the same."""
    status = path.stat()
    return _hash(path.resolve(), status.st_size, status.st_mtime_ns)
