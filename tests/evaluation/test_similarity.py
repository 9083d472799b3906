"""Normalised mutual information between two sets of labels, by hand and beside scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import mutual_info_score, normalized_mutual_info_score

from emocli.evaluation.similarity import Similarity, compare, entropy

SETS = st.integers(1, 8).flatmap(
    lambda n: st.tuples(
        st.integers(1, 4).flatmap(lambda width: arrays(bool, (n, width))),
        st.integers(1, 4).flatmap(lambda width: arrays(bool, (n, width))),
    )
)


def one_hot(labels: list[int]) -> np.ndarray:
    return np.eye(max(labels) + 1, dtype=bool)[labels]


def test_the_entropy_of_a_half_and_two_quarters_is_one_bit_and_a_half() -> None:
    assert entropy(np.array([2, 1, 1])) == pytest.approx(1.5)
    assert entropy(np.array([[2, 0], [1, 1]])) == pytest.approx(1.5)
    assert entropy(np.array([4, 0])) == 0


def test_four_texts_worked_by_hand() -> None:
    """Emotions joy, love, anger, anger; sentiment positive, positive, negative, positive.

    The table is [[1, 0], [1, 0], [1, 1]] with positive first: H(emotion) = 1/4·2 + 1/4·2 + 1/2·1
    = 1.5 bits; H(both) = 4 · 1/4·2 = 2 bits; H(sentiment) = 3/4·log2(4/3) + 1/4·2.
    """
    found = compare(one_hot([0, 1, 2, 2]), one_hot([0, 0, 1, 0]))
    of_sentiment = 0.75 * math.log2(4 / 3) + 0.5
    assert found.table.tolist() == [[1, 0], [1, 0], [1, 1]]
    assert found.n_pairs == 4
    assert found.mutual_information == pytest.approx(1.5 + of_sentiment - 2)
    assert found.nmi_joint == pytest.approx((1.5 + of_sentiment - 2) / 2)
    assert found.nmi_max == pytest.approx((1.5 + of_sentiment - 2) / 1.5)


def test_the_clusters_of_a_textbook_give_its_value() -> None:
    """Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, section 16.3.

    Figure 16.4 shows the clusters, table 16.2 prints 0.36 (normalised by the entropies' mean).
    """
    found = Similarity(np.array([[5, 1, 0], [1, 4, 1], [2, 0, 3]]))
    mean = (found.first_entropy + found.second_entropy) / 2
    assert round(found.mutual_information / mean, 2) == 0.36


def test_texts_of_several_labels_stay_below_one_beside_themselves() -> None:
    labels = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
    assert compare(labels, labels).nmi_max < 1
    assert compare(labels, labels).nmi_joint < 1


def test_a_text_with_several_labels_counts_once_for_each_pair() -> None:
    first = np.array([[1, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)
    second = np.array([[1, 0], [1, 1], [1, 1]], dtype=bool)
    assert compare(first, second).table.tolist() == [[1, 0], [1, 0], [1, 1]]


def test_a_set_says_everything_about_itself() -> None:
    found = compare(one_hot([0, 1, 2, 2]), one_hot([2, 0, 1, 1]))
    assert (found.nmi_joint, found.nmi_max) == (pytest.approx(1), pytest.approx(1))


def test_independent_sets_say_nothing() -> None:
    found = compare(one_hot([0, 0, 1, 1]), one_hot([0, 1, 0, 1]))
    assert (found.nmi_joint, found.nmi_max) == (0, 0)


def test_sets_of_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^the first set is of 2 texts, the second of 3$"):
        compare(one_hot([0, 1]), one_hot([0, 1, 0]))


@given(SETS)
def test_scikit_learn_finds_the_same_of_the_pairs(sets: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = sets
    pairs = [
        (one, other)
        for row, other_row in zip(first, second, strict=True)
        for one in np.flatnonzero(row)
        for other in np.flatnonzero(other_row)
    ]
    if not pairs:
        return
    left, right = map(list, zip(*pairs, strict=True))
    found = compare(first, second)
    names = [f"{one} {other}" for one, other in pairs]
    bits = mutual_info_score(left, right) / math.log(2)
    joint = mutual_info_score(names, names) / math.log(2)  # what says all of itself: its entropy
    assert found.mutual_information == pytest.approx(bits, abs=1e-9)
    assert found.joint_entropy == pytest.approx(joint, abs=1e-9)
    expected = normalized_mutual_info_score(left, right, average_method="max")
    assert found.nmi_max == pytest.approx(expected, abs=1e-9)
    assert found.nmi_joint == pytest.approx(bits / joint if joint > 0 else 1, abs=1e-9)
