"""`emocli evaluate`: how good a model, or any system's predictions, are on labelled data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emocli import models
from emocli.cli.completing import complete_model_and_data
from emocli.cli.options import (
    FilePath,
    NumberRange,
    answering_options,
    column_options,
    examples,
    long_option,
    shared_options,
)
from emocli.cli.output import reporter, stdout_is_terminal
from emocli.cli.scoring import (
    Answers,
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
from emocli.data.examples import LabelledData
from emocli.errors import UsageError
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.evaluation.scores import Scores


@click.command(
    "evaluate",
    epilog=examples(
        "emocli evaluate datn2 semeval2018-ec:dev",
        "emocli evaluate my-model test.csv --format markdown",
        "emocli evaluate --predictions answers.jsonl semeval2018-ec:dev",
    ),
)
@click.argument("names", nargs=-1, metavar="[MODEL] DATA", shell_complete=complete_model_and_data)
@click.option(
    "--predictions",
    type=FilePath(),
    help="Score these instead: JSONL as `emocli predict` writes it, or the E-c layout.",
)
@format_option("scores")
@click.option(
    "--threshold",
    type=NumberRange(0, 1),
    help="Predict each label above this probability.  [default: as the model or the file decides]",
)
@column_options
@long_option("truncate", "split", "error")
@answering_options
@shared_options
def command(
    names: tuple[str, ...], predictions: Path | None, format: str | None, **options: Any
) -> None:
    """Score a model, or any system's predictions, on labelled data.

    DATA is a file, or a data set (`emocli data`): NAME:SPLIT, or NAME for its test split, or for
    dev where the labels of the test split are withheld.
    """
    model, data = _named(names, predictions)
    if predictions is not None:
        refuse_model_options()
    wishes, report = Wishes(data=data, **options), reporter()
    if predictions is None:
        scores = _score_model(model, wishes, report)
    else:
        scores = _score_file(predictions, wishes, report)
    _show(scores, format or ("table" if stdout_is_terminal() else "json"))


def _named(names: tuple[str, ...], predictions: Path | None) -> tuple[str, str]:
    if predictions is not None and len(names) == 1:
        return "", names[0]
    if predictions is None and len(names) == 2:
        return names[0], names[1]
    if predictions is not None:
        wanted = "with --predictions the data to score them on is expected, and no model"
    else:
        wanted = "a model and the data to score it on are expected"
    got = f"got {', '.join(names)}" if names else "got nothing"
    raise UsageError(f"{wanted}; {got}. See: emocli evaluate --help")


def _score_model(model: str, wishes: Wishes, report: Reporter) -> Scores:
    description = models.describe(models.find(model))
    if description["labels"]["exclusive"]:
        _refuse_threshold(wishes, f"model '{model}'")
    data = read_scored(wishes, report, tuple(description["labels"]["names"]))
    check_model(description, data, model, report)
    answers = answers_of_model(model, wishes, data, report)
    if answers.note:
        report.warn(answers.note)
    return _score(answers, data)


def _score_file(path: Path, wishes: Wishes, report: Reporter) -> Scores:
    from emocli.evaluation.predictions_file import PredictionsFile

    data = read_scored(wishes, report, None)
    if data.exclusive:
        _refuse_threshold(wishes, data.name)
    file = PredictionsFile(path)
    return _score(answers_of_file(file, labels_of(data, [file], report), wishes, data), data)


def _refuse_threshold(wishes: Wishes, name: str) -> None:
    if wishes.threshold is not None:
        raise UsageError(
            f"{name} gives every text exactly one label, the most probable; leave out --threshold."
        )


def _score(answers: Answers, data: LabelledData) -> Scores:
    from emocli.evaluation.scores import score

    return score(
        answers.labels,
        gold_of(answers.labels, data),
        answers.predicted,
        answers.probabilities,
        answers.thresholds,
    )


def _show(scores: Scores, format: str) -> None:
    from emocli.evaluation import report

    if format == "table":
        show_tables(report.tables(scores))
        return
    write = {"json": report.as_json, "csv": report.as_csv, "markdown": report.as_markdown}
    click.echo(write[format](scores), nl=False)
