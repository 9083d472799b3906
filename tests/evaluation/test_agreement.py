from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as oracle

from emocli.evaluation import agreement

# Three rows and three labels: row 1 shares one of three labels, row 2 has none on either side, row
# 3 is answered with one label too few.
GOLD = np.array([[1, 1, 0], [0, 0, 0], [1, 0, 1]], dtype=bool)
PREDICTED = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 0]], dtype=bool)

DECISIONS = st.tuples(st.integers(1, 8), st.integers(2, 5)).flatmap(
    lambda shape: st.tuples(arrays(bool, shape), arrays(bool, shape))
)


def test_jaccard_is_the_mean_over_rows_of_intersection_over_union():
    assert agreement.jaccard(GOLD, PREDICTED) == pytest.approx((1 / 3 + 1 + 1 / 2) / 3)


def test_a_row_with_neither_gold_nor_predicted_labels_scores_one():
    nothing = np.zeros((4, 3), dtype=bool)
    assert agreement.jaccard(nothing, nothing) == 1.0


def test_a_row_with_labels_on_one_side_only_scores_zero():
    nothing, everything = np.zeros((2, 3), dtype=bool), np.ones((2, 3), dtype=bool)
    assert agreement.jaccard(nothing, everything) == 0.0
    assert agreement.jaccard(everything, nothing) == 0.0


def test_micro_averages_count_all_cells_together():
    assert agreement.micro_precision(GOLD, PREDICTED) == pytest.approx(2 / 3)
    assert agreement.micro_recall(GOLD, PREDICTED) == pytest.approx(2 / 4)
    assert agreement.micro_f1(GOLD, PREDICTED) == pytest.approx(4 / 7)


def test_macro_averages_count_every_label_alike():
    assert agreement.macro_precision(GOLD, PREDICTED) == pytest.approx((1 + 0 + 0) / 3)
    assert agreement.macro_recall(GOLD, PREDICTED) == pytest.approx((1 + 0 + 0) / 3)
    assert agreement.macro_f1(GOLD, PREDICTED) == pytest.approx((1 + 0 + 0) / 3)


def test_exact_match_and_hamming_loss_count_rows_and_cells():
    assert agreement.exact_match(GOLD, PREDICTED) == pytest.approx(1 / 3)
    assert agreement.hamming_loss(GOLD, PREDICTED) == pytest.approx(3 / 9)


def test_confusion_has_gold_labels_in_rows():
    gold = np.eye(3, dtype=bool)[[0, 0, 1, 2]]
    predicted = np.eye(3, dtype=bool)[[0, 2, 1, 1]]
    assert agreement.confusion(gold, predicted).tolist() == [[1, 0, 1], [0, 1, 0], [0, 1, 0]]


@settings(deadline=None, max_examples=100, database=None)
@given(DECISIONS)
def test_every_measure_agrees_with_scikit_learn(decisions):
    gold, predicted = decisions
    for average in ("micro", "macro"):
        precision, recall, f1, _ = oracle.precision_recall_fscore_support(
            gold, predicted, average=average, zero_division=0
        )
        measured = [
            getattr(agreement, f"{average}_{name}")(gold, predicted)
            for name in ("precision", "recall", "f1")
        ]
        assert measured == pytest.approx([precision, recall, f1], abs=1e-12)
    expected = oracle.jaccard_score(gold, predicted, average="samples", zero_division=1)
    assert agreement.jaccard(gold, predicted) == pytest.approx(expected, abs=1e-12)
    assert agreement.exact_match(gold, predicted) == oracle.accuracy_score(gold, predicted)
    expected = oracle.hamming_loss(gold, predicted)
    assert agreement.hamming_loss(gold, predicted) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=50, database=None)
@given(DECISIONS)
def test_every_label_agrees_with_scikit_learn(decisions):
    gold, predicted = decisions
    counts = agreement.by_label(gold, predicted)
    precision, recall, f1, support = oracle.precision_recall_fscore_support(
        gold, predicted, average=None, zero_division=0
    )
    np.testing.assert_allclose(counts.precision(), precision, rtol=0, atol=1e-12)
    np.testing.assert_allclose(counts.recall(), recall, rtol=0, atol=1e-12)
    np.testing.assert_allclose(counts.f1(), f1, rtol=0, atol=1e-12)
    assert counts.gold.tolist() == support.tolist()


@settings(deadline=None, max_examples=50, database=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_exclusive_labels_agree_with_scikit_learn(pairs):
    gold, predicted = np.array(pairs).T
    gold_cells, predicted_cells = np.eye(4, dtype=bool)[gold], np.eye(4, dtype=bool)[predicted]
    counts = oracle.confusion_matrix(gold, predicted, labels=range(4))
    assert agreement.confusion(gold_cells, predicted_cells).tolist() == counts.tolist()
    accuracy = pytest.approx(oracle.accuracy_score(gold, predicted), abs=1e-12)
    assert agreement.jaccard(gold_cells, predicted_cells) == accuracy
    f1 = oracle.f1_score(gold, predicted, labels=range(4), average="macro", zero_division=0)
    assert agreement.macro_f1(gold_cells, predicted_cells) == pytest.approx(f1, abs=1e-12)


def dev_decisions() -> np.ndarray:
    folder = os.environ.get("EMOCLI_DATA")
    path = Path(folder or ".", "semeval2018-ec", "2018-E-c-En-dev.txt")
    if folder is None or not path.exists():
        pytest.skip("EMOCLI_DATA names no folder with semeval2018-ec/2018-E-c-En-dev.txt")
    rows = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    return np.array([row.split("\t")[2:] for row in rows]) == "1"


@pytest.mark.real_data
def test_the_gold_labels_of_ec_dev_agree_with_themselves():
    gold = dev_decisions()
    assert gold.shape == (886, 11)
    for measure in ("jaccard", "micro_precision", "micro_recall", "micro_f1", "exact_match"):
        assert getattr(agreement, measure)(gold, gold) == 1.0
    for measure in ("macro_precision", "macro_recall", "macro_f1"):
        assert getattr(agreement, measure)(gold, gold) == 1.0
    assert agreement.hamming_loss(gold, gold) == 0.0


@pytest.mark.real_data
def test_answering_nothing_on_ec_dev_is_right_on_its_rows_without_labels():
    gold = dev_decisions()
    empty_rows = sum(1 for row in gold.tolist() if True not in row)
    assert empty_rows > 0
    assert agreement.jaccard(gold, np.zeros_like(gold)) == pytest.approx(empty_rows / len(gold))
