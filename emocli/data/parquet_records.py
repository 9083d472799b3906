"""Records from parquet files, a batch of rows at a time."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from emocli.data.byte_streams import READ_ERRORS, UnpackedBytes, read_error
from emocli.data.record import ReadOptions, Record
from emocli.data.record_columns import Columns, choose_columns
from emocli.data.record_formats import identifier
from emocli.errors import DataError

# Rows held in memory at a time.
N_BATCH_ROWS = 1024


def spooled(data: UnpackedBytes, name: str) -> IO[bytes]:
    """The bytes in a temporary file: parquet is read from its end, which a pipe cannot give.

    Raises:
        EmocliError: they cannot be read.
    """
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        shutil.copyfileobj(data, spool)
    except READ_ERRORS as error:
        spool.close()
        raise read_error(error, name, None) from error
    spool.seek(0)
    return spool


class ParquetRecords:
    """The rows of a parquet file as records; a null text is an empty one.

    Attributes:
        carried: the names of the columns carried through.
        n_rows: how many rows there are.
        n_read: how many have been given.
    """

    def __init__(self, file: IO[bytes] | UnpackedBytes, name: str, options: ReadOptions) -> None:
        """Raises:
        DataError: the file is no parquet file, or its text column holds no text.
        UsageError: the text's or the id's column is not there.
        """
        self._name = name
        self._file = _opened(file, name)
        schema = self._file.schema_arrow
        self._columns = choose_columns(schema.names, options, name)
        check_text_type(schema, self._columns.text, name)
        self.carried = self._columns.carried
        self.n_rows: int = self._file.metadata.num_rows
        self.n_read = 0

    def __iter__(self) -> Iterator[Record]:
        import pyarrow

        batches = self._file.iter_batches(batch_size=N_BATCH_ROWS)
        while True:
            try:
                batch = next(batches, None)
                rows = plain_times(batch).to_pylist() if batch is not None else []
            except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
                reason = _first_line(error)
                message = f"the rows after {self.n_read} cannot be read ({reason})"
                raise DataError(self._name, None, message) from error
            if batch is None:
                return
            for row in rows:
                self.n_read += 1
                yield _record(row, self._columns)


def _opened(file: IO[bytes] | UnpackedBytes, name: str) -> Any:
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        # Read through a buffer, else a whole row group is held: the file, where it has only one.
        return ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
    except (pyarrow.ArrowException, OSError) as error:
        message = f"this is not a whole parquet file ({_first_line(error)})"
        raise DataError(name, None, f"{message}; copy or download it again") from error


def seekable(data: UnpackedBytes, name: str) -> IO[bytes] | UnpackedBytes:
    """The bytes of a file as they are, those of anything else `spooled`."""
    direct = isinstance(data, io.BufferedReader) and data.seekable()
    return data if direct else spooled(data, name)


def check_text_type(schema: Any, column: str, name: str) -> None:
    """Refuse a column of texts that holds something else.

    Raises:
        DataError: says what it holds.
    """
    type = schema.field(column).type
    if not holds_strings(type):
        message = f"the text column '{column}' holds {type}, expected strings"
        raise DataError(name, None, message)


def holds_strings(type: Any) -> bool:
    """Whether an Arrow type is one of strings, or of nothing but nulls."""
    from pyarrow import types

    value = type.value_type if types.is_dictionary(type) else type
    text_types = (types.is_string, types.is_large_string, types.is_string_view, types.is_null)
    return any(is_type(value) for is_type in text_types)


def plain_times(batch: Any) -> Any:
    """A batch or table with times in microseconds: Python's own times hold no nanoseconds."""
    import pyarrow
    from pyarrow import types

    for index, field in enumerate(batch.schema):
        if getattr(field.type, "unit", None) != "ns":
            continue
        if types.is_timestamp(field.type):
            plain = pyarrow.timestamp("us", field.type.tz)
        elif types.is_duration(field.type):
            plain = pyarrow.duration("us")
        else:
            plain = pyarrow.time64("us")
        batch = batch.set_column(index, field.name, batch.column(index).cast(plain, safe=False))
    return batch


def _record(row: dict[str, Any], columns: Columns) -> Record:
    own = identifier(row[columns.id]) if columns.id is not None else None
    return Record(own, row[columns.text] or "", {name: row[name] for name in columns.carried})


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
