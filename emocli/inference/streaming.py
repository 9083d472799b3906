"""Records in, answers out: one for each, in order, a window at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from emocli.data.record import Record
from emocli.inference.prediction import Predictor
from emocli.modelling.labels import Bools, Floats
from emocli.modelling.reader import LongTextError
from emocli.modelling.trained import Trained

N_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of one record.

    Attributes:
        record: as it was read.
        id: the record's own; else its number, counted from 1 through all inputs.
        labels: the predicted ones, the most probable first.
        scores: the probability of every label, in [0, 1], rounded to 6 decimals.
    """

    record: Record
    id: str
    labels: tuple[str, ...]
    scores: dict[str, float]


Decide = Callable[[Floats], Bools]


def answer(
    predictor: Predictor,
    windows: Iterable[Sequence[Record]],
    *,
    decide: Decide | None = None,
    n_before: int = 0,
) -> Iterator[list[Answer]]:
    """The answers to each window of records.

    Args:
        predictor: scores the texts.
        windows: texts are batched within a window.
        decide: from probabilities to predicted labels, both (n, n_labels); None: by the
            thresholds stored with the model.
        n_before: records of the input that came before these.

    Raises:
        LongTextError: a text is too long, by the predictor's policy; what comes before it is
            answered first.
    """
    for window in windows:
        try:
            answers = _answers(predictor, window, decide or predictor.decide, n_before)
        except LongTextError as error:
            fitting, long = window[: error.row], window[error.row]
            if fitting:
                yield _answers(predictor, fitting, decide or predictor.decide, n_before)
            raise error.of(f"record {long.id or n_before + error.row + 1}") from None
        yield answers
        n_before += len(window)


def with_threshold(trained: Trained, threshold: float) -> Trained:
    """The model with one threshold in [0, 1] for all labels in place of its own."""
    return replace(trained, thresholds=np.full(len(trained.model.labels), threshold))


def most_probable(n: int) -> Decide:
    """Decide for the `n` most probable labels of each text, whatever their probability.

    Of equally probable labels, the first are taken; where there are fewer than `n`, all.
    """

    def decide(probabilities: Floats) -> Bools:
        chosen = np.zeros(probabilities.shape, dtype=bool)
        np.put_along_axis(chosen, _descending(probabilities)[:, :n], True, axis=1)
        return chosen

    return decide


def _answers(
    predictor: Predictor, records: Sequence[Record], decide: Decide, n_before: int
) -> list[Answer]:
    names = predictor.trained.model.labels.names
    probabilities = predictor.probabilities([record.text for record in records])
    labels = _chosen_names(names, decide(probabilities), probabilities)
    scores = np.round(probabilities.astype(np.float64), N_DECIMALS).tolist()
    return [
        Answer(record, record.id or str(number), of_record, dict(zip(names, row, strict=True)))
        for number, (record, of_record, row) in enumerate(
            zip(records, labels, scores, strict=True), start=n_before + 1
        )
    ]


def _descending(probabilities: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    return np.argsort(-probabilities, axis=1, kind="stable")


def _chosen_names(
    names: Sequence[str], chosen: Bools, probabilities: Floats
) -> list[tuple[str, ...]]:
    """The names of the chosen labels of each row, the most probable first."""
    order = _descending(probabilities)
    in_order = np.take_along_axis(chosen, order, axis=1)
    return [
        tuple(names[column] for column in columns[flags])
        for columns, flags in zip(order, in_order, strict=True)
    ]
