"""`emocli benchmark`: methods compared on data sets, by suites."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from emocli.cli.benchmark_report import report
from emocli.cli.benchmark_run import run
from emocli.cli.benchmark_speed import speed
from emocli.cli.benchmark_suites import begun_suites, list_suites, show_suite, validate
from emocli.cli.completing import or_path
from emocli.cli.listing import Listing
from emocli.cli.options import examples, shared_options


class _Benchmark(Listing):
    """A group whose command `run` is meant where no command is named."""

    def named(self, args: list[str]) -> list[str]:
        """Put `run` in front of a suite, or of options that no command comes with.

        `--speed` is another name of the command `speed`.
        """
        if "--speed" in args:
            return ["speed", *(word for word in args if word != "--speed")]
        first = args[0] if args else ""
        return args if first in self.commands or first in ("-h", "--help") else ["run", *args]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and the suites that begin so, or files."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return found
        return or_path([*found, *begun_suites(incomplete)], incomplete)


@click.group(
    "benchmark",
    cls=_Benchmark,
    epilog=examples(
        "emocli benchmark",
        "emocli benchmark datn-table-3-english --encoder all-MiniLM-L6-v2",
        "emocli benchmark mine.toml --jobs 2",
        "emocli benchmark list",
    ),
)
@shared_options
def command() -> None:
    """Compare methods on data sets, fairly; without a command, run a suite.

    `emocli benchmark SUITE` is short for `emocli benchmark run SUITE`, whose help tells the
    options.
    """


for inner in (run, report, speed, list_suites, show_suite, validate):
    command.add_command(inner)
