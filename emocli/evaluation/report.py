"""An evaluation as tables, and as JSON, CSV and Markdown made from them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from emocli.evaluation.scores import Scores

Cell = str | int | float

MEASURES = {
    "accuracy": "accuracy",
    "jaccard": "Jaccard",
    "micro_precision": "micro precision",
    "micro_recall": "micro recall",
    "micro_f1": "micro F1",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "macro_f1": "macro F1",
    "exact_match": "exact match",
    "hamming_loss": "hamming loss",
    "average_precision": "average precision",
    "macro_average_precision": "macro average precision",
    "one_error": "one-error",
    "n_examples": "examples",
}
_LABEL_MEASURES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "average_precision": "AP",
    "threshold": "threshold",
    "support": "support",
    "predicted": "predicted",
}


@dataclass(frozen=True)
class Table:
    """A table to be drawn: its title, the names of its columns, and rows as long as these.

    The first cell of a row is its name; the others are numbers, as exact as they are known.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(scores: Scores) -> tuple[Table, ...]:
    """Overall scores, a row a label, and for exclusive labels the confusion matrix.

    What was not measured is left out.
    """
    found = (_overall(scores), _by_label(scores))
    return (*found, _confusion(scores)) if scores.confusion is not None else found


def metric_title(name: str) -> str:
    """What tables call the metric that a user calls `name`."""
    return MEASURES[name.replace("-", "_")]


def shown(cell: Cell) -> str:
    """A cell as people read it: a fraction to three decimals, a count whole."""
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def as_json(scores: Scores) -> str:
    """One indented JSON object: `Scores.as_dict`."""
    return json.dumps(scores.as_dict(), ensure_ascii=False, indent=2) + "\n"


def as_csv(scores: Scores) -> str:
    """One row a number, in the columns label (empty for overall scores), measure, value.

    Measures are called as in `Scores`. In a confusion matrix the label is the gold one and the
    measure is `predicted as NAME`.
    """
    return csv_text(("label", "measure", "value"), _numbers(scores))


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, below their names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def as_markdown(scores: Scores) -> str:
    """The tables in GitHub's Markdown, each under its title."""
    return "\n".join(markdown(table) for table in tables(scores))


def _overall(scores: Scores) -> Table:
    rows = tuple((MEASURES[name], value) for name, value in _measured(scores))
    return Table("Scores", ("measure", "value"), rows)


def _by_label(scores: Scores) -> Table:
    measured = [name for name in _LABEL_MEASURES if getattr(scores.labels[0], name) is not None]
    rows: list[tuple[Cell, ...]] = [
        (label.label, *(getattr(label, name) for name in measured)) for label in scores.labels
    ]
    titles = (_LABEL_MEASURES[name] for name in measured)
    return Table("Labels", ("label", *titles), tuple(rows))


def _confusion(scores: Scores) -> Table:
    names = tuple(label.label for label in scores.labels)
    counts = zip(names, scores.confusion or (), strict=True)
    rows: list[tuple[Cell, ...]] = [(name, *row) for name, row in counts]
    return Table("Confusion (rows: gold, columns: predicted)", ("gold", *names), tuple(rows))


def _measured(scores: Scores) -> Iterator[tuple[str, Cell]]:
    for name in MEASURES:
        if (value := getattr(scores, name)) is not None:
            yield name, value


def _numbers(scores: Scores) -> Iterator[tuple[str, str, Cell]]:
    for name, value in _measured(scores):
        yield "", name, value
    for label in scores.labels:
        for name in _LABEL_MEASURES:
            if (value := getattr(label, name)) is not None:
                yield label.label, name, value
    if scores.confusion is None:
        return
    names = [label.label for label in scores.labels]
    for gold, row in zip(names, scores.confusion, strict=True):
        for predicted, count in zip(names, row, strict=True):
            yield gold, f"predicted as {predicted}", count


def markdown(table: Table) -> str:
    """A table in GitHub's Markdown, under its title."""
    lines = [table.columns, ("---", *["---:"] * (len(table.columns) - 1))]
    lines.extend(tuple(shown(cell) for cell in row) for row in table.rows)
    body = "\n".join("| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in lines)
    return f"### {table.title}\n\n{body}\n"


def _escaped(cell: str) -> str:
    return " ".join(cell.replace("\\", "\\\\").replace("|", "\\|").split())
