"""Trials in processes of their own."""

from __future__ import annotations

import itertools
import multiprocessing
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from emocli import models
from emocli.benchmark.execution import execute
from emocli.benchmark.jobs import run_trials
from emocli.benchmark.plan import Selection, make_plan
from emocli.benchmark.results import Results
from emocli.benchmark.suite import Row, Suite
from emocli.benchmark.trials import Trial
from emocli.reporting import Reporter

MakeSuite = Callable[..., Suite]
BASE, BROKEN = Row("Base", "bilstm"), Row("broken", "bert", {"encoder": "/no/such/encoder"})


class Heard(Reporter):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.warned: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def warn(self, text: str) -> None:
        self.warned.append(text)


def trials_of(suite: Suite, n_seeds: int = 1) -> tuple[Trial, ...]:
    return make_plan(suite, Selection(n_seeds=n_seeds)).trials


def test_every_trial_is_run_once(make_suite: MakeSuite, tmp_path: Path) -> None:
    trials, results, heard = trials_of(make_suite(), 2), Results(tmp_path), Heard()
    outcome = run_trials(trials, results, jobs=2, reporter=heard)
    assert (outcome.failed, outcome.left) == ([], [])
    records = results.read()
    assert sorted(record["key"] for record in records) == sorted(trial.key for trial in trials)
    assert len(heard.said) == 4
    run_trials(trials, results, jobs=2)
    assert results.read() == records


def test_a_record_tells_everything(make_suite: MakeSuite, tmp_path: Path) -> None:
    results = Results(tmp_path)
    run_trials(trials_of(make_suite(Row("DATN-2", "datn2"))), results)
    (record,) = results.read()
    assert record["status"] == "done"
    assert record["scored_on"] == "test"
    assert record["test"]["texts"] == 4
    assert record["parts"]["source"]["texts"] == 4
    assert record["in_train"] == 1
    assert record["label_names"] == ["anger", "joy", "sadness"]
    assert 0 <= record["metrics"]["jaccard"] <= 1
    assert record["config"]["hidden_width"] == 4
    assert record["seconds"] > 0
    assert record["peak_memory"] > 2**20
    assert record["machine"]["cores"] >= 1
    assert record["versions"]["torch"]
    assert results.predictions(record["key"]).is_file()


def test_a_trial_that_fails_costs_no_other(make_suite: MakeSuite, tmp_path: Path) -> None:
    trials, results, heard = trials_of(make_suite(BROKEN, BASE)), Results(tmp_path), Heard()
    outcome = run_trials(trials, results, reporter=heard)
    assert [record["row"] for record in outcome.failed] == ["broken"]
    assert {record["row"]: record["status"] for record in results.read()} == {
        "broken": "failed",
        "Base": "done",
    }
    assert len(heard.warned) == 1
    assert heard.warned[0].startswith("broken, moods, seed 1 failed: ")
    assert "/no/such/encoder" in heard.warned[0]


def test_a_failed_trial_is_tried_again(make_suite: MakeSuite, tmp_path: Path) -> None:
    results = Results(tmp_path)
    for _ in range(2):
        run_trials(trials_of(make_suite(BROKEN)), results)
    assert [record["status"] for record in results.read()] == ["failed", "failed"]


def test_a_model_is_kept_for_those_that_build_upon_it(
    make_suite: MakeSuite, tmp_path: Path
) -> None:
    rows = (Row("both", "ensemble", bases=("Base", "CNN")), BASE, Row("CNN", "cnn"))
    trials, results = trials_of(make_suite(*rows)), Results(tmp_path)
    run_trials(trials, results, jobs=2)
    assert {record["row"]: record["status"] for record in results.read()} == {
        "Base": "done",
        "CNN": "done",
        "both": "done",
    }
    models = {folder.name for folder in (tmp_path / "models").iterdir()}
    assert models == {trial.key for trial in trials if trial.row != "both"}


def test_every_model_is_kept_where_that_is_wished(make_suite: MakeSuite, tmp_path: Path) -> None:
    (trial,), results = trials_of(make_suite(BASE)), Results(tmp_path)
    run_trials([trial], results)
    assert not (tmp_path / "models").exists()
    run_trials([trial], results, keep_models=True)
    assert models.load(str(results.model(trial.key))).method == "bilstm"


