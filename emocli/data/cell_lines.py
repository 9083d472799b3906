"""The cells of a csv or tsv table as a line, and back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

_BREAKS = re.compile("\r\n|[\t\n\r]")


def csv_line(cells: Sequence[str]) -> str:
    """The cells with commas between them, in double quotes where they need it."""
    # The module quotes line ends for certain only when its own is "\r\n".
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + "\n"


def csv_cells(line: str) -> list[str]:
    """The cells of a line that `csv_line` has made; any other that is no csv is one cell."""
    try:
        return next(csv.reader([line]))
    except csv.Error:
        return [line]


def tsv_line(cells: Sequence[str]) -> str:
    """The cells with tabs between them; in a cell, each tab and each line end becomes a blank."""
    return "\t".join(_BREAKS.sub(" ", text) for text in cells) + "\n"


def tsv_cells(line: str) -> list[str]:
    """The cells of a line that `tsv_line` has made."""
    return line.removesuffix("\n").split("\t")
