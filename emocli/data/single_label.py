"""The published files with one label a text: ISEAR, CARER, sentiment140, Kaggle's tweets."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from emocli.data.dataset import Contents
from emocli.data.examples import Example
from emocli.data.label_columns import check_columns
from emocli.data.label_names import check_label
from emocli.data.text_files import Table, csv_rows, read_lines, read_table, read_text
from emocli.data.typed_tables import read_parquet
from emocli.errors import DataError

_LINE_BREAK = re.compile(r"\s*\bá\s+")
_POLARITIES = {"0": "negative", "4": "positive"}  # sentiment140 codes; 2 is neutral


def read_isear(path: Path, labels: tuple[str, ...]) -> Contents:
    """ISEAR: tab-separated `id`, `label`, `text`, or the databank's table parted by `|`.

    Of the table's many columns `MYKEY` (the id), `Field1` (the emotion) and `SIT` (the situation)
    are read. It has a lone "á" where a situation went on in a new line; that becomes a blank.
    """
    if path.suffix == ".tsv":
        return _labelled_rows(path, read_table(path, "\t"), labels, ("id", "label", "text"))
    table = read_table(path, "|", fallback="latin-1")
    found = _labelled_rows(path, table, labels, ("MYKEY", "Field1", "SIT"))
    mended = (replace(one, text=_LINE_BREAK.sub(" ", one.text).strip()) for one in found.examples)
    return replace(found, examples=tuple(mended))


def read_carer(path: Path, labels: tuple[str, ...]) -> Contents:
    """The six-emotion tweets: `text;label` a line, or parquet with `text` and a label's index."""
    if path.suffix != ".parquet":
        return read_semicolons(path, labels)
    table = read_parquet(path)
    check_columns(path, table, ("text", "label"))
    names = {str(index): label for index, label in enumerate(labels)}
    text_place, label_place = table.columns.index("text"), table.columns.index("label")
    examples = []
    for line, cells in table.rows:
        label = check_label(path, line, names.get(cells[label_place], cells[label_place]), labels)
        examples.append(Example(f"{_stem(path)}-{line}", cells[text_place], (label,)))
    return Contents(tuple(examples), len(table.rows))


def read_semicolons(path: Path, labels: tuple[str, ...]) -> Contents:
    """One text a line, its label after the last semicolon.

    Raises:
        DataError: a line has no semicolon, or its label is none of `labels`.
    """
    examples = []
    for number, line in enumerate(read_lines(path), start=1):
        text, semicolon, label = line.rpartition(";")
        if not semicolon:
            raise DataError(path, number, "the line has no semicolon, expected text;label")
        label = check_label(path, number, label.strip(), labels)
        examples.append(Example(f"{_stem(path)}-{number}", text, (label,), line=number))
    return Contents(tuple(examples), len(examples))


def read_sentiment140(path: Path, labels: tuple[str, ...]) -> Contents:
    """sentiment140's csv without a header: polarity 0, 2 or 4, id, date, query, user, text.

    Neutral rows (2), which only the test file has, are left out and counted.

    Raises:
        DataError: a row has other cells or another polarity.
    """
    examples, neutral = [], 0
    rows = csv_rows(path, read_text(path, "latin-1"))
    for line, cells in rows:
        if len(cells) != 6:
            expected = "expected 6: polarity, id, date, query, user, text"
            raise DataError(path, line, f"the row has {len(cells)} cells, {expected}")
        polarity, identity, text = cells[0], cells[1], cells[5]
        if polarity == "2":
            neutral += 1
        elif polarity in _POLARITIES:
            examples.append(Example(identity, text, (_POLARITIES[polarity],)))
        else:
            raise DataError(path, line, f"polarity '{polarity}' is none of 0, 2, 4")
    left_out = {"neutral tweets": neutral} if neutral else {}
    return Contents(tuple(examples), len(rows), left_out)


def read_label_file(path: Path, labels: tuple[str, ...]) -> Contents:
    """One text a line, in a file named after their label (`negative.txt`)."""
    label = check_label(path, None, _stem(path), labels)
    texts = read_lines(path)
    examples = (
        Example(f"{label}-{number}", text, (label,)) for number, text in enumerate(texts, start=1)
    )
    return Contents(tuple(examples), len(texts))


def read_kaggle_sentiment(path: Path, labels: tuple[str, ...]) -> Contents:
    """Kaggle's Twitter sentiment analysis: csv, `ItemID`, `Sentiment` 0 or 1, `SentimentText`."""
    table = read_table(path, ",", fallback="latin-1")
    codes = {str(code): label for code, label in enumerate(labels)}
    return _labelled_rows(path, table, labels, ("ItemID", "Sentiment", "SentimentText"), codes)


def by_hash(first: int, last: int) -> Callable[[Sequence[Example]], Iterable[Example]]:
    """Take the examples whose id falls into the tenths `first` to `last` - 1 of ten.

    The tenth of an id is the first 32 bits of its SHA-256, modulo 10: the same on every machine,
    whatever the order of the rows.
    """

    def choose(examples: Sequence[Example]) -> Iterable[Example]:
        return [example for example in examples if first <= _tenth(example.id) < last]

    return choose


def distinct(examples: Sequence[Example]) -> Iterable[Example]:
    """Each example once: the first of those with the same id and text."""
    return list({(example.id, example.text): example for example in reversed(examples)}.values())[
        ::-1
    ]


def _labelled_rows(
    path: Path,
    table: Table,
    labels: Sequence[str],
    columns: tuple[str, str, str],
    codes: Mapping[str, str] | None = None,
) -> Contents:
    check_columns(path, table, columns)
    places = [table.columns.index(name) for name in columns]
    examples, left_out = [], Counter[str]()
    for line, cells in table.rows:
        identity, label, text = (cells[place].strip() for place in places)
        if not text:
            left_out["rows without a text"] += 1
            continue
        label = check_label(path, line, (codes or {}).get(label, label), labels)
        examples.append(Example(identity, text, (label,)))
    return Contents(tuple(examples), len(table.rows), left_out)


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def _tenth(identity: str) -> int:
    return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:4], "big") % 10
