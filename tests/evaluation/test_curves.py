from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from emocli.evaluation.curves import Curve
from emocli.evaluation.metrics import METRICS
from emocli.evaluation.thresholds import FITTED_METRICS

# A coarse grid with both ends of [0, 1], so that equal probabilities are frequent.
GRID = st.integers(0, 6).map(lambda sixth: sixth / 6)
RANKED = st.tuples(st.integers(1, 7), st.integers(1, 4)).flatmap(
    lambda shape: st.tuples(arrays(bool, shape), arrays(np.float64, shape, elements=GRID))
)
THRESHOLDS = [sixth / 6 for sixth in range(7)] + [0.05, 0.4, 0.99]
METRIC_NAMES = st.sampled_from(sorted(FITTED_METRICS))


@settings(deadline=None, max_examples=150, database=None)
@given(METRIC_NAMES, RANKED)
def test_a_curve_is_the_metric_at_every_threshold(name, ranked):
    gold, probabilities = ranked
    curve = FITTED_METRICS[name].curve(gold, probabilities)
    for threshold in THRESHOLDS:
        expected = METRICS[name](gold, probabilities > threshold)
        assert curve.at(threshold) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=150, database=None)
@given(METRIC_NAMES, RANKED, st.data())
def test_a_labels_curve_leaves_the_other_labels_decisions_alone(name, ranked, data):
    gold, probabilities = ranked
    label = data.draw(st.integers(0, gold.shape[1] - 1))
    predicted = data.draw(arrays(bool, gold.shape))
    curve = FITTED_METRICS[name].label_curve(gold, predicted, label, probabilities[:, label])
    for threshold in THRESHOLDS:
        decisions = predicted.copy()
        decisions[:, label] = probabilities[:, label] > threshold
        assert curve.at(threshold) == pytest.approx(METRICS[name](gold, decisions), abs=1e-12)


def test_a_step_holds_its_start_and_not_the_next_one():
    curve = Curve(np.array([0.0, 0.25, 0.5]), np.array([0.1, 0.2, 0.3]))
    assert [curve.at(threshold) for threshold in (0, 0.2, 0.25, 0.4, 0.5, 1)] == [
        0.1, 0.1, 0.2, 0.2, 0.3, 0.3,
    ]  # fmt: skip


def test_the_best_threshold_is_the_middle_of_the_widest_plateau():
    starts = np.array([0.0, 0.1, 0.2, 0.4, 0.5, 0.9])
    # Best on [0.1, 0.2), on [0.4, 0.9) in two steps, but not from 0.9 on.
    curve = Curve(starts, np.array([0.3, 0.8, 0.7, 0.8, 0.8, 0.2]))
    assert curve.best() == pytest.approx(0.65)


def test_a_plateau_may_reach_either_end():
    assert Curve(np.array([0.0, 0.4]), np.array([0.9, 0.1])).best() == pytest.approx(0.2)
    assert Curve(np.array([0.0, 0.4]), np.array([0.1, 0.9])).best() == pytest.approx(0.7)
    assert Curve(np.array([0.0]), np.array([0.5])).best() == pytest.approx(0.5)


def test_rounding_is_no_difference_between_plateaus():
    curve = Curve(np.array([0.0, 0.5, 0.75]), np.array([0.6, 0.6 + 1e-13, 0.5]))
    assert curve.best() == pytest.approx(0.375)


def test_a_plateau_between_neighbouring_numbers_is_met():
    low = np.nextafter(0.5, 1)
    high = np.nextafter(low, 1)
    curve = Curve(np.array([0.0, low, high]), np.array([0.1, 0.9, 0.1]))
    assert curve.at(curve.best()) == 0.9


def test_a_certain_prediction_can_still_be_refused():
    gold, probabilities = np.array([[False]]), np.array([[1.0]])
    curve = FITTED_METRICS["jaccard"].curve(gold, probabilities)
    assert curve.best() == 1.0
    assert curve.at(1.0) == 1.0


def test_a_probability_of_zero_exceeds_no_threshold():
    gold, probabilities = np.array([[True, True]]), np.array([[0.0, 0.5]])
    curve = FITTED_METRICS["jaccard"].curve(gold, probabilities)
    assert curve.at(0.0) == 0.5
    assert curve.starts.tolist() == [0.0, 0.5]
