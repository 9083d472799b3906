"""What commands that score share: the data to score on, and the answers of a model or of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from emocli import datasets
from emocli.cli.known_data import warn_of_known
from emocli.cli.output import console, make_table
from emocli.cli.predictor import load_predictor
from emocli.data.dataset import Dataset, Role
from emocli.data.examples import LabelledData
from emocli.data.labelled import read_labelled
from emocli.errors import DataError, EmocliError, UsageError
from emocli.reporting import Reporter

if TYPE_CHECKING:
    from emocli.evaluation.predictions_file import PredictionsFile
    from emocli.evaluation.report import Table
    from emocli.inference.prediction import Predictor
    from emocli.modelling.labels import Bools, Floats, Labels
    from emocli.modelling.reader import Policy

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_WINDOW = 2048  # texts between two movements of the progress bar
FORMATS = ("table", "json", "csv", "markdown")


@dataclass(frozen=True)
class Wishes:
    """What to score on, and how models answer."""

    data: str
    text_column: str | None
    label_column: str | None
    device: str
    precision: str
    long: Policy
    threshold: float | None = None


@dataclass(frozen=True)
class Answers:
    """What a model or a file answers to each text.

    Attributes:
        predicted, probabilities: (n, n_labels); no probabilities where a file has none.
        thresholds: (n_labels,), those of the decisions, where known.
        note: what became of texts that are too long.
    """

    labels: Labels
    predicted: Bools
    probabilities: Floats | None
    thresholds: Floats | None
    note: str = ""


def format_option(what: str) -> Callable[[Decorated], Decorated]:
    """Add `--format`, the argument `format`, one of `FORMATS` or None."""
    return click.option(
        "--format",
        "-f",
        type=click.Choice(FORMATS),
        help=f"Format of the {what}.  [default: a table on a terminal, else json]",
    )


def refuse_model_options() -> None:
    """Refuse what says how a model answers, where none is to answer.

    Raises:
        UsageError: such an option was typed.
    """
    context = click.get_current_context()
    for name in ("device", "precision", "long"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"--{name} says how a model answers; predictions from files are answers already. "
                f"Leave out --{name}."
            )


def read_scored(wishes: Wishes, report: Reporter, labels: tuple[str, ...] | None) -> LabelledData:
    """The data to score on: of a data set without a split, the first with labels of test and dev.

    Raises:
        EmocliError: it cannot be read, has a label that is not one of `labels`, or no texts.
    """
    dataset = datasets.named_by(wishes.data)
    columns = {"text_column": wishes.text_column, "label_column": wishes.label_column}
    datasets.refuse_columns([wishes.data], **columns)
    specs = [wishes.data]
    if dataset is not None and ":" not in wishes.data:
        specs = _default_splits(dataset)
    for spec in specs:
        data = read_labelled(
            spec,
            role="test",
            labels=labels,
            datasets=datasets.known(),
            **columns,
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


def check_model(
    description: Mapping[str, Any], data: LabelledData, model: str, report: Reporter
) -> None:
    """Warn where a model knows the data already.

    Raises:
        UsageError: its labels exclude one another, and a text has not exactly one.
    """
    if description["labels"]["exclusive"]:
        _check_exclusive(data, f"model '{model}'")
    warn_of_known(description["about"], data, model, report)


def answers_of_model(model: str, wishes: Wishes, data: LabelledData, report: Reporter) -> Answers:
    """What a model answers, with its own thresholds or the one wished for.

    Raises:
        EmocliError: it cannot be loaded, or a text is too long where none may be.
    """
    predictor = load_predictor(
        model,
        report,
        device=wishes.device,
        precision=wishes.precision,
        long=wishes.long,
        threshold=wishes.threshold,
    )
    probabilities = _probabilities(predictor, data, report)
    labels, thresholds = predictor.trained.model.labels, predictor.trained.thresholds
    predicted = labels.decide(probabilities, thresholds)
    note = predictor.reader.note() if predictor.reader.n_long else ""
    return Answers(labels, predicted, probabilities, thresholds, note)


def labels_of(data: LabelledData, files: Iterable[PredictionsFile], report: Reporter) -> Labels:
    """The labels of the data, with those of the predictions where the data may have more.

    A file with a label column says only which labels its texts have.
    """
    from emocli.modelling.labels import Labels

    if not data.open_labels:
        return Labels(data.labels, data.exclusive)
    names, exclusive = set(data.labels), data.exclusive
    for file in files:
        if exclusive and not file.one_a_text:
            exclusive = False
            report.say(
                f"{data.name}: has one label a text, and {file.path} gives any number: scored as "
                "labels that may go together."
            )
        more = [name for name in file.names if name not in data.labels]
        if more:
            plural = "s" if len(more) > 1 else ""
            report.warn(
                f"{data.name}: no text has the label{plural} {', '.join(sorted(more))}, which "
                f"{file.path} has."
            )
        names.update(more)
    return Labels(tuple(sorted(names)), exclusive)


def answers_of_file(
    file: PredictionsFile, labels: Labels, wishes: Wishes, data: LabelledData
) -> Answers:
    """What a file of predictions answers, or its scores with the threshold wished for.

    Raises:
        DataError: it does not fit the labels or the data, or has no scores for a threshold.
    """
    import numpy as np

    ids = [example.id for example in data.examples]
    texts = [example.text for example in data.examples]
    predicted, probabilities = file.read(labels, ids, texts)
    if wishes.threshold is None:
        return Answers(labels, predicted, probabilities, None)
    if probabilities is None:
        raise DataError(file.path, None, 'there are no "scores" that --threshold could be put to')
    thresholds = np.full(len(labels), wishes.threshold)
    return Answers(labels, labels.decide(probabilities, thresholds), probabilities, thresholds)


def gold_of(labels: Labels, data: LabelledData) -> Bools:
    """The labels that the texts have, (n, n_labels)."""
    return labels.matrix(example.labels for example in data.examples)


def show_tables(tables: Sequence[Table]) -> None:
    """Tables on a terminal, each under its title; all but the first column are numbers."""
    pen = console()
    for number, table in enumerate(tables):
        if number:
            pen.print()
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        drawn = make_table(rows, {column: column for column in table.columns})
        drawn.title = table.title
        for column in drawn.columns[1:]:
            column.right = True
        pen.print(drawn)


def _default_splits(dataset: Dataset) -> list[str]:
    """The splits to score on where none is named, the preferred first."""
    roles: tuple[Role, ...] = ("test", "dev")
    names = [name for role in roles if (name := dataset.split_if_any(role)) is not None]
    return [f"{dataset.name}:{name}" for name in names or [dataset.split_for("test")]]


def _check_exclusive(data: LabelledData, name: str) -> None:
    for example in data.examples:
        if len(example.labels) != 1:
            raise UsageError(
                f"{data.where(example)} has {len(example.labels)} labels; "
                f"{name} gives every text exactly one."
            )


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
                raise error.of(data.where(window[error.row])) from None
            bar.advance(len(window))
    return np.concatenate(parts)
