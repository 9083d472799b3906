"""Bootstrap intervals and permutation tests, by hand and beside slow, obvious versions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import permutation_test

from emocli.errors import UsageError
from emocli.evaluation import resampling
from emocli.evaluation.metrics import METRICS
from emocli.evaluation.resampling import (
    COMPARED_METRICS,
    Pair,
    check_compared,
    intervals,
    permutation_p_values,
)
from emocli.modelling.labels import Bools

SHAPES = st.tuples(st.integers(2, 12), st.integers(1, 4))
ANSWERS = SHAPES.flatmap(lambda shape: st.tuples(*(arrays(bool, shape) for _ in range(3))))


def some_answers(n: int, n_labels: int, seed: int = 0) -> tuple[Bools, Bools, Bools]:
    """Gold labels, and the decisions of a better and a worse system."""
    random = np.random.default_rng(seed)
    gold = random.random((n, n_labels)) < 0.4
    return gold, gold ^ (random.random(gold.shape) < 0.1), gold ^ (random.random(gold.shape) < 0.3)


def difference(name: str, gold: Bools, a: Bools, b: Bools) -> float:
    return METRICS[name](gold, a) - METRICS[name](gold, b)


@settings(deadline=None)
@given(ANSWERS, st.sampled_from(sorted(COMPARED_METRICS)))
def test_a_metric_from_sums_is_the_metric(answers: tuple[Bools, Bools, Bools], name: str) -> None:
    gold, a, b = answers
    found = Pair.of(name, gold, a, b).values()
    assert found == pytest.approx((METRICS[name](gold, a), METRICS[name](gold, b)), abs=1e-12)


def test_the_treated_mice_of_a_textbook_give_its_interval() -> None:
    """Efron and Tibshirani 1993, An Introduction to the Bootstrap, tables 2.1 and 13.1.

    The mean survival of seven mice, in days; 5% and 95% of 1,000 means redrawn are 49.7 and 126.7.
    """
    days = np.array([94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0])[:, None]
    pair = Pair(COMPARED_METRICS["jaccard"], days, np.zeros_like(days))
    [(low, high)] = intervals([pair], confidence=0.9, resamples=20_000, seed=1)
    assert low == pytest.approx(49.7, abs=1.5)
    assert high == pytest.approx(126.7, abs=1.5)


@settings(deadline=None)
@given(ANSWERS, st.sampled_from(sorted(COMPARED_METRICS)), st.integers(0, 2**32 - 1))
def test_redrawn_and_exchanged_rows_give_the_metric_of_those_rows(
    answers: tuple[Bools, Bools, Bools], name: str, seed: int
) -> None:
    gold, a, b = answers
    random = np.random.default_rng(seed)
    pair = Pair.of(name, gold, a, b)
    rows = random.integers(len(gold), size=len(gold))
    weights = np.bincount(rows, minlength=len(gold)).astype(float)
    expected = difference(name, gold[rows], a[rows], b[rows])
    assert pair.redrawn(weights[None]) == pytest.approx([expected], abs=1e-12)
    moved = random.integers(2, size=len(gold)).astype(bool)
    first, second = np.where(moved[:, None], b, a), np.where(moved[:, None], a, b)
    found = pair.exchanged(moved[None].astype(float))
    assert found == pytest.approx([difference(name, gold, first, second)], abs=1e-12)


def test_intervals_are_percentiles_of_what_a_slow_bootstrap_finds() -> None:
    gold, a, b = some_answers(60, 3)
    names = ("jaccard", "micro-f1", "macro-f1")
    pairs = [Pair.of(name, gold, a, b) for name in names]
    found = intervals(pairs, confidence=0.9, resamples=4000, seed=1)
    random = np.random.default_rng(2)
    drawn = [random.integers(60, size=60) for _ in range(4000)]
    for name, ends in zip(names, found, strict=True):
        slow = [difference(name, gold[rows], a[rows], b[rows]) for rows in drawn]
        assert ends == pytest.approx(tuple(np.percentile(slow, [5, 95])), abs=0.01)


def test_an_interval_worked_by_hand() -> None:
    """Two rows, of which A has the first right alone: the difference of Jaccard is 1/2.

    Drawn twice with replacement, the first row comes 0, 1 or 2 times with probabilities 1/4, 1/2
    and 1/4, so the difference is 0, 1/2 or 1. A quarter lies at each end: the 80% interval, which
    leaves out a tenth on each side, is 0 to 1, the 40% interval 1/2 to 1/2.
    """
    gold = np.array([[1, 0], [0, 1]], dtype=bool)
    a, b = gold, np.array([[0, 1], [0, 1]], dtype=bool)
    pairs = [Pair.of("jaccard", gold, a, b)]
    assert intervals(pairs, confidence=0.8, resamples=2000, seed=0) == [(0, 1)]
    assert intervals(pairs, confidence=0.4, resamples=2000, seed=0) == [(0.5, 0.5)]


def test_a_p_value_worked_by_hand() -> None:
    """Three rows, all right by A and wrong by B: a difference of Jaccard of 1.

    Of the eight ways to exchange answers two give a difference of 1 or -1: p is 2/8, less what
    chance adds to 20,000 permutations.
    """
    gold = np.eye(3, dtype=bool)
    pairs = [Pair.of("jaccard", gold, gold, ~gold)]
    (p,) = permutation_p_values(pairs, resamples=20_000, seed=0)
    assert p == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("name", ["jaccard", "micro-f1", "macro-f1", "macro-recall"])
def test_p_values_are_those_of_all_permutations(name: str) -> None:
    gold, a, b = some_answers(9, 3, seed=5)
    least = abs(difference(name, gold, a, b)) - 1e-9
    as_large = 0
    for sides in product((False, True), repeat=9):
        moved = np.array(sides)[:, None]
        exchanged = difference(name, gold, np.where(moved, b, a), np.where(moved, a, b))
        as_large += abs(exchanged) >= least
    pairs = [Pair.of(name, gold, a, b)]
    (p,) = permutation_p_values(pairs, resamples=20_000, seed=0)
    assert p == pytest.approx(as_large / 2**9, abs=0.01)


def test_p_values_are_those_of_scipy() -> None:
    gold, a, b = some_answers(200, 3, seed=7)
    b[: len(b) // 2] = a[: len(a) // 2]
    pair = Pair.of("jaccard", gold, a, b)
    expected = permutation_test(
        (pair.a[:, 0], pair.b[:, 0]),
        lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=4000,
        rng=np.random.default_rng(3),
    )
    (p,) = permutation_p_values([pair], resamples=4000, seed=0)
    assert p == pytest.approx(expected.pvalue, abs=0.02)


def test_no_p_value_is_0() -> None:
    gold = np.eye(40, dtype=bool)
    assert permutation_p_values([Pair.of("jaccard", gold, gold, ~gold)], resamples=99, seed=0) == [
        0.01
    ]


def test_what_is_drawn_in_blocks_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    gold, a, b = some_answers(60, 3)
    pairs = [Pair.of("macro-f1", gold, a, b)]
    whole = intervals(pairs, confidence=0.9, resamples=2001, seed=1)
    monkeypatch.setattr(resampling, "_BLOCK", 60 * 7)
    parted = intervals(pairs, confidence=0.9, resamples=2001, seed=1)
    assert np.array(parted) == pytest.approx(np.array(whole), abs=0.02)
    assert permutation_p_values(pairs, resamples=2001, seed=1) == [1 / 2002]


def test_a_metric_has_the_same_numbers_beside_others() -> None:
    gold, a, b = some_answers(50, 3)
    one, other = Pair.of("jaccard", gold, a, b), Pair.of("macro-f1", gold, a, b)
    both = intervals([one, other], confidence=0.95, resamples=200, seed=4)
    assert both[1:] == intervals([other], confidence=0.95, resamples=200, seed=4)


@settings(deadline=None, max_examples=25)
@given(ANSWERS)
def test_a_system_does_not_differ_from_itself(answers: tuple[Bools, Bools, Bools]) -> None:
    gold, a, _ = answers
    pairs = [Pair.of(name, gold, a, a) for name in COMPARED_METRICS]
    nothing = [(0, 0)] * len(pairs)
    assert intervals(pairs, confidence=0.95, resamples=50, seed=0) == nothing
    assert permutation_p_values(pairs, resamples=50, seed=0) == [1] * len(pairs)


@settings(deadline=None, max_examples=25)
@given(ANSWERS)
def test_swapping_the_systems_mirrors_the_interval(answers: tuple[Bools, Bools, Bools]) -> None:
    gold, a, b = answers
    there = [Pair.of(name, gold, a, b) for name in COMPARED_METRICS]
    back = [Pair.of(name, gold, b, a) for name in COMPARED_METRICS]
    found = np.array(intervals(there, confidence=0.9, resamples=50, seed=0))
    mirrored = np.array(intervals(back, confidence=0.9, resamples=50, seed=0))
    assert found == pytest.approx(-mirrored[:, ::-1], abs=1e-12)
    assert permutation_p_values(there, resamples=50, seed=0) == permutation_p_values(
        back, resamples=50, seed=0
    )


@pytest.mark.parametrize("name", ["hamming-loss", "average-precision", "jacard"])
def test_a_metric_that_systems_cannot_be_compared_by_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_compared(name)
    known = (
        "accuracy, exact-match, jaccard, macro-f1, macro-precision, macro-recall, micro-f1, "
        "micro-precision, micro-recall"
    )
    guesses = {
        "jacard": ": did you mean 'jaccard'?",
        "average-precision": ": did you mean 'macro-precision'?",
    }
    assert str(raised.value) == (
        f"systems cannot be compared by the metric '{name}'{guesses.get(name, '.')} Known: {known}."
    )
