"""The tables of a benchmark on stdout, in each of their formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from emocli.cli.fitted_table import Column, FittedTable
from emocli.cli.output import console, printable, stdout_is_terminal
from emocli.cli.streams import STDOUT
from emocli.paths import writing

if TYPE_CHECKING:
    from emocli.benchmark.results import Results
    from emocli.benchmark.summaries import Summary
    from emocli.benchmark.tables import Grid

FORMATS = ("rich", "markdown", "csv", "latex", "html", "json")
FIGURE_FORMATS = ("svg", "png", "pdf")


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
        screen.print(_table(grid))
        screen.print()
        for note in grid.notes:
            screen.print(printable(note))
        if grid.notes:
            screen.print()


def _table(grid: Grid) -> FittedTable:
    from rich.text import Text

    columns = []
    for number, heading in enumerate(grid.headings):
        cells = [row[number] for row in grid.rows]
        texts = [Text(printable(one.text), style="bold" if one.best else "") for one in cells]
        columns.append(Column(printable(heading), texts, right=number > 0))
    return FittedTable(columns, printable(grid.title))
