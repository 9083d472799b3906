"""The tables of a benchmark on stdout, in each of their formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click

from emocli.cli.output import console, printable, stdout_is_terminal
from emocli.cli.streams import STDOUT
from emocli.paths import writing

if TYPE_CHECKING:
    from rich.table import Table

    from emocli.benchmark.results import Results
    from emocli.benchmark.summaries import Summary
    from emocli.benchmark.tables import Grid

FORMATS = ("rich", "markdown", "csv", "latex", "html", "json")
FIGURE_FORMATS = ("svg", "png", "pdf")


_GAP = 3  # blanks between two columns


def show_summaries(summaries: Sequence[Summary], format: str | None, results: Results) -> None:
    """Print tables; None: rich on a terminal, else JSON."""
    from emocli.benchmark.tables import grids

    chosen = format or stdout_format()
    if chosen != "rich":
        click.echo(as_text(summaries, chosen, results), nl=False)
        return
    for summary in summaries:
        for grid in grids(summary):
            _draw(grid)


def stdout_format() -> str:
    """The format where none is asked for: `rich` on a terminal, else `json`."""
    return "rich" if stdout_is_terminal() else "json"


def draw(grid: Grid, format: str) -> None:
    """Print one table, `rich` or `markdown`."""
    from emocli.benchmark.tables import grid_as_markdown

    if format == "rich":
        _draw(grid)
    else:
        click.echo(grid_as_markdown(grid))


def as_text(summaries: Sequence[Summary], format: str, results: Results) -> str:
    """Tables in one of the `FORMATS` but rich; figures, in HTML, take answers from the results.

    Raises:
        EmocliError: answers are damaged.
    """
    from emocli.benchmark import tables
    from emocli.benchmark.pages import as_html

    if format == "html":
        return as_html(summaries, results)
    write = {
        "markdown": tables.as_markdown,
        "csv": tables.as_csv,
        "latex": tables.as_latex,
        "json": tables.as_json,
    }
    return write[format](summaries)


def _draw(grid: Grid) -> None:
    screen = console()
    with writing(STDOUT):
        for number, columns in enumerate(_fitting(grid, screen.width)):
            screen.print(_table(grid, columns, grid.title if number == 0 else None))
        for note in grid.notes:
            screen.print(printable(note))
        screen.print()


def _fitting(grid: Grid, width: int) -> list[list[int]]:
    """Columns in tables no wider than a terminal, the first of the grid first in each."""
    from rich.cells import cell_len

    texts = [
        [heading, *(row[column].text for row in grid.rows)]
        for column, heading in enumerate(grid.headings)
    ]
    widths = [max(cell_len(printable(text)) for text in column) for column in texts]
    found = [[0]]
    for column in range(1, len(widths)):
        taken = sum(widths[one] + _GAP for one in (*found[-1], column))
        if taken > width and len(found[-1]) > 1:
            found.append([0])
        found[-1].append(column)
    return found


def _table(grid: Grid, columns: Sequence[int], title: str | None) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        justify: Literal["right", "left"] = "right" if column else "left"
        table.add_column(grid.headings[column], justify=justify, overflow="fold")
    for row in grid.rows:
        cells = [row[column] for column in columns]
        table.add_row(
            *(Text(printable(cell.text), style="bold" if cell.best else "") for cell in cells)
        )
    return table
