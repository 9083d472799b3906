"""Predictions of any system from a file: JSONL as `emocli predict` writes it, or the E-c layout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emocli.data.label_columns import check_columns, chosen_labels
from emocli.data.text_files import lines_of, read_text, table_of
from emocli.errors import DataError, unknown
from emocli.evaluation.alignment import Prediction, align
from emocli.modelling.labels import Bools, Floats, Labels

_LAYOUTS = (
    'expected JSONL, {"id": …, "labels": […], "scores": {…}} a line, '
    "or tab-separated columns ID, Tweet and one a label, as E-c has"
)


class PredictionsFile:
    """The predictions of any system, read from a file once.

    Attributes:
        names: of the labels that the file speaks of, each once.
        one_a_text: whether it gives every text exactly one, as far as its layout tells.
    """

    def __init__(self, path: Path) -> None:
        """Read a file.

        Raises:
            EmocliError: it cannot be read.
            DataError: it has neither layout.
        """
        self.path = path
        text = read_text(path)
        is_jsonl = text.lstrip().startswith("{")
        self._layout = _Lines(path, text) if is_jsonl else _Columns(path, text)
        self.names = tuple(dict.fromkeys(self._layout.names()))
        self.one_a_text = self._layout.one_a_text()

    def read(
        self, labels: Labels, ids: Sequence[str], texts: Sequence[str] | None = None
    ) -> tuple[Bools, Floats | None]:
        """The predictions in the order of the examples they are for.

        `emocli.evaluation.alignment` says how.

        Args:
            ids: of the examples, (n,).
            texts: of the examples, (n,); where given, an alignment without ids is checked with
                them.

        Returns:
            Decisions and probabilities, each (n, n_labels); None for probabilities where the file
            has none.

        Raises:
            DataError: a label is unknown or given twice, a score is missing or not in [0, 1],
                exclusive labels are not exactly one, or ids and examples do not match.
        """
        predictions = self._layout.predictions(labels)
        if labels.exclusive:
            _check_exclusive(self.path, predictions)
        _check_scores_throughout(self.path, predictions)
        ordered = align(self.path, predictions, ids, texts)
        decisions = labels.matrix(given.labels for given in ordered)
        if not ordered or ordered[0].scores is None:
            return decisions, None
        return decisions, np.array([given.scores for given in ordered], dtype=np.float64)


class _Columns:
    """The layout of E-c: tab-separated, a 0/1 column a label."""

    def __init__(self, path: Path, text: str) -> None:
        if "\t" not in text.partition("\n")[0]:
            raise DataError(path, 1, _LAYOUTS)
        self._path = path
        self._table = table_of(path, text, "\t")

    def names(self) -> Iterator[str]:
        return (name for name in self._table.columns if name not in ("ID", "Tweet"))

    def one_a_text(self) -> bool:
        return True  # which columns are labels is not known yet

    def predictions(self, labels: Labels) -> list[Prediction]:
        path, table = self._path, self._table
        check_columns(path, table, ("ID", *labels.names))
        for name in self.names():
            if name not in labels.names:
                raise _unknown_label(path, 1, name, labels)
        places = [table.columns.index(name) for name in labels.names]
        id_place = table.columns.index("ID")
        text_place = table.columns.index("Tweet") if "Tweet" in table.columns else None
        return [
            Prediction(
                line,
                cells[id_place],
                None if text_place is None else cells[text_place],
                chosen_labels(path, line, labels.names, [cells[place] for place in places]),
            )
            for line, cells in table.rows
        ]


class _Lines:
    """JSONL as `emocli predict` writes it."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        lines = enumerate(lines_of(text), start=1)
        self._records = {n: _record(path, n, line) for n, line in lines if line.strip()}

    def names(self) -> Iterator[str]:
        for record in self._records.values():
            for told in (record.get("labels"), record.get("scores")):
                if isinstance(told, list | dict):
                    yield from (name for name in told if isinstance(name, str))

    def one_a_text(self) -> bool:
        given = (record.get("labels") for record in self._records.values())
        return all(len(names) == 1 for names in given if isinstance(names, list))

    def predictions(self, labels: Labels) -> list[Prediction]:
        return [
            _prediction(self._path, number, record, labels)
            for number, record in self._records.items()
        ]


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(path, number, f"this is not JSON: {error}; {_LAYOUTS}") from error
    if not isinstance(record, dict):
        raise DataError(path, number, f"this is not a JSON object; {_LAYOUTS}")
    return record


def _prediction(path: Path, number: int, record: dict[str, Any], labels: Labels) -> Prediction:
    text = record.get("text")
    return Prediction(
        number,
        _id(path, number, record.get("id")),
        text if isinstance(text, str) else None,
        _names(path, number, record.get("labels"), labels),
        _scores(path, number, record.get("scores"), labels),
    )


def _id(path: Path, number: int, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise DataError(path, number, f"the id is {json.dumps(value)}, expected text or a whole number")


def _names(path: Path, number: int, value: Any, labels: Labels) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise DataError(path, number, '"labels" is missing or not a list of label names')
    for place, name in enumerate(value):
        if name not in labels.names:
            raise _unknown_label(path, number, name, labels)
        if name in value[:place]:
            raise DataError(path, number, f"the label '{name}' is given twice")
    return tuple(value)


def _scores(path: Path, number: int, value: Any, labels: Labels) -> tuple[float, ...] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise DataError(path, number, '"scores" is not an object of label names and numbers')
    for name, score in value.items():
        if name not in labels.names:
            raise _unknown_label(path, number, name, labels)
        is_number = isinstance(score, int | float) and not isinstance(score, bool)
        if not is_number or not 0 <= score <= 1:
            shown = json.dumps(score, ensure_ascii=False)
            raise DataError(path, number, f"the score of '{name}' is {shown}, expected 0 to 1")
    missing = [f"'{name}'" for name in labels.names if name not in value]
    if missing:
        raise DataError(
            path,
            number,
            f'"scores" lacks {", ".join(missing)}; give every label a score, '
            'or leave "scores" out of every line',
        )
    return tuple(float(value[name]) for name in labels.names)


def _unknown_label(path: Path, number: int, name: str, labels: Labels) -> DataError:
    return DataError(path, number, str(unknown("label", name, labels.names)))


def _check_exclusive(path: Path, predictions: Sequence[Prediction]) -> None:
    for given in predictions:
        if len(given.labels) != 1:
            raise DataError(path, given.line, f"{len(given.labels)} labels, expected exactly one")


def _check_scores_throughout(path: Path, predictions: Sequence[Prediction]) -> None:
    for given in predictions:
        if (given.scores is None) != (predictions[0].scores is None):
            has, had = ("no", "some") if given.scores is None else ("some", "none")
            raise DataError(
                path,
                given.line,
                f'this line has {has} "scores", line {predictions[0].line} has {had}; '
                "give them on every line or on none",
            )
