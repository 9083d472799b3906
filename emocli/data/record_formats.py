"""Records from lines: text, csv, tsv, jsonl, and the published layouts of SemEval-2018 Task 1."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence

from emocli.data.lines import Lines
from emocli.data.record import ReadOptions, Record
from emocli.data.record_columns import TEXT_NAMES, Columns, choose_columns
from emocli.errors import DataError

E_C = "E-c"
EI_REG = "EI-reg"

# A row of a table: the line it begins on, its cells.
Row = tuple[int, list[str]]

_ADVICE = {
    "csv": "put cells that hold commas or line ends in double quotes",
    "tsv": "a cell cannot hold a tab",
}


def published_layout(first_line: str | None) -> str | None:
    """`E_C` or `EI_REG` where the first line is that layout's header, else None.

    The header of E-c is `ID<TAB>Tweet<TAB>` and the names of the labels, in any language's file;
    that of EI-reg goes on with `Affect Dimension`.
    """
    names = (first_line or "").rstrip("\r\n").split("\t")
    if len(names) < 3 or [name.lower() for name in names[:2]] != ["id", "tweet"]:
        return None
    return EI_REG if names[2] == "Affect Dimension" else E_C


def text_records(lines: Lines) -> Iterator[Record]:
    """A record for each line, an empty one included."""
    for line in lines:
        yield Record(None, line.removesuffix("\n").removesuffix("\r"), {})


def table_records(
    lines: Lines, format: str, options: ReadOptions
) -> tuple[tuple[str, ...], Iterator[Record]]:
    """The columns carried through, and a record for each row after the header.

    The labels of an E-c file are what is asked for, so they are not carried through.

    Raises:
        DataError: a row has more or fewer cells than the header, or bad quoting.
        UsageError: the text's or the id's column is not there.
    """
    rows = _csv_rows(lines) if format == "csv" else _tsv_rows(lines)
    _, header = next(rows, (1, None))
    if header is None:
        return (), iter(())
    check_separator(header, lines.name, "csv" if format == "csv" else "tsv")
    columns = choose_columns(header, options, f"{lines.name}:1")
    if format == E_C:
        columns = Columns(columns.text, columns.id, ())
    advice = _ADVICE["csv" if format == "csv" else "tsv"]
    return columns.carried, _records(
        _full_rows(rows, len(header), lines.name, advice), header, columns
    )


def jsonl_records(lines: Lines, options: ReadOptions) -> Iterator[Record]:
    """A record for each line: an object that holds the text, or a bare string.

    The first object decides which fields are the text and the id.

    Raises:
        DataError: a line is not JSON, or its text is missing or no string.
        UsageError: the first object lacks the text's or the id's field.
    """
    columns: Columns | None = None
    for number, line in _filled(lines):
        value = json_value(line, lines.name, number)
        if isinstance(value, str):
            yield Record(None, value, {})
            continue
        if not isinstance(value, dict):
            expected = "expected an object or a string on each line"
            raise DataError(lines.name, number, f"this is {kind_of(value)}, {expected}")
        if columns is None:
            columns = choose_columns(tuple(value), options, f"{lines.name}:{number}")
        yield _object_record(value, columns, lines.name, number)


def identifier(value: object) -> str | None:
    """An id as text; None where it is null or empty, and so has to be made up."""
    if value is None or value == "":
        return None
    if isinstance(value, bool | int | float | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _csv_rows(lines: Lines) -> Iterator[Row]:
    reader = csv.reader(lines, strict=True)
    while True:
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            advice = "put cells that hold quotes or line ends in double quotes, and double those"
            message = f"the row that begins here is not csv ({error}); {advice}"
            raise DataError(lines.name, start, message) from error
        yield start, cells


def _tsv_rows(lines: Lines) -> Iterator[Row]:
    for line in lines:
        yield lines.number, line.removesuffix("\n").removesuffix("\r").split("\t")


def _full_rows(rows: Iterator[Row], n_cells: int, name: str, advice: str) -> Iterator[list[str]]:
    """Rows of `n_cells` cells; blank lines at the end are none (in one column they are texts)."""
    blank: int | None = None
    for line, cells in rows:
        if n_cells > 1 and cells in ([], [""]):
            blank = blank or line
            continue
        if blank is not None:
            message = f"the line is blank, the header has {n_cells} cells; take the line out"
            raise DataError(name, blank, message)
        cells = cells or [""]
        if len(cells) != n_cells:
            has = f"the row has {len(cells)} cell{'s' if len(cells) > 1 else ''}"
            raise DataError(name, line, f"{has}, the header has {n_cells}; {advice}")
        yield cells


def _records(rows: Iterator[list[str]], header: list[str], columns: Columns) -> Iterator[Record]:
    text = header.index(columns.text)
    own = header.index(columns.id) if columns.id is not None else None
    carried = [(name, header.index(name)) for name in columns.carried]
    for cells in rows:
        yield Record(
            cells[own] or None if own is not None else None,
            cells[text],
            {name: cells[index] for name, index in carried},
        )


def check_separator(header: Sequence[str], name: str, format: str) -> None:
    """Refuse a header whose cells are parted by what does not part the cells of this format.

    A csv separated by semicolons would pass for one column of texts.

    Raises:
        DataError: they are.
    """
    if len(header) != 1:
        return
    for separator, words in ((",", "commas"), (";", "semicolons"), ("\t", "tabs")):
        parts = [part.strip(' "').lower() for part in header[0].split(separator)]
        if len(parts) > 1 and any(part in TEXT_NAMES for part in parts):
            wanted = "commas" if format == "csv" else "tabs"
            message = f"the cells are separated by {words}, expected {wanted} in a {format} file"
            raise DataError(name, 1, message)


def _filled(lines: Lines) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; blank ones at the end are none, elsewhere an error."""
    blank: int | None = None
    for line in lines:
        if not line.strip(" \t\r\n"):
            blank = blank or lines.number
            continue
        if blank is not None:
            expected = "expected an object or a string on each line; take the line out"
            raise DataError(lines.name, blank, f"the line is blank, {expected}")
        yield lines.number, line


def json_value(
    line: str, name: str, number: int, expected: str = "one object or string a line"
) -> object:
    """What a line of JSON Lines holds.

    Raises:
        DataError: it is not JSON.
    """
    try:
        return json.loads(line.rstrip("\r\n"))
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at column {error.colno}"
    except RecursionError:
        reason = "nested too deeply"
    except ValueError as error:
        reason = str(error)
    raise DataError(name, number, f"the line is not JSON ({reason}); expected {expected}")


def text_of(value: Mapping[str, object], column: str, name: str, number: int) -> str:
    """The text of a line's object; null is an empty one.

    Raises:
        DataError: it has none, or one that is no string.
    """
    if column not in value:
        has = ", ".join(value) or "none"
        message = f"there is no field '{column}', which held the text before. Fields: {has}."
        raise DataError(name, number, message)
    text = value[column]
    if text is not None and not isinstance(text, str):
        message = f"the text ('{column}') is {kind_of(text)}, expected a string"
        raise DataError(name, number, message)
    return text or ""


def _object_record(value: dict[str, object], columns: Columns, name: str, number: int) -> Record:
    text = text_of(value, columns.text, name, number)
    own = identifier(value.get(columns.id)) if columns.id is not None else None
    parts = (columns.text, columns.id)
    return Record(own, text, {key: value[key] for key in value if key not in parts})


def kind_of(value: object) -> str:
    """A JSON value in words, for an error."""
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
