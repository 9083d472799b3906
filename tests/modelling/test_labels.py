from __future__ import annotations

import numpy as np
import pytest

from emocli.errors import UsageError
from emocli.modelling.labels import Labels

EMOTIONS = Labels(("anger", "joy", "sadness"))
SENTIMENT = Labels(("negative", "neutral", "positive"), exclusive=True)


def test_a_label_has_its_column() -> None:
    assert len(EMOTIONS) == 3
    assert [EMOTIONS.index(name) for name in EMOTIONS.names] == [0, 1, 2]


def test_an_unknown_label_is_answered_with_the_nearest_then_all() -> None:
    with pytest.raises(UsageError) as caught:
        EMOTIONS.vector(["joi"])
    assert str(caught.value) == (
        "unknown label 'joi': did you mean 'joy'? Known labels: anger, joy, sadness."
    )


def test_names_become_ones() -> None:
    assert EMOTIONS.vector(["sadness", "anger"]) == [1.0, 0.0, 1.0]
    assert EMOTIONS.vector([]) == [0.0, 0.0, 0.0]


def test_every_label_above_its_threshold_is_predicted() -> None:
    probabilities = np.array([[0.6, 0.2, 0.1], [0.4, 0.3, 0.9], [0.0, 0.1, 0.2]])
    chosen = EMOTIONS.decide(probabilities, np.array([0.5, 0.25, 0.3]))
    assert chosen.tolist() == [[True, False, False], [False, True, True], [False, False, False]]


def test_a_probability_at_its_threshold_is_not_above_it() -> None:
    chosen = EMOTIONS.decide(np.full((1, 3), 0.5), np.array([0.5, 0.49, 0.51]))
    assert chosen.tolist() == [[False, True, False]]


def test_exactly_the_most_probable_of_exclusive_labels_is_predicted() -> None:
    probabilities = np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]])
    chosen = SENTIMENT.decide(probabilities, np.full(3, 0.9))
    assert chosen.tolist() == [[False, True, False], [True, False, False]]


@pytest.mark.parametrize("labels", [EMOTIONS, SENTIMENT])
def test_no_texts_give_no_decisions(labels: Labels) -> None:
    chosen = labels.decide(np.zeros((0, 3)), np.full(3, 0.5))
    assert chosen.shape == (0, 3)
    assert chosen.dtype == bool
