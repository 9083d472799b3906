"""`emocli evaluate`: how good a model, or any system's predictions, are on labelled data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emocli import datasets, models
from emocli.cli.options import (
    complete_models,
    device_options,
    examples,
    long_option,
    shared_options,
)
from emocli.cli.output import console, make_table, reporter, stdout_is_terminal
from emocli.cli.predictor import load_predictor
from emocli.data.dataset import Dataset, Role
from emocli.data.examples import LabelledData
from emocli.data.labelled import read_labelled
from emocli.errors import DataError, EmocliError, UsageError
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.evaluation.scores import Scores
    from emocli.inference.prediction import Predictor
    from emocli.modelling.labels import Bools, Floats, Labels
    from emocli.modelling.reader import Policy

_WINDOW = 2048  # texts between two movements of the progress bar
FORMATS = ("table", "json", "csv", "markdown")


@dataclass(frozen=True)
class _Wishes:
    """What to score, and how."""

    model: str | None
    data: str
    predictions: Path | None
    threshold: float | None
    text_column: str | None
    label_column: str | None
    device: str
    precision: str
    long: Policy


@click.command(
    "evaluate",
    epilog=examples(
        "emocli evaluate datn2 semeval2018-ec:dev",
        "emocli evaluate my-model test.csv --format markdown",
        "emocli evaluate --predictions answers.jsonl semeval2018-ec:dev",
    ),
)
@click.argument("names", nargs=-1, metavar="[MODEL] DATA", shell_complete=complete_models)
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    help="Score these instead: JSONL as `emocli predict` writes it, or the E-c layout.",
)
@click.option(
    "--format",
    "-f",
    type=click.Choice(FORMATS),
    help="Format of the scores.  [default: a table on a terminal, else json]",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Predict each label above this probability.  [default: as the model or the file decides]",
)
@click.option("--text-column", metavar="NAME", help="Column of the texts, in a file.")
@click.option("--label-column", metavar="NAME", help="Column of the labels, in a file.")
@long_option("truncate", "split", "error")
@device_options
@shared_options
def command(
    names: tuple[str, ...], predictions: Path | None, format: str | None, **options: Any
) -> None:
    """Score a model, or any system's predictions, on labelled data.

    DATA is a file, or a data set (`emocli data`): NAME:SPLIT, or NAME for its test split, or for
    dev where the labels of the test split are withheld.
    """
    model, data = _named(names, predictions)
    wishes = _Wishes(model=model, data=data, predictions=predictions, **options)
    report = reporter()
    scores = _score_file(wishes, report) if predictions else _score_model(wishes, report)
    _show(scores, format or ("table" if stdout_is_terminal() else "json"))


def _named(names: tuple[str, ...], predictions: Path | None) -> tuple[str | None, str]:
    if predictions is not None and len(names) == 1:
        return None, names[0]
    if predictions is None and len(names) == 2:
        return names[0], names[1]
    if predictions is not None:
        wanted = "with --predictions the data to score them on is expected, and no model"
    else:
        wanted = "a model and the data to score it on are expected"
    got = f"got {', '.join(names)}" if names else "got nothing"
    raise UsageError(f"{wanted}; {got}. See: emocli evaluate --help")


def _score_model(wishes: _Wishes, report: Reporter) -> Scores:
    folder = models.find(wishes.model or "")
    description = models.describe(folder)
    told = description["labels"]
    data = _read(wishes, report, tuple(told["names"]))
    if told["exclusive"]:
        _check_exclusive(data, f"model '{wishes.model}'")
        if wishes.threshold is not None:
            raise UsageError(_no_threshold(f"model '{wishes.model}'"))
    _warn_of_known_data(description["about"], data, wishes.model or "", report)
    return _answer(wishes, data, report)


def _answer(wishes: _Wishes, data: LabelledData, report: Reporter) -> Scores:
    from emocli.evaluation.scores import score

    predictor = load_predictor(
        wishes.model or "",
        report,
        device=wishes.device,
        precision=wishes.precision,
        long=wishes.long,
        threshold=wishes.threshold,
    )
    probabilities = _probabilities(predictor, data, report)
    if predictor.reader.n_long:
        report.warn(predictor.reader.note())
    labels, thresholds = predictor.trained.model.labels, predictor.trained.thresholds
    predicted = labels.decide(probabilities, thresholds)
    return score(labels, _gold(labels, data), predicted, probabilities, thresholds)


def _probabilities(predictor: Predictor, data: LabelledData, report: Reporter) -> Floats:
    import numpy as np

    from emocli.modelling.reader import LongTextError

    parts = []
    with report.progress("scoring", len(data.examples), "texts") as bar:
        for start in range(0, len(data.examples), _WINDOW):
            window = data.examples[start : start + _WINDOW]
            try:
                parts.append(predictor.probabilities([example.text for example in window]))
            except LongTextError as error:
                raise error.of(f"{data.name}: text '{window[error.row].id}'") from None
            bar.advance(len(window))
    return np.concatenate(parts)


def _score_file(wishes: _Wishes, report: Reporter) -> Scores:
    import numpy as np

    from emocli.evaluation.predictions_file import read_predictions
    from emocli.evaluation.scores import score
    from emocli.modelling.labels import Labels

    path = wishes.predictions or Path()
    data = _read(wishes, report, None)
    labels = Labels(data.labels, data.exclusive)
    ids = [example.id for example in data.examples]
    texts = [example.text for example in data.examples]
    predicted, probabilities = read_predictions(path, labels, ids, texts)
    thresholds: Floats | None = None
    if wishes.threshold is not None:
        if data.exclusive:
            raise UsageError(_no_threshold(data.name))
        if probabilities is None:
            raise DataError(path, None, 'there are no "scores" that --threshold could be put to')
        thresholds = np.full(len(labels), wishes.threshold)
        predicted = labels.decide(probabilities, thresholds)
    return score(labels, _gold(labels, data), predicted, probabilities, thresholds)


def _read(wishes: _Wishes, report: Reporter, labels: tuple[str, ...] | None) -> LabelledData:
    dataset = datasets.named_by(wishes.data)
    specs = [wishes.data]
    if dataset is not None and ":" not in wishes.data:
        specs = _default_splits(dataset)
    for spec in specs:
        data = read_labelled(
            spec,
            role="test",
            labels=labels,
            text_column=wishes.text_column,
            label_column=wishes.label_column,
            datasets=datasets.known(),
        )
        if data.labelled:
            break
        report.say(f"{data.name}: its labels are withheld")
    if not data.labelled or not data.examples:
        what = "holds no texts" if data.labelled else "there is nothing to score with"
        raise EmocliError(f"{data.name}: {what}.")
    if specs != [wishes.data]:
        report.say(f"Scoring on {data.name}.")
    for note in data.notes:
        report.say(f"{data.name}: {note}")
    return data


def _default_splits(dataset: Dataset) -> list[str]:
    """The splits to score on where none is named, the preferred first."""
    roles: tuple[Role, ...] = ("test", "dev")
    names = [dataset.roles.get(role, role) for role in roles]
    there = [f"{dataset.name}:{name}" for name in names if name in dataset.splits]
    return there or [f"{dataset.name}:{dataset.split_for('test')}"]


def _check_exclusive(data: LabelledData, name: str) -> None:
    for example in data.examples:
        if len(example.labels) != 1:
            raise UsageError(
                f"{data.name}: text '{example.id}' has {len(example.labels)} labels; "
                f"{name} gives every text exactly one."
            )


def _no_threshold(name: str) -> str:
    return f"{name} gives every text exactly one label, the most probable; leave out --threshold."


def _warn_of_known_data(
    about: Mapping[str, Any], data: LabelledData, model: str, report: Reporter
) -> None:
    for role, part in about.get("data", {}).items():
        if part.get("sha256") != data.checksum:
            continue
        done = "its epoch and thresholds were chosen" if role == "dev" else "it was trained"
        report.warn(f"{data.name} says little about other texts: {done} on it (model '{model}')")


def _gold(labels: Labels, data: LabelledData) -> Bools:
    import numpy as np

    return np.array([labels.vector(example.labels) for example in data.examples], dtype=bool)


def _show(scores: Scores, format: str) -> None:
    from emocli.evaluation import report

    if format != "table":
        write = {"json": report.as_json, "csv": report.as_csv, "markdown": report.as_markdown}
        click.echo(write[format](scores), nl=False)
        return
    for table in report.tables(scores):
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        drawn = make_table(rows, {column: column for column in table.columns})
        drawn.title = table.title
        drawn.title_justify = "left"
        console().print(drawn)
