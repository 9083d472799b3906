"""Tables on terminals of every width."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console
from rich.text import Text

from emocli.cli.fitted_table import Column, FittedTable

NAMES = ("anger", "anticipation")
SCORES = {
    "precision": ("1.0000", "0.2500"),
    "average precision": ("0.8866", "0.1250"),
    "F1": ("0.9091", "0.3333"),
    "predicted": ("10", "1,234"),
}


def column(heading: str, *cells: str, right: bool = False) -> Column:
    return Column(heading, [Text(cell) for cell in cells], right)


def scores(title: str | None = None) -> FittedTable:
    numbers = [column(heading, *cells, right=True) for heading, cells in SCORES.items()]
    return FittedTable([column("label", *NAMES), *numbers], title)


def drawn(table: FittedTable, width: int) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None).print(table)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_a_table_that_fits_stands_whole_below_its_title() -> None:
    assert drawn(scores("Labels"), 80) == [
        "Labels",
        "label          precision   average precision       F1   predicted",
        "─────────────────────────────────────────────────────────────────",
        "anger             1.0000              0.8866   0.9091          10",
        "anticipation      0.2500              0.1250   0.3333       1,234",
    ]


def test_headings_break_between_words_before_the_gaps_close() -> None:
    assert drawn(scores(), 60)[:2] == [
        "                             average",
        "label          precision   precision       F1   predicted",
    ]
    assert drawn(scores(), 54)[:2] == [
        "                           average",
        "label         precision  precision      F1  predicted",
    ]


def test_what_does_not_fit_is_a_table_of_its_own_with_the_same_names() -> None:
    assert drawn(scores("Labels"), 40) == [
        "Labels",
        "                           average",
        "label         precision  precision",
        "──────────────────────────────────",
        "anger            1.0000     0.8866",
        "anticipation     0.2500     0.1250",
        "",
        "label             F1  predicted",
        "───────────────────────────────",
        "anger         0.9091         10",
        "anticipation  0.3333      1,234",
    ]


@pytest.mark.parametrize("width", range(24, 90, 3))
def test_no_line_is_too_long_and_no_number_is_split_or_missing(width: int) -> None:
    lines = drawn(scores(), width)
    assert max(map(len, lines)) <= width
    shown = re.findall(r"\d[\d.,]*", "\n".join(lines).replace("F1", ""))
    assert sorted(shown) == sorted(cell for cells in SCORES.values() for cell in cells)


@pytest.mark.parametrize("width", [1, 2, 3, 5, 8])
def test_a_terminal_of_a_few_cells_hangs_nothing(width: int) -> None:
    assert max(map(len, drawn(scores(), width))) <= width


def test_text_breaks_between_words_and_names_stay_whole() -> None:
    table = FittedTable(
        [column("data set", "semeval2018-ec"), column("splits", "train-segmented, all-segmented")]
    )
    assert drawn(table, 34) == [
        "data set         splits",
        "──────────────────────────────────",
        "semeval2018-ec   train-segmented,",
        "                 all-segmented",
    ]


def test_a_word_breaks_only_where_it_is_wider_than_the_terminal() -> None:
    table = FittedTable([column("model", "own"), column("folder", "/home/someone/models/own")])
    assert drawn(table, 31)[2:] == ["own    /home/someone/models/own"]
    assert drawn(table, 20)[2:] == ["own    /home/someone", "       /models/own"]


def test_a_name_wider_than_half_the_terminal_breaks() -> None:
    table = FittedTable([column("name", "n" * 30), column("texts", "1,234", right=True)])
    assert drawn(table, 20)[2:] == [
        "nnnnnnnnnnnn   1,234",
        "nnnnnnnnnnnn",
        "nnnnnn",
    ]
