"""Opening an output for rows: jsonl, csv, tsv or parquet, to a file or to standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from emocli.data.destinations import (
    complete_csv_rows,
    complete_lines,
    open_destination,
    partial_path,
)
from emocli.data.output_rows import output_row
from emocli.data.parquet_writing import ParquetWriter
from emocli.data.row_writers import JsonLinesWriter, TableWriter, Writer
from emocli.errors import UsageError, unknown

__all__ = ["OUTPUT_FORMATS", "Writer", "open_writer", "output_format", "output_row", "partial_path"]

OUTPUT_FORMATS = ("jsonl", "csv", "tsv", "parquet")


def output_format(path: Path) -> str | None:
    """The format that a file's ending stands for, or None."""
    ending = path.suffix.lower().removeprefix(".")
    return ending if ending in OUTPUT_FORMATS else None


def open_writer(
    path: Path | None,
    format: str,
    stdout: BinaryIO | None = None,
    *,
    labels: Sequence[str],
    carried: Sequence[str] | None = None,
    resume: bool = False,
) -> Writer:
    """Open a file, or standard output where `path` is None (`stdout` may stand for it).

    A file is written under `<name>.partial` and renamed when it is whole. A run that breaks off
    leaves that (`partial_path`), and `resume` goes on after its complete rows: the writer's
    `rows_done` says how many there are. Without `resume`, or without such a file, it begins anew.

    Args:
        path: the file.
        format: one of `OUTPUT_FORMATS`.
        stdout: instead of standard output.
        labels: every label that may have a score, in order.
        carried: the columns carried through from all inputs, by their names there; None: those of
            the first rows written.
        resume: go on with an interrupted run.

    Raises:
        UsageError: the format, or resuming it, is not to be had.
        EmocliError: the file cannot be written, or its partial file is another command's.
    """
    _check(path, format, resume)
    stream = stdout if stdout is not None else sys.stdout.buffer
    if path is None and format == "parquet" and stream.isatty():
        raise UsageError("parquet is not for a terminal; name a file with --output")
    rows = complete_csv_rows if format == "csv" else complete_lines
    destination = open_destination(path, stream, rows if resume else None)
    if format == "jsonl":
        return JsonLinesWriter(destination, labels)
    if format == "parquet":
        return ParquetWriter(destination, labels, carried)
    return TableWriter(destination, format, labels, carried)


def _check(path: Path | None, format: str, resume: bool) -> None:
    if format not in OUTPUT_FORMATS:
        raise unknown("output format", format, OUTPUT_FORMATS)
    if path is not None and path.suffix.lower() == ".gz":
        plain = path.with_suffix("")
        raise UsageError(f"{path}: output is not compressed; name it {plain}, and gzip it then")
    if resume and format == "parquet":
        raise UsageError(
            "--resume: half a parquet file cannot be gone on with; "
            "give --format jsonl, csv or tsv, or leave out --resume"
        )
