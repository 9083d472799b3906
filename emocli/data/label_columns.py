"""Tables with one column a label, each cell 0 or 1: E-c, Jigsaw, BRIGHTER and files like them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emocli.data.dataset import Contents
from emocli.data.examples import Example
from emocli.data.text_files import Table, read_table
from emocli.data.typed_tables import read_parquet
from emocli.errors import DataError

WITHHELD = "NONE"  # what SemEval's published test files write in place of 0 or 1


def read_ec(path: Path, labels: tuple[str, ...]) -> Contents:
    """SemEval-2018 E-c: tab-separated `ID`, `Tweet`, and one column a label.

    Raises:
        DataError: the header is another one, or a cell is neither 0 nor 1.
    """
    return contents(path, read_table(path, "\t"), labels, text="Tweet", id_column="ID")


def read_brighter(path: Path, labels: tuple[str, ...]) -> Contents:
    """BRIGHTER: csv or parquet with `id`, `text`, and one column a label."""
    table = read_parquet(path) if path.suffix == ".parquet" else read_table(path, ",")
    return contents(path, table, labels, text="text", id_column="id")


def read_jigsaw(path: Path, labels: tuple[str, ...]) -> Contents:
    """Jigsaw: csv with `id`, `comment_text` (over several lines at times), one column a label."""
    return contents(path, read_table(path, ","), labels, text="comment_text", id_column="id")


def read_jigsaw_test(path: Path, labels: tuple[str, ...]) -> Contents:
    """Kaggle's `test.csv`, whose labels stand in `test_labels.csv` beside it.

    A row whose labels are -1 was not scored by Kaggle and is left out.

    Raises:
        DataError: the labels of a comment are not there.
    """
    texts = read_table(path, ",")
    beside = path.with_name("test_labels.csv")
    answers = read_table(beside, ",")
    check_columns(path, texts, ("id", "comment_text"))
    check_columns(beside, answers, ("id", *labels))
    places = [answers.columns.index(label) for label in labels]
    found = {cells[answers.columns.index("id")]: (line, cells) for line, cells in answers.rows}
    examples, unscored = [], 0
    for line, cells in texts.rows:
        identity = cells[texts.columns.index("id")]
        if identity not in found:
            raise DataError(path, line, f"comment '{identity}' has no labels in {beside.name}")
        place, answer = found[identity]
        if answer[places[0]] == "-1":
            unscored += 1
            continue
        chosen = chosen_labels(beside, place, labels, [answer[i] for i in places])
        examples.append(Example(identity, cells[texts.columns.index("comment_text")], chosen))
    left_out = {"comments that Kaggle did not score": unscored} if unscored else {}
    return Contents(tuple(examples), len(texts.rows), left_out)


def contents(
    path: Path, table: Table, labels: Sequence[str], *, text: str, id_column: str | None
) -> Contents:
    """The examples of a table with one column a label.

    Where every label cell of every row is NONE the file withholds its labels.

    Raises:
        DataError: a column is missing, or a cell is neither 0 nor 1.
    """
    check_columns(path, table, (*([id_column] if id_column else []), text, *labels))
    text_place = table.columns.index(text)
    id_place = table.columns.index(id_column) if id_column else None
    places = [table.columns.index(label) for label in labels]
    withheld = bool(table.rows) and all(
        cells[place].strip() == WITHHELD for _, cells in table.rows for place in places
    )
    examples = []
    for number, (line, cells) in enumerate(table.rows, start=1):
        answer = [cells[place] for place in places]
        chosen = () if withheld else chosen_labels(path, line, labels, answer)
        identity = str(number) if id_place is None else cells[id_place]
        examples.append(Example(identity, cells[text_place], chosen, line=line))
    return Contents(tuple(examples), len(table.rows), labelled=not withheld)


def chosen_labels(
    path: Path, line: int, labels: Sequence[str], cells: Sequence[str]
) -> tuple[str, ...]:
    """The labels whose cell is 1.

    Raises:
        DataError: a cell is neither 0 nor 1.
    """
    chosen = []
    for label, cell in zip(labels, cells, strict=True):
        value = cell.strip()
        if value not in ("0", "1"):
            raise DataError(path, line, f"label '{label}' is '{value}', expected 0 or 1")
        if value == "1":
            chosen.append(label)
    return tuple(chosen)


def check_columns(path: Path, table: Table, expected: Sequence[str]) -> None:
    """Raise a DataError that names the missing columns and those that are there."""
    missing = [name for name in expected if name not in table.columns]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise DataError(
            path,
            1,
            f"the header lacks the column{plural} {_quoted(missing)}; "
            f"it has {_quoted(table.columns)}",
        )
    twice = sorted({name for name in expected if table.columns.count(name) > 1})
    if twice:
        raise DataError(path, 1, f"the header names the column {_quoted(twice)} twice")


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name[:40]}'" for name in names[:20])
    return f"{shown}, …" if len(names) > 20 else shown
