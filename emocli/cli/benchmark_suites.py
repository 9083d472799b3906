"""`emocli benchmark list`, `show` and `validate`: suites, without running one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from emocli.cli.completing import begun, or_path
from emocli.cli.listing import json_option, show
from emocli.cli.options import examples, shared_options
from emocli.cli.output import console, print_entry, printable, reporter, setting, show_rows
from emocli.errors import EmocliError

if TYPE_CHECKING:
    from emocli.benchmark.suite import DataSpec, Row, Suite

_COLUMNS = {"name": "suite", "title": "what it compares", "rows": "rows"}


def complete_suites(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of packaged suites, or files."""
    return or_path(begun_suites(incomplete), incomplete)


def begun_suites(incomplete: str) -> list[CompletionItem]:
    """The names of packaged suites that begin so."""
    from emocli.benchmark.suite import packaged

    return begun(dict.fromkeys(packaged()), incomplete)


@click.command("list", epilog=examples("emocli benchmark list", "emocli benchmark list --json"))
@json_option
@shared_options
def list_suites(as_json: bool) -> None:
    """List the suites that come with emocli, the default one first."""
    from emocli.benchmark.suite import packaged, read_suite

    rows = []
    for path in packaged().values():
        try:
            rows.append(_summary(read_suite(path)))
        # A plugin that takes a method's name spoils some suites, not the list.
        except EmocliError as error:
            reporter().warn(str(error))
    show_rows(rows, _COLUMNS, as_json=as_json)


@click.command("show", epilog=examples("emocli benchmark show common-space-table-1"))
@click.argument("suite", shell_complete=complete_suites)
@json_option
@shared_options
def show_suite(suite: str, as_json: bool) -> None:
    """Describe a suite: its data, its rows with their options, what was published.

    SUITE is one of `emocli benchmark list`, or a file.
    """
    from emocli.benchmark.suite import read_suite

    found = read_suite(suite)
    told = {**asdict(found), "path": str(found.path)}
    show(told, lambda: _draw(found), as_json=as_json)


@click.command("validate", epilog=examples("emocli benchmark validate mine.toml"))
@click.argument("file", shell_complete=complete_suites)
@shared_options
def validate(file: str) -> None:
    """Say everything that is wrong with a suite, each fault with its line.

    FILE is a TOML file of yours, or one of `emocli benchmark list`. Nothing is trained, and data
    are not read.
    """
    from emocli.benchmark.suite import read_suite

    suite = read_suite(file)
    counts = ((len(suite.rows), "row"), (len(suite.data), "data set"), (suite.seeds, "seed"))
    told = ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in counts)
    reporter().say(f"{file}: nothing is wrong with it: {told}.")


def _summary(suite: Suite) -> dict[str, Any]:
    return {
        "name": suite.name,
        "title": suite.title,
        "source": suite.source,
        "data": [data.name for data in suite.data],
        "metrics": list(suite.metrics),
        "seeds": suite.seeds,
        "rows": len(suite.rows),
    }


def _draw(suite: Suite) -> None:
    pen = console()
    pen.print(printable(f"{suite.name}: {suite.title}"))
    if suite.source:
        pen.print(printable(f"Source: {suite.source}"))
    pen.print(printable(f"File: {suite.path}"))
    pen.print(printable(f"Metrics: {', '.join(suite.metrics)}"))
    pen.print(f"Seeds: {suite.seeds}" + (f", folds: {suite.folds}" if suite.folds else ""))
    pen.print("\nData:")
    for data in suite.data:
        print_entry(pen, data.name, *_parts(data))
    if suite.options:
        pen.print("\nOptions of every method that has them:")
        print_entry(pen, _settings(suite.options))
    pen.print("\nRows:")
    for row in suite.rows:
        head = row.name if row.name == row.method else f"{row.name}  ({row.method})"
        print_entry(pen, head, *_of_row(row, suite))
    if suite.notes:
        pen.print("\nNotes:\n")
    for paragraph in suite.notes.splitlines():
        pen.print(printable(paragraph))
        pen.print()


def _parts(data: DataSpec) -> Iterator[str]:
    """What is said of data beside the name: parts that it does not tell, and other roles."""
    for part in ("train", "dev", "test"):
        spec = getattr(data, part)
        if spec not in (None, data.name):
            yield f"{part}: {spec}"
    for role, specs in data.roles.items():
        yield f"{role}: {', '.join(specs)}"


def _of_row(row: Row, suite: Suite) -> Iterator[str]:
    """What is said of a row: options, rows below it, published numbers a data set."""
    if row.options:
        yield _settings(row.options)
    if row.bases:
        yield f"builds upon: {', '.join(row.bases)}"
    for name, numbers in row.published.items():
        of_data = f" on {name}" if len(suite.data) > 1 else ""
        told = ", ".join(f"{metric} {number:g}" for metric, number in numbers.items())
        yield f"published{of_data}: {told}"


def _settings(options: Mapping[str, Any]) -> str:
    return ", ".join(setting(name, value) for name, value in options.items())
