"""Rows as a parquet file, a row group at a time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, BinaryIO

from emocli.data.destinations import Destination
from emocli.data.output_rows import (
    ROW_NAMES,
    Row,
    carried_name,
    cell,
    encodable,
    labels_of,
    scores_of,
)
from emocli.data.row_writers import Writer
from emocli.errors import EmocliError

# A row group is written when it has so many rows, or so many characters of text.
N_GROUP_ROWS = 8192
N_GROUP_CHARACTERS = 1 << 24

# What pyarrow raises where a value does not fit a column's type.
_MISFITS = (ValueError, TypeError, OverflowError, NotImplementedError)


class ParquetWriter(Writer):
    """Columns id and text (string), labels (list of string), scores (struct of doubles, a field a
    label), then the columns carried through.

    A carried column has the type of its values in the first row group where they agree on
    booleans, numbers, text, dates or times, or lists of the first three; else it is text, and
    holds values that are not text as JSON.
    """

    resumable = False

    def __init__(
        self, destination: Destination, labels: Sequence[str], carried: Sequence[str] | None
    ) -> None:
        """Begin a file; the arguments are those of `TableWriter`."""
        super().__init__(destination)
        self._labels = tuple(labels)
        self._carried: tuple[str, ...] | None = None
        if carried is not None:
            names = dict.fromkeys(carried)
            self._carried = tuple(carried_name(name, ROW_NAMES) for name in names)
        self._sink = _Sink(destination.stream)
        self._file: Any = None
        self._schema: Any = None
        self._rows: list[Row] = []
        self._n_characters = 0

    def abandon(self) -> None:
        """Break off: nothing is left of a file, since half a parquet file cannot be read."""
        if self._open and self._file is not None:
            # pyarrow writes the end of the file whenever it lets go of it.
            self._sink.muted = True
            self._file.close()
        super().abandon()

    def _write(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._rows.append(row)
            self._n_characters += len(str(row["text"]))
            if len(self._rows) >= N_GROUP_ROWS or self._n_characters >= N_GROUP_CHARACTERS:
                self._write_group()

    def _end(self) -> None:
        if self._rows or self._file is None:
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        import pyarrow
        from pyarrow.parquet import ParquetWriter as File

        if self._file is None:
            self._schema = self._infer_schema()
            self._file = File(self._sink, self._schema)
        self._check_columns()
        names = (*ROW_NAMES, *(self._carried or ()))
        arrays = [self._array(*pair) for pair in zip(names, self._schema, strict=True)]
        self._file.write_table(pyarrow.Table.from_arrays(arrays, schema=self._schema))
        self._rows, self._n_characters = [], 0

    def _infer_schema(self) -> Any:
        import pyarrow

        if self._carried is None:
            names = (name for row in self._rows for name in row if name not in ROW_NAMES)
            self._carried = tuple(dict.fromkeys(names))
        text, number = pyarrow.string(), pyarrow.float64()
        scores = pyarrow.struct([(encodable(label), number) for label in self._labels])
        fields = [("id", text), ("text", text), ("labels", pyarrow.list_(text)), ("scores", scores)]
        for name in self._carried:
            fields.append((encodable(name), _type([row.get(name) for row in self._rows])))
        return pyarrow.schema(fields)

    def _check_columns(self) -> None:
        known = {*ROW_NAMES, *(self._carried or ())}
        for row in self._rows:
            unknown = next((name for name in row if name not in known), None)
            if unknown is not None:
                raise EmocliError(
                    f"{self._destination.name}: the record '{row['id']}' has a column "
                    f"'{unknown}', which the first records lack; give --format jsonl, where each "
                    "record has its own columns"
                )

    def _array(self, name: str, field: Any) -> Any:
        import pyarrow

        values: list[object] = [row.get(name) for row in self._rows]
        if name == "scores":
            values = [self._row_scores(row) for row in self._rows]
        elif name == "labels":
            values = [[encodable(label) for label in labels_of(row)] for row in self._rows]
        elif pyarrow.types.is_string(field.type):
            values = [None if value is None else cell(value) for value in values]
        try:
            return pyarrow.array(values, type=field.type)
        except _MISFITS as error:
            raise EmocliError(
                f"{self._destination.name}: the column '{name}' was {field.type} in the "
                f"first records and is not so later ({error}); give --format jsonl"
            ) from error

    def _row_scores(self, row: Row) -> dict[str, float | None]:
        scores = scores_of(row)
        return {encodable(label): scores.get(label) for label in self._labels}


class _Sink(io.RawIOBase):
    """Bytes for a stream that may be a pipe: it counts them, since a pipe tells no position."""

    def __init__(self, stream: BinaryIO) -> None:
        self.muted = False
        self._stream = stream
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        if not self.muted:
            self._stream.write(data)
        self._position += len(data)
        return len(data)


def _type(values: Sequence[object]) -> Any:
    import pyarrow
    from pyarrow import types

    try:
        inferred = pyarrow.array(values).type
    except _MISFITS:
        return pyarrow.string()
    plain = (types.is_boolean, types.is_integer, types.is_floating, types.is_string)
    inner = inferred.value_type if types.is_list(inferred) else inferred
    kept = any(is_type(inner) for is_type in plain)
    kept = kept or types.is_timestamp(inferred) or types.is_date(inferred)
    return inferred if kept else pyarrow.string()
