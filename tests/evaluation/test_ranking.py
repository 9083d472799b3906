from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as oracle

from emocli.evaluation import ranking

# A coarse grid, so that equal probabilities are frequent.
GRID = st.integers(0, 6).map(lambda sixth: sixth / 6)
RANKED = st.tuples(st.integers(1, 8), st.integers(2, 5)).flatmap(
    lambda shape: st.tuples(arrays(bool, shape), arrays(np.float64, shape, elements=GRID))
)


def row(*cells: float) -> np.ndarray:
    return np.array([cells])


def test_average_precision_is_the_mean_share_of_gold_at_each_gold_label():
    gold = row(1, 0, 1, 0).astype(bool)
    probabilities = row(0.9, 0.7, 0.5, 0.1)
    assert ranking.average_precision(gold, probabilities) == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_rows_without_gold_labels_do_not_count_in_ranking():
    gold = np.array([[0, 0], [0, 1]], dtype=bool)
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1]])
    assert ranking.average_precision(gold, probabilities) == pytest.approx(1 / 2)
    assert ranking.one_error(gold, probabilities) == 1.0


def test_ranking_is_zero_where_there_is_no_gold_label_at_all():
    nothing, probabilities = np.zeros((2, 3), dtype=bool), np.full((2, 3), 0.5)
    assert ranking.average_precision(nothing, probabilities) == 0.0
    assert ranking.macro_average_precision(nothing, probabilities) == 0.0
    assert ranking.one_error(nothing, probabilities) == 0.0


def test_one_error_is_the_share_of_rows_whose_top_label_is_wrong():
    gold = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=bool)
    probabilities = np.array([[0.6, 0.3, 0.1], [0.3, 0.6, 0.1], [0.1, 0.2, 0.3]])
    assert ranking.one_error(gold, probabilities) == pytest.approx(1 / 3)


def test_labels_that_share_the_top_must_all_be_gold():
    probabilities = row(0.6, 0.6, 0.1)
    assert ranking.one_error(row(1, 0, 0).astype(bool), probabilities) == 1.0
    assert ranking.one_error(row(1, 1, 0).astype(bool), probabilities) == 0.0


def test_a_constant_answer_earns_nothing_by_the_order_of_the_labels():
    gold, constant = np.eye(3, dtype=bool), np.full((3, 3), 0.5)
    assert ranking.average_precision(gold, constant) == pytest.approx(1 / 3)
    assert ranking.one_error(gold, constant) == 1.0


def test_a_labels_average_precision_weighs_precision_by_recall_gained():
    gold = np.array([[1], [0], [1]], dtype=bool)
    probabilities = np.array([[0.9], [0.8], [0.2]])
    expected = 1 / 2 * 1 / 1 + 1 / 2 * 2 / 3
    assert ranking.label_average_precision(gold, probabilities)[0] == pytest.approx(expected)


def test_macro_average_precision_leaves_out_labels_without_gold_rows():
    gold = np.array([[1, 0], [0, 0]], dtype=bool)
    probabilities = np.array([[0.2, 0.9], [0.8, 0.9]])
    assert ranking.label_average_precision(gold, probabilities).tolist() == [0.5, 0.0]
    assert ranking.macro_average_precision(gold, probabilities) == 0.5


@settings(deadline=None, max_examples=100, database=None)
@given(RANKED)
def test_average_precision_agrees_with_scikit_learn(ranked):
    gold, probabilities = ranked
    any_gold = gold.any(axis=1)
    if not any_gold.any():
        return
    expected = oracle.label_ranking_average_precision_score(gold[any_gold], probabilities[any_gold])
    assert ranking.average_precision(gold, probabilities) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=100, database=None)
@given(RANKED)
def test_label_average_precision_agrees_with_scikit_learn(ranked):
    gold, probabilities = ranked
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of labels without gold rows, for which it answers 0 too
        expected = [
            oracle.average_precision_score(*column)
            for column in zip(gold.T, probabilities.T, strict=True)
        ]
    measured = ranking.label_average_precision(gold, probabilities)
    np.testing.assert_allclose(measured, expected, rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=50, database=None)
@given(RANKED)
def test_the_order_of_the_labels_changes_no_ranking_measure(ranked):
    gold, probabilities = ranked
    turned = gold[:, ::-1], probabilities[:, ::-1]
    for measure in (ranking.average_precision, ranking.one_error, ranking.macro_average_precision):
        assert measure(*turned) == pytest.approx(measure(gold, probabilities), abs=1e-12)
