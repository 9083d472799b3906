"""`emocli benchmark report`: the tables and figures of what was run before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emocli.cli.benchmark_run import against_option, format_option, results_option
from emocli.cli.benchmark_suites import complete_suites
from emocli.cli.benchmark_tables import FIGURE_FORMATS, FORMATS, as_text, show_summaries
from emocli.cli.options import FilePath, examples, shared_options
from emocli.cli.output import reporter
from emocli.errors import UsageError
from emocli.paths import whole_file

if TYPE_CHECKING:
    from emocli.benchmark.results import Results
    from emocli.benchmark.summaries import Summary

_ENDINGS = {
    ".md": "markdown",
    ".csv": "csv",
    ".tex": "latex",
    ".html": "html",
    ".json": "json",
}


@click.command(
    "report",
    epilog=examples(
        "emocli benchmark report",
        "emocli benchmark report datn-table-3-english --format latex",
        "emocli benchmark report --output report.html",
        "emocli benchmark report mine.toml --figures figures --figure-format pdf",
    ),
)
@click.argument("suites", nargs=-1, metavar="[SUITE]...", shell_complete=complete_suites)
@against_option
@click.option(
    "--output",
    type=FilePath(dir_okay=False),
    metavar="FILE",
    help="Write the tables to this file; its ending is their format.  [default: stdout]",
)
@click.option(
    "--figures",
    type=FilePath(file_okay=False),
    metavar="FOLDER",
    help="Write every figure into this folder.",
)
@click.option(
    "--figure-format",
    type=click.Choice(FIGURE_FORMATS),
    help="Format of the figures.  [default: svg]",
)
@results_option
@format_option
@shared_options
def report(suites: tuple[str, ...], **given: Any) -> None:
    """Print the tables of suites again, without running anything, and draw their figures.

    SUITE is one of `emocli benchmark list` or a TOML file; without one everything that has results
    is shown. A page (--format html) holds the figures too.
    """
    from emocli.benchmark.drawing import save_all
    from emocli.benchmark.results import Results, default_folder

    tell = reporter()
    output, format = given["output"], given["format"]
    if output == Path("-"):
        output = None
    if given["figure_format"] is not None and given["figures"] is None:
        raise UsageError(
            "--figure-format is that of --figures: add --figures FOLDER, or leave it out."
        )
    if output is not None:
        format = _format_of(output, format)
    results = Results(given["folder"] or default_folder(), tell)
    summaries = _summaries(suites, results)
    if given["against"] is not None:
        from emocli.benchmark.significance import compare_tables

        summaries = compare_tables(summaries, given["against"], results)
    if given["figures"] is not None:
        paths = save_all(summaries, results, given["figures"], given["figure_format"] or "svg")
        tell.say(f"{len(paths)} figures are in {given['figures']}.")
    if output is None:
        show_summaries(summaries, format, results)
        return
    text = as_text(summaries, format, results)
    with whole_file(output) as stream:
        stream.write(text)


def _format_of(output: Path, format: str | None) -> str:
    """The format of a file: the one that was asked for, or that of its ending."""
    formats = ", ".join(name for name in FORMATS if name != "rich")
    if format == "rich":
        raise UsageError(
            f"--format rich is for reading on a terminal; give one of {formats} with --output."
        )
    ending = output.suffix.lower()
    if format is None and ending not in _ENDINGS:
        raise UsageError(
            f"--output {output}: its ending tells no format, expected one of "
            f"{', '.join(_ENDINGS)}; or give --format, one of {formats}."
        )
    return format or _ENDINGS[ending]


def _summaries(names: Sequence[str], results: Results) -> list[Summary]:
    from emocli.benchmark.recorded import recorded_suites
    from emocli.benchmark.summaries import summarise

    records = results.read()
    suites = recorded_suites(records, names, results.path)
    return [summary for suite in suites for summary in summarise(suite, records)]
