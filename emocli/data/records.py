"""Streams of records from text, csv, tsv, jsonl and parquet files, each also gzipped, and from
standard input: one record for each in the input, in order, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from emocli.data.byte_streams import (
    STDIN_NAME,
    ByteStream,
    UnpackedBytes,
    check_text,
    first_bytes,
    open_file,
    open_stdin,
    unpacked,
)
from emocli.data.lines import Lines, check_encoding, is_wide
from emocli.data.parquet_records import ParquetRecords, seekable
from emocli.data.record import ENDINGS, FORMATS, ReadOptions, Record
from emocli.data.record_formats import (
    jsonl_records,
    published_layout,
    table_records,
    text_records,
)
from emocli.errors import UsageError, unknown

__all__ = [
    "FORMATS",
    "ReadOptions",
    "Record",
    "RecordSource",
    "format_of",
    "open_records",
    "read_records",
]


class RecordSource:
    """One input's records, to be gone through once; a context manager that closes the input.

    Attributes:
        name: the path as it was given, or "stdin".
        format: one of `FORMATS`, or the published layout that was recognised: "E-c", "EI-reg".
        columns: the columns carried through; None where each record brings its own (jsonl).
        total_bytes: the size of the input as it lies on disk; None for a pipe.
    """

    def __init__(self, name: str, stream: ByteStream, options: ReadOptions) -> None:
        self.name = name
        self.format = options.format or "text"
        self.columns: tuple[str, ...] | None = ()
        self.total_bytes = stream.total_bytes()
        self._options = options
        self._closing: list[Callable[[], None]] = [stream.close]
        self._position: Callable[[], int] = lambda: stream.position
        self._records: Iterator[Record] = iter(())

    def position(self) -> int:
        """How many of `total_bytes` have been read."""
        return self._position()

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def close(self) -> None:
        """Close the input; standard input stays open."""
        while self._closing:
            self._closing.pop()()

    def __enter__(self) -> RecordSource:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, stream: ByteStream, gzipped: bool | None, layouts: bool) -> None:
        data = unpacked(stream, self.name, gzipped)
        head = first_bytes(data, self.name)
        if self.format == "parquet":
            if head:
                self._read_parquet(data)
            return
        options = self._options
        check_text(head, self.name, self.format, is_wide(options.encoding))
        lines = Lines(data, self.name, options.encoding, options.errors)
        if layouts:
            self.format = published_layout(lines.peek()) or self.format
        self._read_lines(lines)

    def _read_lines(self, lines: Lines) -> None:
        if self.format == "jsonl":
            self.columns, self._records = None, jsonl_records(lines, self._options)
        elif self.format == "text":
            _check_no_columns(self._options, self.name)
            self._records = text_records(lines)
        else:
            self.columns, self._records = table_records(lines, self.format, self._options)

    def _read_parquet(self, data: UnpackedBytes) -> None:
        file = seekable(data, self.name)
        self._closing.append(file.close)
        rows = ParquetRecords(file, self.name, self._options)
        self.columns, self._records = rows.carried, iter(rows)
        self._position = lambda: (self.total_bytes or 0) * rows.n_read // max(rows.n_rows, 1)


def open_records(
    path: Path | None, options: ReadOptions | None = None, stdin: BinaryIO | None = None
) -> RecordSource:
    """Open a file, or standard input where `path` is None (`stdin` may stand for it).

    Without `options.format` the file's ending decides, and what has no known ending is text. A
    published layout of SemEval-2018 Task 1 is then recognised by its first line. Standard input
    is gunzipped where it is gzip. An empty input has no records.

    Raises:
        UsageError: no such file, a directory, a column, encoding or format that is not there.
        DataError: the input is not what its name or the options say.
        EmocliError: the input cannot be read.
    """
    options = options or ReadOptions()
    if options.format is not None and options.format not in FORMATS:
        raise unknown("format", options.format, FORMATS)
    check_encoding(options.encoding, options.errors)
    ending, gzipped = format_of(path)
    layouts = options.format is None and ending in ("text", "tsv")
    stream = open_stdin(stdin) if path is None else open_file(path)
    chosen = replace(options, format=options.format or ending)
    source = RecordSource(str(path or STDIN_NAME), stream, chosen)
    try:
        source._read(stream, gzipped, layouts)
    except BaseException:
        source.close()
        raise
    return source


def read_records(paths: Iterable[Path], *, options: ReadOptions | None = None) -> Iterator[Record]:
    """The records of several files, one file after the other.

    Raises:
        EmocliError: as `open_records`, once the records before have been given.
    """
    for path in paths:
        with open_records(path, options) as source:
            yield from source


def format_of(path: Path | None) -> tuple[str, bool | None]:
    """The format that the name says, and whether it says gzip (None: there is no name)."""
    if path is None:
        return "text", None
    name = path.name.lower()
    gzipped = name.endswith(".gz")
    plain = Path(name.removesuffix(".gz"))
    return ENDINGS.get(plain.suffix, "text"), gzipped


def _check_no_columns(options: ReadOptions, name: str) -> None:
    for flag, column in (
        ("--text-column", options.text_column),
        ("--id-column", options.id_column),
    ):
        if column is not None:
            raise UsageError(
                f"{name}: {flag} {column}: read as text, a record a line, the input has no "
                "columns; let its name end in .csv, .tsv, .jsonl or .parquet, or give "
                "`emocli predict` its --input-format"
            )
