"""Parquet and JSON Lines files as tables of text cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from emocli.data.byte_streams import open_file
from emocli.data.text_files import Table, read_lines
from emocli.errors import DataError

LIST_SEPARATOR = "\x1f"  # the "unit separator": what parts the members of a list within a cell


def read_parquet(path: Path) -> Table:
    """A parquet file with its cells as text (see `cell`); its first row stands on "line" 1.

    Raises:
        EmocliError: there is no such file.
        DataError: it is not parquet, or is damaged.
    """
    import pyarrow
    import pyarrow.parquet

    open_file(path).close()
    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(path, None, f"this is not a whole parquet file: {error}") from error
    columns = [[cell(value) for value in column.to_pylist()] for column in table.columns]
    rows = tuple(enumerate(zip(*columns, strict=True), start=1))
    return Table(tuple(table.column_names), rows)


def read_jsonl(path: Path) -> Table:
    """A file of one JSON object a line; a key that a later object lacks is an empty cell there.

    Raises:
        DataError: a line is not a JSON object.
    """
    objects = []
    for number, line in enumerate(read_lines(path), start=1):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise DataError(path, number, f"the line is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise DataError(path, number, "the line is not a JSON object: {…} was expected")
        objects.append((number, value))
    columns = tuple(dict.fromkeys(key for _, value in objects for key in value))
    rows = tuple(
        (number, tuple(cell(value.get(column)) for column in columns)) for number, value in objects
    )
    return Table(columns, rows)


def cell(value: Any) -> str:
    """A value as text: nothing for null, 0 or 1 for a truth value, a list's members parted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return LIST_SEPARATOR.join(cell(part) for part in value)
    return str(value)
