"""`emocli compare`: whether one system is better than another on the same texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from emocli import models
from emocli.cli.completing import complete_data, complete_models
from emocli.cli.options import (
    NumberRange,
    answering_options,
    column_options,
    examples,
    long_option,
    shared_options,
)
from emocli.cli.output import console, printable, reporter, stdout_is_terminal
from emocli.cli.scoring import (
    Wishes,
    answers_of_file,
    answers_of_model,
    check_model,
    format_option,
    gold_of,
    labels_of,
    read_scored,
    refuse_model_options,
    show_tables,
)
from emocli.data.byte_streams import open_file
from emocli.data.examples import LabelledData
from emocli.data.labelled import FILE_ENDINGS
from emocli.errors import EmocliError, UsageError
from emocli.paths import path_of
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.evaluation.comparison import Report
    from emocli.evaluation.predictions_file import PredictionsFile
    from emocli.modelling.labels import Bools, Labels


@click.command(
    "compare",
    epilog=examples(
        "emocli compare datn2 mine semeval2018-ec:dev",
        "emocli compare mine answers.jsonl test.csv --metric macro-f1",
        "emocli compare first.jsonl second.jsonl test.csv --format markdown",
    ),
)
@click.argument("first", metavar="A", shell_complete=complete_models)
@click.argument("second", metavar="B", shell_complete=complete_models)
@click.argument("data", shell_complete=complete_data)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="Compare by this metric (repeatable).  [default: jaccard, micro-f1, macro-f1; of "
    "exclusive labels accuracy, macro-f1]",
)
@click.option(
    "--resamples",
    type=click.IntRange(min=100),
    default=10_000,
    show_default=True,
    help="Of the bootstrap and of the permutation test, each.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of both.")
@click.option(
    "--confidence",
    type=NumberRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Of the intervals.",
)
@format_option("comparison")
@column_options
@long_option("truncate", "split", "error")
@answering_options
@shared_options
def command(
    first: str,
    second: str,
    metrics: tuple[str, ...],
    resamples: int,
    seed: int,
    confidence: float,
    format: str | None,
    **options: Any,
) -> None:
    """Tell whether one system is better than another, and by how much.

    A and B are models, or files of predictions (JSONL as `emocli predict` writes it, or the E-c
    layout). DATA is a file, or a data set (`emocli data`): NAME:SPLIT, or NAME for its test split,
    or for dev where the labels of the test split are withheld.
    """
    how = {"metrics": metrics, "resamples": resamples, "seed": seed, "confidence": confidence}
    found = _compare((first, second), Wishes(**options), how, reporter())
    _show(found, format or ("table" if stdout_is_terminal() else "json"))


def _compare(
    names: tuple[str, str], wishes: Wishes, how: Mapping[str, Any], report: Reporter
) -> Report:
    described = {name: told for name in names if (told := _description(name)) is not None}
    if not described:
        refuse_model_options()
    # Nothing heavy is loaded for the name of a model or a file that is not there.
    from emocli.evaluation.comparison import Report
    from emocli.evaluation.predictions_file import PredictionsFile
    from emocli.evaluation.resampling import check_compared
    from emocli.evaluation.significance import compare

    for metric in how["metrics"]:
        check_compared(metric)
    files = {name: PredictionsFile(path_of(name)) for name in names if name not in described}
    data, labels = _read(described, files.values(), wishes, report)
    decisions = {
        name: _of_model(name, labels, wishes, data, report)
        if name in described
        else answers_of_file(files[name], labels, wishes, data).predicted
        for name in dict.fromkeys(names)
    }
    first, second = (decisions[name] for name in names)
    found = compare(labels, gold_of(labels, data), first, second, **how)
    return Report(found, *names, data.name)


def _read(
    described: Mapping[str, Mapping[str, Any]],
    files: Iterable[PredictionsFile],
    wishes: Wishes,
    report: Reporter,
) -> tuple[LabelledData, Labels]:
    """The data, and the labels: those of the models in the first one's order, else its own."""
    labels = _common_labels(described)
    data = read_scored(wishes, report, None if labels is None else labels.names)
    if len(data.examples) < 2:
        raise EmocliError(f"{data.name}: holds one text; a comparison takes two or more.")
    for name, told in described.items():
        check_model(told, data, name, report)
    return data, labels_of(data, files, report) if labels is None else labels


def _description(name: str) -> dict[str, Any] | None:
    """What describes the model called so; None for a file of predictions.

    A file that exists is taken before a model of the same name.
    """
    path = path_of(name)
    if path.is_file():
        return None
    if path.suffix.lower() in FILE_ENDINGS and not path.is_dir():
        open_file(path).close()
    return models.describe(models.find(name))


def _common_labels(described: Mapping[str, Mapping[str, Any]]) -> Labels | None:
    """The labels that the models answer with; None without models.

    Raises:
        UsageError: two models answer with different ones.
    """
    from emocli.modelling.labels import Labels

    found = {
        name: Labels(tuple(told["labels"]["names"]), told["labels"]["exclusive"])
        for name, told in described.items()
    }
    if len(found) == 2:
        _check_alike(found)
    return next(iter(found.values()), None)


def _check_alike(labels: Mapping[str, Labels]) -> None:
    (first, one), (second, other) = labels.items()
    if one.exclusive != other.exclusive:
        single, several = (first, second) if one.exclusive else (second, first)
        raise UsageError(
            f"model '{single}' gives every text exactly one label, model '{several}' any number; "
            "they cannot be compared."
        )
    if set(one.names) != set(other.names):
        raise UsageError(
            f"model '{first}' answers with {', '.join(one.names)}; model '{second}' with "
            f"{', '.join(other.names)}; systems are compared on the same labels."
        )


def _of_model(
    name: str, labels: Labels, wishes: Wishes, data: LabelledData, report: Reporter
) -> Bools:
    answers = answers_of_model(name, wishes, data, report)
    if answers.note:
        report.warn(f"model '{name}': {answers.note}")
    # Models of the same labels may have them in another order.
    return answers.predicted[:, [answers.labels.index(label) for label in labels.names]]


def _show(report: Report, format: str) -> None:
    if format != "table":
        write = {"json": report.as_json, "csv": report.as_csv, "markdown": report.as_markdown}
        click.echo(write[format](), nl=False)
        return
    pen = console()
    for line in report.facts():
        pen.print(printable(line))
    pen.print()
    show_tables(report.tables())
    pen.print()
    for line in report.words():
        pen.print(printable(line))
