from __future__ import annotations

import json

import numpy as np
import pytest

from emocli.evaluation.scores import LabelScores, score
from emocli.modelling.labels import Labels

EMOTIONS = Labels(("anger", "joy"))
GOLD = np.array([[1, 0], [1, 1]], dtype=bool)
PREDICTED = np.array([[1, 0], [1, 0]], dtype=bool)
PROBABILITIES = np.array([[0.9, 0.2], [0.8, 0.4]], dtype=np.float32)

SENTIMENT = Labels(("negative", "neutral", "positive"), exclusive=True)
ANSWERS = np.eye(3, dtype=bool)


def test_scores_hold_every_measure_and_a_row_a_label():
    scores = score(EMOTIONS, GOLD, PREDICTED, PROBABILITIES, np.array([0.5, 0.25]))
    assert scores.n_examples == 2
    assert scores.jaccard == 0.75
    assert scores.micro_f1 == pytest.approx(0.8)
    assert scores.average_precision == 1.0
    assert scores.labels == (
        LabelScores("anger", 1.0, 1.0, 1.0, 2, 2, 1.0, 0.5),
        LabelScores("joy", 0.0, 0.0, 0.0, 1, 0, 1.0, 0.25),
    )


def test_ranking_is_not_scored_without_probabilities():
    scores = score(EMOTIONS, GOLD, PREDICTED)
    assert scores.average_precision is None
    assert scores.macro_average_precision is None
    assert scores.one_error is None
    assert scores.labels[0] == LabelScores("anger", 1.0, 1.0, 1.0, 2, 2)


def test_exclusive_labels_have_an_accuracy_and_a_confusion_matrix():
    scores = score(SENTIMENT, ANSWERS[[0, 0, 1, 2]], ANSWERS[[0, 2, 1, 2]])
    assert scores.accuracy == 0.75
    assert scores.exact_match == 0.75
    assert scores.confusion == ((1, 0, 1), (0, 1, 0), (0, 0, 1))


def test_exclusive_labels_show_no_thresholds():
    scores = score(SENTIMENT, ANSWERS, ANSWERS, thresholds=np.full(3, 0.5))
    assert [label.threshold for label in scores.labels] == [None, None, None]


def test_other_labels_have_neither_accuracy_nor_confusion_matrix():
    scores = score(EMOTIONS, GOLD, PREDICTED)
    assert scores.accuracy is None
    assert scores.confusion is None


def test_scores_are_plain_json_values():
    scores = score(SENTIMENT, ANSWERS[[0, 1, 1]], ANSWERS[[0, 1, 2]])
    plain = scores.as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["confusion"] == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert plain["labels"][1] == {
        "label": "neutral",
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "support": 2,
        "predicted": 1,
        "average_precision": None,
        "threshold": None,
    }


def test_columns_must_be_as_many_as_labels():
    with pytest.raises(ValueError, match=r"^2 columns for 3 labels$"):
        score(Labels(("a", "b", "c")), GOLD, PREDICTED)


def test_exclusive_labels_must_be_one_a_row():
    message = r"^exclusive labels need exactly one gold and one predicted label a row$"
    with pytest.raises(ValueError, match=message):
        score(SENTIMENT, ANSWERS, np.zeros_like(ANSWERS))
    with pytest.raises(ValueError, match=message):
        score(SENTIMENT, np.ones_like(ANSWERS), ANSWERS)
