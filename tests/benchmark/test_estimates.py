"""How long trials may take."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from emocli.benchmark.estimates import Estimates
from emocli.benchmark.plan import Selection, make_plan
from emocli.benchmark.suite import Row, Suite
from emocli.benchmark.trials import Trial

MakeSuite = Callable[..., Suite]


def records_of(trial: Trial, *seconds: float) -> list[dict[str, Any]]:
    """Records of trials with the same options, on 120 texts in all."""
    parts = {"train": {"texts": 100}, "dev": {"texts": 50}, "source": {"texts": 20}}
    same = {**trial.described(), "status": "done", "device": "auto", "parts": parts}
    return [{**same, "seconds": one} for one in seconds]


def test_an_estimate_is_the_median_of_what_was_measured(make_suite: MakeSuite) -> None:
    base, datn2 = make_plan(make_suite(), Selection(n_seeds=1)).trials
    estimates = Estimates([*records_of(base, 60, 120, 600), *records_of(datn2, 240)])
    # Eight training texts, and four of the source.
    assert estimates.minutes(base) == pytest.approx(2 * 8 / 120)
    assert estimates.minutes(datn2) == pytest.approx(4 * 12 / 120)


def test_a_trial_upon_few_texts_tells_its_steps_from_its_beginning(
    make_suite: MakeSuite, monkeypatch: pytest.MonkeyPatch
) -> None:
    (trial,) = make_plan(make_suite(Row("Base", "bilstm")), Selection(n_seeds=1)).trials
    epochs = [(0, 9.0), (0, 3.0), (0, 4.0), (1, 12.0)]
    history = [{"stage": stage, "seconds": seconds} for stage, seconds in epochs]
    trained = SimpleNamespace(about={"history": history})
    monkeypatch.setattr("emocli.benchmark.estimates.learn", lambda *_: trained)
    clock = iter((100.0, 178.0))
    monkeypatch.setattr("emocli.benchmark.estimates.time.perf_counter", lambda: next(clock))
    monkeypatch.setattr("emocli.benchmark.estimates.N_TEXTS", 4)
    # Of 78 seconds 28 are those of steps, on four of eight texts. Three epochs like the quickest of
    # the first stage and one of the second take twice as long; what comes before them does not.
    assert Estimates([]).minutes(trial) == pytest.approx((50 + 2 * (3 * 3 + 12)) / 60)


def test_what_is_done_needs_no_time_and_jobs_share_the_rest(make_suite: MakeSuite) -> None:
    trials = make_plan(make_suite(Row("Base", "bilstm")), Selection(n_seeds=3)).trials
    estimates = Estimates(records_of(trials[0], 9000))  # ten minutes for eight texts
    assert estimates.total(trials, {trials[0].key}, jobs=2) == (
        "2 of 3 trials are to be run: about 10.0 minutes."
    )


def test_what_builds_upon_others_cannot_be_timed_before(make_suite: MakeSuite) -> None:
    rows = (Row("a", "bilstm"), Row("b", "cnn"), Row("both", "ensemble", bases=("a", "b")))
    trials = make_plan(make_suite(*rows), Selection(n_seeds=1)).trials
    known = [record for trial in trials[:2] for record in records_of(trial, 900)]
    estimates = Estimates(known)
    assert estimates.minutes(trials[2]) is None
    assert estimates.total(trials, (), jobs=1) == (
        "3 of 3 trials are to be run: about 2.0 minutes, and 1 that cannot be timed before."
    )