def interrupted(trial: Trial, results: Results) -> Path:
    """The checkpoint of a trial, which Ctrl-C ends after the second epoch."""

    class Stopping(Reporter):
        def say(self, text: str) -> None:
            if text.startswith("epoch 2/4"):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(trial, results, keep_model=False, reporter=Stopping())
    return results.checkpoint(trial.key)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_training_that_was_interrupted_goes_on_or_begins_anew(
    make_suite: MakeSuite, tmp_path: Path, damaged: bool
) -> None:
    """One whose checkpoint was damaged failed with advice for another command."""
    (trial,) = trials_of(make_suite(BASE, options={"epochs": 4, "hidden_width": 4}))
    whole, broken = Results(tmp_path / "whole"), Results(tmp_path / "broken")
    checkpoint = interrupted(trial, broken)
    if damaged:
        (checkpoint / "model.safetensors").write_bytes(b"half")
    records = [execute(trial, results, keep_model=False) for results in (whole, broken)]
    assert records[0]["metrics"] == records[1]["metrics"]
    assert [len(record["history"]) for record in records] == [4, 4]
    assert [record["resumed"] for record in records] == [False, not damaged]
    assert not checkpoint.exists()


def test_what_builds_upon_a_failure_fails(make_suite: MakeSuite, tmp_path: Path) -> None:
    rows = (BROKEN, BASE, Row("both", "ensemble", bases=("Base", "broken")))
    outcome = run_trials(trials_of(make_suite(*rows)), Results(tmp_path))
    assert {record["row"]: record["error"] for record in outcome.failed}["both"] == (
        "what it builds upon has failed"
    )


def test_no_trial_is_begun_when_the_time_is_over(make_suite: MakeSuite, tmp_path: Path) -> None:
    trials = trials_of(make_suite())
    outcome = run_trials(trials, Results(tmp_path), until=time.monotonic())
    assert (outcome.left, Results(tmp_path).read()) == (list(trials), [])


def test_trials_left_out_are_told_though_one_is_still_under_way(
    make_suite: MakeSuite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = trials_of(make_suite(BASE, Row("CNN", "cnn")))
    hours = itertools.count()  # an hour goes by whenever the clock is read
    clock = SimpleNamespace(monotonic=lambda: next(hours) * 3600.0, sleep=time.sleep)
    with monkeypatch.context() as patch:
        patch.setattr("emocli.benchmark.jobs.time", clock)
        outcome = run_trials([first, second], Results(tmp_path), until=1800.0)
    assert [record["key"] for record in Results(tmp_path).read()] == [first.key]
    assert outcome.left == [second]
    again = run_trials([first, second], Results(tmp_path), until=time.monotonic())
    assert again.left == [second]


def test_a_trial_that_another_benchmark_has_begun_is_waited_for(
    make_suite: MakeSuite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (trial,), results = trials_of(make_suite(BASE)), Results(tmp_path)
    record = {**trial.described(), "status": "done"}
    with ExitStack() as other, monkeypatch.context() as patch:

        def end_the_other(_: float) -> None:
            Results(tmp_path).append(record)
            other.close()

        assert other.enter_context(Results(tmp_path).claim(trial.key))
        clock = SimpleNamespace(monotonic=time.monotonic, sleep=end_the_other)
        patch.setattr("emocli.benchmark.jobs.time", clock)
        outcome = run_trials([trial], results)
    assert (outcome.failed, outcome.left) == ([], [])
    assert results.read() == [{"format": 1, **record}]


def test_a_process_that_is_killed_is_a_failure(make_suite: MakeSuite, tmp_path: Path) -> None:
    def kill() -> None:
        while not multiprocessing.active_children():
            time.sleep(0.01)
        for child in multiprocessing.active_children():
            child.kill()

    thread = threading.Thread(target=kill)
    thread.start()
    outcome = run_trials(trials_of(make_suite(BASE)), Results(tmp_path))
    thread.join()
    assert [record["error"] for record in outcome.failed] == [
        "its process ended with signal 9; was there too little memory?"
    ]
