"""Tables in which one column holds the labels of a text, several of them parted by , ; or |."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from emocli.data.dataset import Contents
from emocli.data.examples import Example
from emocli.data.label_columns import WITHHELD
from emocli.data.label_names import check_label
from emocli.data.record_columns import Columns
from emocli.data.text_files import Table
from emocli.data.typed_tables import LIST_SEPARATOR
from emocli.errors import DataError

_SEPARATORS = re.compile(r"[,;|]")
_PLURALS = ("labels", "emotions")


def column_labels(
    path: Path, table: Table, columns: Columns, name: str, labels: tuple[str, ...] | None
) -> tuple[Contents, tuple[str, ...], bool]:
    """The examples of a table with a label column, all labels, and whether they are exclusive.

    The labels are exclusive where the column's name is no plural (`labels`, `emotions`) and every
    row has exactly one. Where `labels` is None they are those found, in alphabetical order. Where
    every cell is NONE the file withholds its labels.

    Raises:
        DataError: a label is not one of `labels`, or no row has any.
    """
    text_place, label_place = table.columns.index(columns.text), table.columns.index(name)
    id_place = table.columns.index(columns.id) if columns.id is not None else None
    withheld = all(cells[label_place].strip() == WITHHELD for _, cells in table.rows)
    examples = []
    for number, (line, cells) in enumerate(table.rows, start=1):
        found = () if withheld else split_labels(cells[label_place], labels or ())
        for label in found if labels is not None else ():
            check_label(path, line, label, labels or ())
        identity = (cells[id_place] if id_place is not None else "") or str(number)
        examples.append(Example(identity, cells[text_place], found, line=line))
    everything = labels or tuple(sorted({label for one in examples for label in one.labels}))
    if not everything:
        what = f"is {WITHHELD}, labels withheld," if withheld else "is empty"
        raise DataError(path, None, f"the column '{name}' {what} in every row")
    single = all(len(example.labels) == 1 for example in examples)
    exclusive = single and name.strip().lower() not in _PLURALS
    contents = Contents(tuple(examples), len(examples), labelled=not withheld)
    return contents, everything, exclusive


def split_labels(cell: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """The labels in a cell, each once; a cell that is itself a known label is not cut."""
    if cell.strip() in known:
        return (cell.strip(),)
    parts = cell.split(LIST_SEPARATOR) if LIST_SEPARATOR in cell else _SEPARATORS.split(cell)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
