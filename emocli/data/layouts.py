"""The layouts of a labelled file that belongs to no published data set, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from emocli.data import goemotions, semeval, single_label
from emocli.data.dataset import Contents
from emocli.data.label_cells import column_labels
from emocli.data.label_columns import WITHHELD, contents
from emocli.data.label_names import check_label
from emocli.data.record import ReadOptions
from emocli.data.record_columns import TEXT_NAMES, Columns, choose_columns
from emocli.data.record_formats import check_separator, published_layout
from emocli.data.records import format_of
from emocli.data.text_files import Table, read_lines, read_table, read_text, table_of
from emocli.data.typed_tables import read_jsonl, read_parquet
from emocli.errors import DataError, UsageError, nearest

LABEL_NAMES = ("labels", "label", "emotions", "emotion", "sentiment")
"""The names of a column that holds labels; a plural says that a text may have several."""

# Tables written with gaps in them have 0.0 and 1.0, which are to be noticed too.
_FLAGS = ("0", "1", "0.0", "1.0", WITHHELD)
_SENTIMENT_ROW = re.compile(r"[^\t]+\t(negative|neutral|positive)\t")
_GOEMOTIONS_ROW = re.compile(r"[^\t]*\t\d+(,\d+)*\t[^\t]+$")
_SEMICOLON_ROW = re.compile(r"[^\t]*;\s*[^\s;][^;\t]{0,60}$")


@dataclass(frozen=True)
class LabelledFile:
    """What a labelled file holds, and how it was understood.

    `open_labels` is True where `labels` are only those that its texts were found to have.
    """

    contents: Contents
    labels: tuple[str, ...]
    exclusive: bool
    layout: str
    notes: tuple[str, ...] = ()
    open_labels: bool = False


@dataclass(frozen=True)
class _Wanted:
    """What the caller said of a file: the columns, and the labels it may hold (None: any)."""

    labels: tuple[str, ...] | None
    text_column: str | None
    label_column: str | None


def read_layout(
    path: Path,
    labels: tuple[str, ...] | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
) -> LabelledFile:
    """Read a labelled file in any layout of `LAYOUTS`, recognised by its name and first line.

    Raises:
        UsageError: the layout or a column cannot be told, or there is no such column.
        DataError: the file breaks its layout, or has a label that is not one of `labels`.
    """
    return LAYOUTS[recognise(path)](path, _Wanted(labels, text_column, label_column))


def recognise(path: Path) -> str:
    """The layout of a file, by its ending where that decides, else by its first line.

    Raises:
        UsageError: it is none of them; they are listed.
    """
    by_ending, _ = format_of(path)
    if by_ending not in ("text", "tsv"):
        return by_ending
    first = read_lines(path)[0]
    published = published_layout(first)
    if published is not None:
        return published.lower()
    cells = [cell.strip().lower() for cell in first.split("\t")]
    if len(cells) > 1 and set(cells).intersection(TEXT_NAMES):
        return "tsv"
    for layout, row in (
        ("4a", _SENTIMENT_ROW),
        ("goemotions", _GOEMOTIONS_ROW),
        ("text;label", _SEMICOLON_ROW),
    ):
        if row.match(first):
            return layout
    if by_ending == "tsv":
        return "tsv"
    raise UsageError(
        f"{path}: the layout of this file is not known, expected one of: {', '.join(LAYOUTS)}. "
        "Let its name end in .csv, .jsonl or .parquet if it is that; else give it a header line "
        "with a column for the text and one for the labels, and tabs between the cells."
    )


def _read_ec(path: Path, wanted: _Wanted) -> LabelledFile:
    table = read_table(path, "\t")
    labels = table.columns[2:]
    for label in labels:
        check_label(path, 1, label, wanted.labels or labels)
    labels = wanted.labels or labels
    found = contents(path, table, labels, text=table.columns[1], id_column=table.columns[0])
    return LabelledFile(found, labels, False, "e-c")


def _read_ei_reg(path: Path, wanted: _Wanted) -> LabelledFile:
    table = read_table(path, "\t")
    seen = sorted({cells[2] for _, cells in table.rows if len(cells) > 2})
    labels = wanted.labels or tuple(seen)
    found = semeval.read_ei_reg(path, labels)
    return LabelledFile(found, labels, True, "ei-reg", open_labels=wanted.labels is None)


def _read_4a(path: Path, wanted: _Wanted) -> LabelledFile:
    labels = wanted.labels or semeval.SENTIMENTS
    return LabelledFile(semeval.read_message_polarity(path, labels), labels, True, "4a")


def _read_goemotions(path: Path, wanted: _Wanted) -> LabelledFile:
    found = goemotions.read_goemotions(path, goemotions.LABELS)
    labels = wanted.labels or goemotions.LABELS
    for number, example in enumerate(found.examples, start=1):
        for label in example.labels:
            check_label(path, number, label, labels)
    return LabelledFile(found, labels, False, "goemotions")


def _read_semicolons(path: Path, wanted: _Wanted) -> LabelledFile:
    lines = read_lines(path)
    labels = wanted.labels or tuple(sorted({line.rpartition(";")[2].strip() for line in lines}))
    found = single_label.read_semicolons(path, labels)
    return LabelledFile(found, labels, True, "text;label", open_labels=wanted.labels is None)


def _table_layout(name: str, read: Callable[[Path], Table]) -> Callable[..., LabelledFile]:
    def read_it(path: Path, wanted: _Wanted) -> LabelledFile:
        return _from_table(path, read(path), wanted, name)

    return read_it


def _read_cells(path: Path, layout: str, delimiter: str) -> Table:
    text = read_text(path)
    header, _, _ = text.partition("\n")
    check_separator(header.split(delimiter), str(path), layout)
    return table_of(path, text, delimiter)


def _from_table(path: Path, table: Table, wanted: _Wanted, layout: str) -> LabelledFile:
    if not table.rows:
        raise DataError(path, None, "the file has a header and no rows")
    options = ReadOptions(text_column=wanted.text_column)
    columns = choose_columns(table.columns, options, f"{path}:1")
    place = _label_place(path, table.columns, wanted.label_column)
    table.check_types(path, columns.text, place)
    if place is not None:
        found, labels, exclusive = column_labels(path, table, columns, place, wanted.labels)
        is_open = wanted.labels is None
        return LabelledFile(found, labels, exclusive, layout, open_labels=is_open)
    return _from_label_columns(path, table, columns, wanted, layout)


def _from_label_columns(
    path: Path, table: Table, columns: Columns, wanted: _Wanted, layout: str
) -> LabelledFile:
    """A table with one 0/1 column a label: those of `wanted.labels`, or all that look like it."""
    flags = [name for name in columns.carried if _looks_binary(table, name)]
    if not flags:
        raise UsageError(
            f"{path}: which column holds the labels? Columns: {', '.join(table.columns)}. Call it "
            "'labels' there, or name it with --label-column, or give each label a column of its "
            "own that holds 0 or 1."
        )
    labels = wanted.labels or tuple(flags)
    lacking = [label for label in labels if label not in columns.carried]
    if lacking:
        foreign = [name for name in flags if name not in labels]
        for name in foreign:
            check_label(path, 1, name, labels)
        raise DataError(path, 1, f"the header lacks a column for the label '{lacking[0]}'")
    found = contents(path, table, labels, text=columns.text, id_column=columns.id)
    unread = [name for name in columns.carried if name not in labels]
    notes = (f"columns not read: {', '.join(unread)}",) if unread else ()
    return LabelledFile(found, labels, False, layout, notes)


def _label_place(path: Path, names: Sequence[str], asked_for: str | None) -> str | None:
    folded = {name.strip().lower(): name for name in reversed(names)}
    if asked_for is None:
        return next((folded[name] for name in LABEL_NAMES if name in folded), None)
    if asked_for in names:
        return asked_for
    close = nearest(asked_for, folded)
    guess = f": did you mean '{folded[close]}'?" if close else "."
    listed = ", ".join(names)
    raise UsageError(f"{path}:1: there is no column '{asked_for}'{guess} Columns: {listed}.")


def _looks_binary(table: Table, name: str) -> bool:
    """True where most of the cells that are not empty are 0 or 1, so that slips are noticed."""
    place = table.columns.index(name)
    filled = [cell for _, cells in table.rows if (cell := cells[place].strip())]
    return 2 * sum(cell in _FLAGS for cell in filled) > len(filled)


LAYOUTS: dict[str, Callable[[Path, _Wanted], LabelledFile]] = {
    "csv": _table_layout("csv", lambda path: _read_cells(path, "csv", ",")),
    "tsv": _table_layout("tsv", lambda path: _read_cells(path, "tsv", "\t")),
    "jsonl": _table_layout("jsonl", read_jsonl),
    "parquet": _table_layout("parquet", read_parquet),
    "e-c": _read_ec,
    "ei-reg": _read_ei_reg,
    "4a": _read_4a,
    "goemotions": _read_goemotions,
    "text;label": _read_semicolons,
}
