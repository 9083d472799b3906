"""`emocli benchmark [SUITE]`: run the trials of a suite, and print its tables."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from emocli.cli.benchmark_suites import complete_suites
from emocli.cli.benchmark_tables import FORMATS, show_summaries
from emocli.cli.completing import complete_methods
from emocli.cli.options import (
    MOST_SEEDS,
    FilePath,
    NumberRange,
    device_options,
    examples,
    listed,
    refuse_empty,
    shared_options,
    whole_numbers,
)
from emocli.cli.output import reporter, show_rows
from emocli.cli.recipe import parse_options
from emocli.errors import EmocliError, UsageError
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.benchmark.jobs import Outcome
    from emocli.benchmark.plan import Plan, Selection
    from emocli.benchmark.results import Results


def results_option(command: Any) -> Any:
    """Add `--results`, the argument `folder`."""
    return click.option(
        "--results",
        "folder",
        type=FilePath(file_okay=False),
        help="Folder of the results file.  [default: where emocli keeps its data]",
    )(command)


def format_option(command: Any) -> Any:
    """Add `--format`, the argument `format`."""
    return click.option(
        "--format",
        "-f",
        type=click.Choice(FORMATS),
        help="Format of the tables.  [default: rich on a terminal, else json]",
    )(command)


def against_option(command: Any) -> Any:
    """Add `--against`, the argument `against`."""
    return click.option(
        "--against",
        metavar="ROW",
        help="Test every row's difference from this one for significance.",
    )(command)


@click.command(
    "run",
    epilog=examples(
        "emocli benchmark",
        "emocli benchmark datn-table-3-english --encoder all-MiniLM-L6-v2 --seeds 3",
        "emocli benchmark mine.toml --methods bilstm,datn2 --jobs 2 --format markdown",
    ),
)
@click.argument("suite", required=False, shell_complete=complete_suites)
@click.option(
    "--methods",
    multiple=True,
    metavar="NAME,NAME",
    callback=refuse_empty,
    shell_complete=complete_methods,
    help="These rows only; a method that has no row gets one.",
)
@click.option(
    "--datasets",
    multiple=True,
    metavar="NAME,NAME",
    callback=refuse_empty,
    help="These data only, or others instead.",
)
@click.option("--seeds", type=click.IntRange(1, MOST_SEEDS), metavar="N", help="How many seeds.")
@click.option(
    "--folds",
    type=click.IntRange(min=2),
    metavar="K",
    help="Cross-validate over all labelled texts instead of the published splits.",
)
@click.option(
    "--option",
    "-o",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="Option of every method that has it.",
)
@click.option(
    "--encoder",
    default="",
    metavar="NAME",
    callback=refuse_empty,
    help="Put this in every encoder's place.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="At most N texts of each part."
)
@click.option(
    "--source-sizes",
    multiple=True,
    metavar="N,N",
    callback=refuse_empty,
    help="Compare sizes of the source data: a row each.",
)
@against_option
@click.option(
    "--max-minutes",
    type=NumberRange(min=0, min_open=True),
    metavar="M",
    help="Begin no trial after so many minutes.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Trials at a time.",
)
@click.option("--keep-models", is_flag=True, help="Keep every model, in the folder of the results.")
@click.option("--dry-run", is_flag=True, help="Print the trials and how long they may take.")
@device_options
@results_option
@format_option
@shared_options
def run(suite: str | None, **given: Any) -> None:
    """Train and score every row of a suite, and print its tables.

    SUITE is one of `emocli benchmark list` or a TOML file; without one a small set of texts inside
    the package is used. What is done is kept: the same command goes on where it stopped.
    """
    from emocli.benchmark.plan import make_plan
    from emocli.benchmark.results import Results, default_folder
    from emocli.benchmark.suite import DEFAULT, read_suite

    report = reporter()
    if given["dry_run"] and given["format"] is not None:
        raise UsageError(
            "--dry-run prints trials, and --format is that of the tables; leave out one of them."
        )
    plan = make_plan(read_suite(DEFAULT if suite is None else suite), _selection(given))
    for name, reason in plan.left_out:
        report.warn(f"{name} is left out: {reason}")
    if given["against"] is not None:
        from emocli.benchmark.significance import check_against

        check_against(plan.trials, plan.suite.metrics, given["against"])
    _check_device(given["device"], given["precision"])
    results = Results(given["folder"] or default_folder(), report)
    if given["dry_run"]:
        _show_plan(plan, results, given["jobs"])
        return
    outcome = _run(plan, results, given, report)
    _show(plan, outcome, results, given)
    _conclude(outcome, plan, report)


def _check_device(name: str, precision: str) -> None:
    """Refuse a device or precision that cannot be had, once and not in every trial."""
    if (name, precision) != ("auto", "auto"):
        from emocli.inference.devices import choose_device, choose_precision

        choose_precision(precision, choose_device(name))


def _selection(given: dict[str, Any]) -> Selection:
    from emocli.benchmark.plan import Selection
    from emocli.benchmark.trials import Variant

    return Selection(
        rows=tuple(listed(given["methods"])),
        data=tuple(listed(given["datasets"])),
        n_seeds=given["seeds"],
        options=parse_options(given["options"]),
        source_sizes=tuple(whole_numbers("--source-sizes holds", given["source_sizes"])),
        variant=Variant(
            encoder=given["encoder"],
            limit=given["limit"],
            n_folds=given["folds"],
            device=given["device"],
            precision=given["precision"],
        ),
    )


def _run(plan: Plan, results: Results, given: dict[str, Any], report: Reporter) -> Outcome:
    from emocli.benchmark.jobs import run_trials

    minutes = given["max_minutes"]
    until = None if minutes is None else time.monotonic() + 60 * minutes
    try:
        return run_trials(
            plan.trials,
            results,
            jobs=given["jobs"],
            until=until,
            keep_models=given["keep_models"],
            reporter=report,
        )
    except KeyboardInterrupt:
        done = results.done()
        n_done = sum(trial.key in done for trial in plan.trials)
        click.echo(
            f"{n_done} of {len(plan.trials)} trials are done and kept; "
            "the same command goes on with the others.",
            err=True,
        )
        raise


def _show(plan: Plan, outcome: Outcome, results: Results, given: dict[str, Any]) -> None:
    from emocli.benchmark.summaries import left_out, summarise

    keys = {trial.key for trial in plan.trials}
    records = [record for record in results.read() if record["key"] in keys]
    summaries = summarise(plan.suite, [*map(left_out, outcome.left), *records])
    if given["against"] is not None:
        from emocli.benchmark.significance import compare_tables

        summaries = compare_tables(summaries, given["against"], results)
    show_summaries(summaries, given["format"], results)


def _conclude(outcome: Outcome, plan: Plan, report: Reporter) -> None:
    """Say what has no figures; a trial that failed makes the command fail."""
    from emocli.benchmark.plan import unused_methods
    from emocli.benchmark.suite import DEFAULT

    if plan.suite.name == DEFAULT:
        for names, how in unused_methods(plan.suite):
            report.say(f"Left out: {names}: {how}")
    if outcome.left:
        report.warn(
            f"the time was over before {len(outcome.left)} of {len(plan.trials)} trials had begun; "
            "the same command goes on with them"
        )
    if outcome.failed:
        raise EmocliError(
            f"{len(outcome.failed)} of {len(plan.trials)} trials failed, as told above; "
            "the same command tries them again."
        )


def _show_plan(plan: Plan, results: Results, jobs: int) -> None:
    from emocli.benchmark.estimates import Estimates

    done = results.done()
    estimates = Estimates(done.values(), reporter())
    rows = [
        {
            "row": trial.row,
            "data": trial.data.name,
            "seed": trial.seed,
            "fold": None if trial.fold is None else trial.fold + 1,
            "source_size": trial.source_size,
            "done": trial.key in done,
            "minutes": 0.0 if trial.key in done else estimates.minutes(trial),
        }
        for trial in plan.trials
    ]
    titles = {"row": "row", "data": "data", "seed": "seed", "fold": "fold"}
    titles |= {"source_size": "source texts", "done": "done", "minutes": "minutes, about"}
    used = {key for row in rows for key, value in row.items() if value is not None}
    columns = {key: title for key, title in titles.items() if key in used}
    show_rows(rows, columns, decimals={"minutes": 1})
    reporter().say(estimates.total(plan.trials, done, jobs))
