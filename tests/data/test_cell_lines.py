from __future__ import annotations

import pytest

from emocli.data.cell_lines import csv_cells, csv_line, tsv_cells, tsv_line

CELLS = ["", 'say "no"', "a,b;c", "one\ntwo\r\nthree\rfour", "x" * 200_000, "\u2028 😀 "]


def test_csv_cells_come_back_as_they_were() -> None:
    assert csv_cells(csv_line(CELLS)) == CELLS


def test_tsv_cells_come_back_with_blanks_for_tabs_and_line_ends() -> None:
    expected = [*CELLS[:3], "one two three four", *CELLS[4:], "a b"]
    assert tsv_cells(tsv_line([*CELLS, "a\tb"])) == expected


@pytest.mark.parametrize("line", ["a\rb\n", "so happy\n", "\n"])
def test_a_line_of_something_else_is_read_too(line: str) -> None:
    assert len(csv_cells(line)) < 2
