"""The published files of the SemEval tasks other than E-c: EI-reg, 4A and 4B."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from emocli.data.dataset import Contents
from emocli.data.examples import Example
from emocli.data.label_columns import WITHHELD, check_columns
from emocli.data.label_names import check_label
from emocli.data.text_files import read_lines, read_table
from emocli.errors import DataError

EI_REG_COLUMNS = ("ID", "Tweet", "Affect Dimension", "Intensity Score")
SENTIMENTS = ("negative", "neutral", "positive")

_NOT_AVAILABLE = "Not Available"  # what the tasks' own download script writes for a deleted tweet
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_LONE_QUOTE = re.compile(r'(?<!")"(?!")')
_QUOTES = re.compile(r'\\?"{2,}')


def read_ei_reg(path: Path, labels: tuple[str, ...]) -> Contents:
    """SemEval-2018 EI-reg: a tweet, one emotion, and its intensity in [0, 1].

    Raises:
        DataError: the header, an emotion or an intensity is not what it should be.
    """
    table = read_table(path, "\t")
    check_columns(path, table, EI_REG_COLUMNS)
    places = [table.columns.index(name) for name in EI_REG_COLUMNS]
    withheld = bool(table.rows) and all(cells[places[3]] == WITHHELD for _, cells in table.rows)
    examples = []
    for line, cells in table.rows:
        identity, text, label, score = (cells[place] for place in places)
        check_label(path, line, label, labels)
        if withheld:
            examples.append(Example(identity, text, (), line=line))
        else:
            intensity = (_intensity(path, line, score),)
            examples.append(Example(identity, text, (label,), intensity, line))
    return Contents(tuple(examples), len(table.rows), labelled=not withheld)


def read_message_polarity(path: Path, labels: tuple[str, ...]) -> Contents:
    """SemEval 2013-2017 task A: `id<TAB>label<TAB>text`; a fourth cell, of no use, may follow."""
    return _read_polarity(path, labels, columns=("id", "label", "text"))


def read_topic_polarity(path: Path, labels: tuple[str, ...]) -> Contents:
    """SemEval 2015-2017 task B: `id<TAB>topic<TAB>label<TAB>text`, an empty cell may follow.

    The files of 2015 have neutral and "off topic" rows too, which the two classes of the task
    have no place for; they are left out and counted.
    """
    return _read_polarity(
        path, labels, columns=("id", "topic", "label", "text"), outside=("neutral", "off topic")
    )


def decode_tweets(texts: Sequence[str]) -> list[str]:
    r"""The tweets of one 4A or 4B file as their authors wrote them.

    The files of 2013 to 2015 and the test file of 2016 put a text that holds a comma or quotation
    marks into quotation marks, doubled once or twice inside; those of 2013 write `\u2019` and
    `\u002c` for characters. A file is taken as quoted where no other text has a single quotation
    mark inside it, which is true of no unquoted file among the published ones.
    """
    quoted = not any(_LONE_QUOTE.search(text[1:-1]) for text in texts if not _is_wrapped(text))
    return [_unescaped(_unquoted(text) if quoted else text) for text in texts]


def _read_polarity(
    path: Path, labels: tuple[str, ...], columns: tuple[str, ...], outside: tuple[str, ...] = ()
) -> Contents:
    kept, left_out = [], Counter[str]()
    lines = read_lines(path)
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        if len(cells) not in (len(columns), len(columns) + 1):
            expected = "<TAB>".join(columns)
            message = f"the row has {len(cells)} cells, expected {len(columns)}: {expected}"
            raise DataError(path, number, message)
        row = dict(zip(columns, cells, strict=False))
        if row["label"] in outside:
            left_out[f"rows with the label '{row['label']}'"] += 1
        elif row["text"].strip() == _NOT_AVAILABLE:
            left_out["tweets that are not available any more"] += 1
        else:
            check_label(path, number, row["label"], labels)
            kept.append((number, row))
    texts = decode_tweets([row["text"] for _, row in kept])
    examples = (
        Example(row["id"], text, (row["label"],), line=number)
        for (number, row), text in zip(kept, texts, strict=True)
    )
    return Contents(tuple(examples), len(lines), left_out)


def _intensity(path: Path, line: int, cell: str) -> float:
    try:
        score = float(cell)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise DataError(path, line, f"intensity '{cell}' is not a number from 0 to 1")
    return score


def _is_wrapped(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == '"'


def _unquoted(text: str) -> str:
    # In the file of sarcastic tweets the two marks of a pair stand in two successive rows.
    return _QUOTES.sub('"', text.removeprefix('"').removesuffix('"'))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_characters, text)


def _characters(escapes: re.Match[str]) -> str:
    units = bytes.fromhex(escapes[0].replace("\\u", ""))
    return units.decode("utf-16-be", errors="replace")
