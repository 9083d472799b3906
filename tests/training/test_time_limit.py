"""A training that may take only so long."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emocli.modelling.batches import Item
from emocli.modelling.labels import Bools, Floats
from emocli.modelling.model import Model
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.run import Run
from emocli.training.settings import Settings
from emocli.training.stage import OutOfTimeError
from emocli.training.train import TrainingData, train

Make = Callable[..., Any]


@pytest.fixture
def run(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of three minutes; an epoch has four batches, and each takes a minute."""
    clock = [0.0]
    monkeypatch.setattr("emocli.training.settings.time.monotonic", lambda: clock[0])
    settings = Settings(max_minutes=3, began=0.0)
    made: Run = make_run(n=8, batch_size=2, epochs=9, settings=settings)
    made.model.clock = clock
    return made


def loss(run: Run, minutes: float = 1.0) -> Callable[[list[Item]], Any]:
    """A loss whose every batch takes so long, and leads to a higher logit."""

    def of(items: list[Item]) -> Any:
        run.model.clock[0] += 60 * minutes
        return -run.model.logit

    return of


def test_time_is_over_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emocli.training.settings.time.monotonic", lambda: 1090.0)
    assert Settings(began=1000.0, max_minutes=1.5).time_is_over()
    assert not Settings(began=1000.0, max_minutes=1.6).time_is_over()
    assert not Settings(began=0.0).time_is_over()


def test_the_running_batch_is_ended_and_what_was_learnt_is_scored(run: Run) -> None:
    run.minimise(loss(run), run.train)
    assert run.stopped == "the 3 minutes were over in epoch 1 of 9, after 3 of 4 batches"
    (entry,) = run.state.history
    assert (entry["epoch"], entry["jaccard"]) == (1, 0.5)
    assert run.model.logit.item() == pytest.approx(3e-3, rel=1e-3)


def test_the_best_epoch_so_far_is_kept(run: Run) -> None:
    run.minimise(loss(run, 0.7), run.train)
    assert run.stopped == (
        "the 3 minutes were over in epoch 2 of 9, after 1 of 4 batches; epoch 1 is kept"
    )
    assert [entry["epoch"] for entry in run.state.history] == [1]
    assert run.model.logit.item() == pytest.approx(4e-3, rel=1e-3)


def test_an_epoch_that_ends_with_the_time_is_scored_like_any_other(run: Run) -> None:
    run.minimise(loss(run, 0.75), run.train)
    assert run.stopped == "the 3 minutes were over after epoch 1 of 9; epoch 1 is kept"
    assert "jaccard" in run.state.history[0]


def test_without_dev_scores_what_was_learnt_last_is_kept(run: Run) -> None:
    run.minimise(loss(run, 0.7), run.train, keep_best=False)
    assert run.stopped == "the 3 minutes were over in epoch 2 of 9, after 1 of 4 batches"
    assert [entry["epoch"] for entry in run.state.history] == [1, 2]
    assert run.model.logit.item() == pytest.approx(5e-3, rel=1e-3)


def test_a_training_that_is_done_with_the_time_was_not_stopped(run: Run) -> None:
    run.minimise(loss(run, 0.75), run.train, epochs=1)
    assert run.stopped == ""


def test_a_stage_that_cannot_begin_is_told(run: Run) -> None:
    run.minimise(loss(run), run.train)
    with pytest.raises(OutOfTimeError) as caught:
        run.minimise(loss(run), run.train, name="labels")
    assert str(caught.value) == (
        "the 3 minutes were over before stage 2 (labels) of the training began, and no model can "
        "do without it; allow more --max-minutes."
    )


def test_time_that_is_over_before_anything_is_learnt_is_told(run: Run) -> None:
    run.model.clock[0] = 180
    with pytest.raises(OutOfTimeError) as caught:
        run.minimise(loss(run), run.train)
    assert str(caught.value) == (
        "the 3 minutes were over before the training began, and no model can do without it; "
        "allow more --max-minutes."
    )


def test_a_stage_without_epochs_is_not_missed(run: Run) -> None:
    run.minimise(loss(run), run.train)
    run.minimise(loss(run), run.train, epochs=0)
    assert run.stopped.startswith("the 3 minutes were over in epoch 1 of 9")


def test_the_weights_of_a_stage_that_was_cut_are_those_of_its_best_epoch(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold = np.array([[True], [False]])
    scenes = iter([[[0.9], [0.1]], [[0.1], [0.1]]])

    def scripted(model: Model) -> tuple[Bools, Floats]:
        return gold, np.array(next(scenes))

    monkeypatch.setattr(run, "dev_probabilities", scripted)
    run.minimise(loss(run, 0.3), run.train)
    assert run.stopped == (
        "the 3 minutes were over in epoch 3 of 9, after 2 of 4 batches; epoch 1 is kept"
    )
    assert run.model.logit.item() == pytest.approx(4e-3, rel=1e-3)


SMALL = {
    "embedding_width": 8,
    "hidden_width": 4,
    "attention_width": 4,
    "head_width": 4,
    "min_count": 1,
    "batch_size": 2,
    "epochs": 2,
    "patience": 0,
    "source_epochs": 2,
}


def test_a_training_out_of_time_goes_on_where_it_was_cut(
    the_same: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    method, data = registry().method("ft"), sample_data()
    config = method.config_class().from_options(SMALL)
    parts = TrainingData(data, data, {"source": sample_data("source")})
    whole = train(method, config, parts, Settings(seed=3))
    checkpoint = tmp_path / "run"
    asked = count(1)
    with monkeypatch.context() as patched:
        # Asked once before the first stage, then after each batch; a source epoch has two.
        patched.setattr(Settings, "time_is_over", lambda self: next(asked) >= 4)
        with pytest.raises(OutOfTimeError):
            train(method, config, parts, Settings(seed=3, checkpoint=checkpoint, max_minutes=1))
    assert the_same(train(method, config, parts, Settings(seed=3, checkpoint=checkpoint)), whole)
    assert whole.about["stopped"] == ""


def test_a_model_that_was_stopped_says_so(memory: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    method, data, heard = registry().method("bilstm"), sample_data(), memory()
    options = {name: value for name, value in SMALL.items() if name != "source_epochs"}
    config = method.config_class().from_options(options)
    asked = count(1)
    monkeypatch.setattr(Settings, "time_is_over", lambda self: next(asked) >= 2)
    trained = train(method, config, TrainingData(data, data), Settings(max_minutes=0.5), heard)
    told = "the 0.5 minutes were over in epoch 1 of 2, after 1 of 4 batches"
    assert trained.about["stopped"] == told
    assert heard.warned == [told]
