"""The tables of a benchmark on stdout, in each of their formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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


def show_summaries(summaries: Sequence[Summary], format: str | None, results: Results) -> None:
    """Print tables; None: rich on a terminal, else JSON."""
    from emocli.benchmark.tables import grids

    chosen = format or ("rich" if stdout_is_terminal() else "json")
    if chosen != "rich":
        click.echo(as_text(summaries, chosen, results), nl=False)
        return
    for summary in summaries:
        for grid in grids(summary):
            _draw(grid)


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
        for note in grid.notes:
            screen.print(printable(note))
        screen.print()


def _table(grid: Grid) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=grid.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(grid.headings):
        table.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in grid.rows:
        table.add_row(
            *(Text(printable(cell.text), style="bold" if cell.best else "") for cell in row)
        )
    return table
