"""Parquet and JSON Lines files as tables of text cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocli.data.byte_streams import open_file, unpacked
from emocli.data.parquet_records import check_text_type, holds_strings, plain_times, seekable
from emocli.data.record_formats import json_value, kind_of, text_of
from emocli.data.text_files import Table, read_lines
from emocli.errors import DataError

LIST_SEPARATOR = "\x1f"  # the "unit separator": what ends each member of a list within a cell


@dataclass(frozen=True)
class ParquetTable(Table):
    """A table that knows the Arrow types of its columns."""

    schema: Any

    def check_types(self, path: Path, text: str, labels: str | None) -> None:
        """Refuse texts that are no strings, and labels that are neither strings nor lists of them.

        Raises:
            DataError: says what the column holds.
        """
        from pyarrow import types

        check_text_type(self.schema, text, str(path))
        if labels is None:
            return
        type = self.schema.field(labels).type
        lists = (types.is_list, types.is_large_list, types.is_fixed_size_list)
        member = type.value_type if any(is_list(type) for is_list in lists) else type
        if not holds_strings(member):
            expected = "expected strings or lists of strings, the names of the labels"
            raise DataError(path, None, f"the label column '{labels}' holds {type}, {expected}")


@dataclass(frozen=True)
class JsonTable(Table):
    """A table that knows the objects which its rows were made from."""

    objects: tuple[Mapping[str, object], ...]

    def check_types(self, path: Path, text: str, labels: str | None) -> None:
        """Refuse texts that are no strings, and labels that are no string and no list of them.

        Raises:
            DataError: names the first such line.
        """
        for (line, _), value in zip(self.rows, self.objects, strict=True):
            text_of(value, text, str(path), line)
            if labels is not None:
                _check_labels(path, line, value, labels)


def read_parquet(path: Path) -> Table:
    """A parquet file with its cells as text (see `cell`); its first row stands on "line" 1.

    Raises:
        EmocliError: there is no such file.
        DataError: it is not parquet, or is damaged.
    """
    import pyarrow
    import pyarrow.parquet

    with (
        open_file(path) as stream,
        seekable(unpacked(stream, str(path), path.suffix == ".gz"), str(path)) as file,
    ):
        try:
            table = pyarrow.parquet.read_table(file)
        except (pyarrow.ArrowException, OSError) as error:
            raise DataError(path, None, f"this is not a whole parquet file: {error}") from error
    try:
        values = [one.to_pylist() for one in plain_times(table).columns]
    except (pyarrow.ArrowException, ValueError, OverflowError) as error:
        raise DataError(path, None, f"the rows cannot be read ({error})") from error
    columns = [[cell(value) for value in one] for one in values]
    rows = tuple(enumerate(zip(*columns, strict=True), start=1))
    return ParquetTable(tuple(table.column_names), rows, table.schema)


def read_jsonl(path: Path) -> Table:
    """A file of one JSON object a line; a key that an object lacks is an empty cell there.

    Raises:
        DataError: a line is not a JSON object.
    """
    objects: list[dict[str, object]] = []
    for number, line in enumerate(read_lines(path), start=1):
        value = json_value(line, str(path), number, "one object a line")
        if not isinstance(value, dict):
            message = f"this is {kind_of(value)}, expected an object on each line"
            raise DataError(path, number, message)
        objects.append(value)
    columns = tuple(dict.fromkeys(key for value in objects for key in value))
    rows = tuple(
        (number, tuple(cell(value.get(column)) for column in columns))
        for number, value in enumerate(objects, start=1)
    )
    return JsonTable(columns, rows, tuple(objects))


def cell(value: Any) -> str:
    """A value as text: nothing for null, 0 or 1 for a truth value, a list's members parted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return "".join(f"{cell(member)}{LIST_SEPARATOR}" for member in value)
    return str(value)


def _check_labels(path: Path, line: int, value: Mapping[str, object], column: str) -> None:
    expected = "expected a list of strings, [] where a text has no label, or one string"
    if column not in value:
        has = ", ".join(value)
        raise DataError(path, line, f"there is no field '{column}'; {expected}. Fields: {has}.")
    labels = value[column]
    if isinstance(labels, str):
        return
    if not isinstance(labels, list):
        raise DataError(path, line, f"the labels ('{column}') are {kind_of(labels)}, {expected}")
    for label in labels:
        if not isinstance(label, str):
            raise DataError(
                path, line, f"the labels ('{column}') hold {kind_of(label)}, expected strings"
            )
