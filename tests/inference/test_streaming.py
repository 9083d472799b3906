from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocli.data.record import Record
from emocli.inference.prediction import Predictor
from emocli.inference.streaming import answer, most_probable, with_threshold
from emocli.modelling.reader import LongTextError
from emocli.models import load


class FixedPredictor(Predictor):
    """Gives probabilities set beforehand, whatever the texts."""

    rows: list[list[float]]

    def probabilities(self, texts):  # type: ignore[no-untyped-def]
        taken, self.rows = self.rows[: len(texts)], self.rows[len(texts) :]
        return np.array(taken, dtype=np.float32)


@pytest.fixture
def predictor(tiny_model: Path) -> FixedPredictor:
    fixed = FixedPredictor(load(str(tiny_model)))
    fixed.rows = [[0.6, 0.9, 0.1], [0.1, 0.2, 0.3], [0.7, 0.5, 0.7]]
    return fixed


def windows() -> list[list[Record]]:
    return [
        [Record("a", "so happy", {"x": 1}), Record(None, "", {})],
        [Record(None, "so sad", {})],
    ]


def test_labels_above_their_thresholds_come_most_probable_first(predictor: FixedPredictor) -> None:
    answers = [part for window in answer(predictor, windows()) for part in window]
    # The labels are anger, joy, sadness, each with the threshold 0.5, which is not above itself.
    assert [part.labels for part in answers] == [("joy", "anger"), (), ("anger", "sadness")]


def test_a_record_without_an_id_gets_its_number_in_the_whole_input(
    predictor: FixedPredictor,
) -> None:
    answers = [part for window in answer(predictor, windows(), n_before=10) for part in window]
    assert [part.id for part in answers] == ["a", "12", "13"]
    assert answers[0].record == Record("a", "so happy", {"x": 1})


def test_scores_are_in_the_labels_order_with_six_decimals(predictor: FixedPredictor) -> None:
    predictor.rows = [[1 / 3, 0.0, 1.0], [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]]
    first = next(answer(predictor, windows()))[0]
    assert list(first.scores.items()) == [("anger", 0.333333), ("joy", 0.0), ("sadness", 1.0)]


def test_a_threshold_stands_in_for_those_of_the_model(tiny_model: Path) -> None:
    trained = load(str(tiny_model))
    predictor = FixedPredictor(with_threshold(trained, 0.15))
    predictor.rows = [[0.6, 0.9, 0.1], [0.1, 0.2, 0.3]]
    answers = next(answer(predictor, windows()))
    assert [part.labels for part in answers] == [("joy", "anger"), ("sadness", "joy")]
    assert trained.thresholds.tolist() == [0.5, 0.5, 0.5]


def test_the_most_probable_labels_are_taken_whatever_their_probability(
    predictor: FixedPredictor,
) -> None:
    decided = answer(predictor, windows(), decide=most_probable(2))
    answers = [part for window in decided for part in window]
    assert [part.labels for part in answers] == [
        ("joy", "anger"),
        ("sadness", "joy"),
        ("anger", "sadness"),
    ]


def test_of_equally_probable_labels_the_first_are_taken() -> None:
    probabilities = np.array([[0.2, 0.5, 0.5, 0.5]])
    assert most_probable(2)(probabilities).tolist() == [[False, True, True, False]]


def test_more_labels_than_there_are_means_all() -> None:
    assert most_probable(9)(np.array([[0.2, 0.5]])).tolist() == [[True, True]]


@pytest.mark.parametrize(
    ("records", "n_answered", "name"),
    [
        ([Record("a", "so happy", {}), Record("b", "so happy today", {})], 1, "b"),
        ([Record(None, "sad", {}), Record(None, "I am sad", {}), Record(None, "so", {})], 1, "12"),
        ([Record(None, "I am sad", {})], 0, "11"),
    ],
)
def test_a_record_that_is_too_long_is_named_after_those_before_it_are_answered(
    tiny_model: Path, records: list[Record], n_answered: int, name: str
) -> None:
    predictor = Predictor(load(str(tiny_model)), max_length=2, long="error")
    answered: list[Record] = []
    with pytest.raises(LongTextError) as caught:
        for window in answer(predictor, [records], n_before=10):
            answered += [part.record for part in window]
    assert answered == records[:n_answered]
    assert str(caught.value) == (
        f"record {name} has more than 2 tokens, which is all that the model reads; shorten it, or "
        "choose another --long."
    )
