"""Rows as lines: JSON objects, or the cells of a table."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from emocli.data.cell_lines import csv_cells, csv_line, tsv_cells, tsv_line
from emocli.data.destinations import Destination
from emocli.data.held_rows import LABEL_SEPARATOR, HeldRow, held_cells, held_object
from emocli.data.output_rows import (
    ROW_NAMES,
    Row,
    carried_name,
    cell,
    json_text,
    labels_of,
    scores_of,
)
from emocli.errors import EmocliError
from emocli.paths import writing

_SHOWN = 200  # characters of what a file holds, in an error


class Writer(ABC):
    """Writes rows; a context manager that finishes the output, or leaves what an error broke off.

    Attributes:
        rows_done: rows that an interrupted run has written before; as many records of the input
            are to be skipped.
    """

    # Whether a broken-off output is of use to a later run.
    resumable = True

    def __init__(self, destination: Destination) -> None:
        self.rows_done = 0
        self._destination = destination
        self._open = True
        self._begun = False

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows, made by `output_row`; to standard output, they appear at once.

        Raises:
            EmocliError: they cannot be written, or do not fit the columns written before.
        """
        with writing(Path(self._destination.name)):
            self._write(rows)
        self._begun = self._begun or bool(rows)

    @property
    def left(self) -> Path | None:
        """The file that a later run can go on with, should this one break off now."""
        is_begun = self._begun or self.rows_done > 0
        return self._destination.partial if self.resumable and is_begun else None

    @property
    def n_held(self) -> int:
        """How many of the rows of an interrupted run, the last ones, `beside` reads back."""
        return min(self.rows_done, len(self._destination.part.last))

    def beside(self, rows: Sequence[Row]) -> list[tuple[HeldRow, HeldRow]]:
        """The last `n_held` rows of an interrupted run, each with what one of `rows` would be.

        Raises:
            EmocliError: they are no predictions.
        """
        return []

    def close(self) -> None:
        """Finish the output: a file gets its name now.

        Raises:
            EmocliError: it cannot be written.
        """
        if self._open:
            with writing(Path(self._destination.name)):
                self._end()
                self._destination.finish()
            self._open = False

    def abandon(self) -> None:
        """Break off: of a file, the rows so far stay in `<name>.partial`, to be resumed."""
        if self._open:
            self._open = False
            self._destination.abandon(keep=self.left is not None)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.abandon()

    @abstractmethod
    def _write(self, rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def _end(self) -> None:
        """Write what comes after the last row."""

    def _put(self, text: str) -> None:
        self._destination.stream.write(text.encode("utf-8"))
        self._destination.stream.flush()

    def begun_otherwise(self, held: str, expected: str) -> EmocliError:
        """Break off, with the error that another command has written what an output holds."""
        self.abandon()
        shown = held if len(held) <= _SHOWN else f"{held[:_SHOWN]}…"
        return EmocliError(
            f"{self._destination.partial}: its {shown}, expected {expected}: another command "
            "began it; give that one to go on, or leave out --resume to begin anew"
        )


class LineWriter(Writer):
    """Writes rows that can be read back one by one."""

    def beside(self, rows: Sequence[Row]) -> list[tuple[HeldRow, HeldRow]]:
        """As `Writer.beside`."""
        lines = self._destination.part.last[-self.n_held :]
        try:
            held = [self._read(line.decode()) for line in lines]
        except (ValueError, TypeError, KeyError):
            raise self.begun_otherwise("last rows are no predictions", "predictions") from None
        found = [self._read(line) for line in self._lines(rows)]
        return list(zip(held, found, strict=True))

    @abstractmethod
    def _lines(self, rows: Sequence[Row]) -> list[str]:
        """Rows as they are written."""

    @abstractmethod
    def _read(self, line: str) -> HeldRow:
        """A row that was written."""


class JsonLinesWriter(LineWriter):
    """A JSON object a line, as `output_row` makes it."""

    def __init__(self, destination: Destination, labels: Sequence[str]) -> None:
        super().__init__(destination)
        self.rows_done = destination.part.n_rows
        if self.rows_done:
            self._check(destination.part.last[-1], labels)

    def _check(self, last: bytes, labels: Sequence[str]) -> None:
        expected = f"scores of {', '.join(labels)}"
        try:
            scores = json.loads(last)["scores"]
            held = f"last row has scores of {', '.join(scores)}"
        except (ValueError, KeyError, TypeError):
            raise self.begun_otherwise("last row has no scores", expected) from None
        if not set(scores) <= set(labels):
            raise self.begun_otherwise(held, expected)

    def _write(self, rows: Sequence[Row]) -> None:
        self._put("".join(self._lines(rows)))

    def _lines(self, rows: Sequence[Row]) -> list[str]:
        return [f"{json_text(row)}\n" for row in rows]

    def _read(self, line: str) -> HeldRow:
        return held_object(line)

    def _end(self) -> None:
        pass


class TableWriter(LineWriter):
    """A csv or tsv table with a header: id, text, labels (joined by ";"), a column
    `score_<label>` for each label, then the columns carried through.

    In csv, cells that need it are quoted. A tsv cell cannot hold a tab or a line end: each becomes
    a blank.
    """

    def __init__(
        self,
        destination: Destination,
        format: str,
        labels: Sequence[str],
        carried: Sequence[str] | None,
    ) -> None:
        """Begin a table.

        Args:
            destination: where it is written.
            format: "csv" or "tsv".
            labels: every label that may have a score, in order.
            carried: the columns carried through, by the names they have in the input; None: those
                of the first rows written.
        """
        super().__init__(destination)
        is_csv = format == "csv"
        self._joined, self._parted = (csv_line, csv_cells) if is_csv else (tsv_line, tsv_cells)
        self._labels = tuple(labels)
        self._scores = tuple(f"score_{label}" for label in labels)
        self._carried: tuple[str, ...] | None = None
        if carried is not None:
            self._carried = tuple(
                self._name(carried_name(name, ROW_NAMES)) for name in dict.fromkeys(carried)
            )
        self._has_header = destination.part.n_rows > 0
        self.rows_done = max(destination.part.n_rows - 1, 0)
        if self._has_header:
            self._resume(destination.part.first.decode("utf-8", "replace"))

    def _resume(self, line: str) -> None:
        header = self._parted(line)
        if self._carried is None:
            self._carried = tuple(header[len(ROW_NAMES[:3]) + len(self._scores) :])
        if line != self._joined(self._columns()):
            expected = ", ".join(self._columns())
            raise self.begun_otherwise(f"columns are {', '.join(header)}", expected)

    def _columns(self) -> list[str]:
        return [cell(name) for name in (*ROW_NAMES[:3], *self._scores, *(self._carried or ()))]

    def _name(self, name: str) -> str:
        return carried_name(name, self._scores)

    def _write(self, rows: Sequence[Row]) -> None:
        lines = self._lines(rows)
        self._put(self._header() + "".join(lines))

    def _lines(self, rows: Sequence[Row]) -> list[str]:
        extras = [
            {self._name(name): row[name] for name in row if name not in ROW_NAMES} for row in rows
        ]
        if self._carried is None and rows:
            self._carried = tuple(dict.fromkeys(name for extra in extras for name in extra))
        return [self._joined(self._cells(*pair)) for pair in zip(rows, extras, strict=True)]

    def _read(self, line: str) -> HeldRow:
        return held_cells(self._parted(line), self._labels)

    def _header(self) -> str:
        if self._has_header:
            return ""
        self._has_header = True
        return self._joined(self._columns())

    def _cells(self, row: Row, extra: Mapping[str, object]) -> list[str]:
        carried = self._carried or ()
        unknown = next((name for name in extra if name not in carried), None)
        if unknown is not None:
            raise EmocliError(
                f"{self._destination.name}: the record '{row['id']}' has a column '{unknown}', "
                "which the first records lack, and the header is written; "
                "give --format jsonl, where each record has its own columns"
            )
        scores = scores_of(row)
        return [
            cell(row["id"]),
            cell(row["text"]),
            LABEL_SEPARATOR.join(cell(label) for label in labels_of(row)),
            *(cell(scores.get(label)) for label in self._labels),
            *(cell(extra.get(name)) for name in carried),
        ]

    def _end(self) -> None:
        self._put(self._header())
