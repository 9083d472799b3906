from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from emocli.errors import EmocliError
from emocli.modelling.batches import Item
from emocli.modelling.labels import Bools, Floats
from emocli.modelling.model import Model
from emocli.training.checkpoints import load_checkpoint
from emocli.training.run import Run
from emocli.training.settings import Settings

Make = Callable[..., Any]

GOLD = np.array([[1], [1], [0], [0]], dtype=bool)
# Dev probabilities and the best Jaccard that a threshold makes of them.
GOOD, MIDDLING, BAD = ([0.9, 0.8, 0.2, 0.1], 1.0), ([0.9, 0.2, 0.8, 0.1], 0.75), ([0.1] * 4, 0.5)


def script(monkeypatch: pytest.MonkeyPatch, run: Run, *scenes: tuple[list[float], float]) -> None:
    """Say what the model's dev probabilities are, epoch after epoch."""
    left = iter(scenes)

    def scripted(model: Model) -> tuple[Bools, Floats]:
        return GOLD, np.array([next(left)[0]]).T

    monkeypatch.setattr(run, "dev_probabilities", scripted)


def test_each_epoch_visits_every_item(make_run: Make) -> None:
    run, seen = make_run(n=5, epochs=3, batch_size=2), []

    def loss(items: list[Item]) -> Any:
        seen.append(len(items))
        return run.model.loss(items)

    run.minimise(loss, run.train)
    assert len(seen) == 9
    assert sum(seen) == 15
    told = [(entry["epoch"], entry["steps"]) for entry in run.state.history]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert all(0 <= entry["macro-f1"] <= 1 for entry in run.state.history)


def test_training_brings_the_loss_down(make_run: Make) -> None:
    run = make_run(epochs=30, learning_rate=0.1, patience=0)
    items = [Item([1], [1.0])] * 4
    run.minimise(run.model.loss, items)
    losses = [entry["loss"] for entry in run.state.history]
    assert losses[0] == pytest.approx(np.log(2))
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1


def test_the_loss_of_an_epoch_is_the_mean_of_its_batches(make_run: Make) -> None:
    run = make_run(n=4, epochs=1, batch_size=2)
    values = iter([1.0, 4.0])
    run.minimise(lambda items: run.model.logit * 0 + next(values), run.train)
    assert run.state.history[0]["loss"] == 2.5


def test_a_step_learns_from_as_many_batches_as_are_accumulated(
    make_run: Make, memory: Make
) -> None:
    heard = memory()
    run = make_run(n=5, epochs=2, batch_size=2, accumulate=2, reporter=heard)
    rates = []

    def loss(items: list[Item]) -> Any:
        rates.append(run.progress)
        return run.model.loss(items)

    run.minimise(loss, run.train)
    # Three batches an epoch: a step of two, and a step of what is left.
    assert rates == [0, 0, 0.25, 0.5, 0.5, 0.75]
    assert heard.advanced == [0, 2, 1, 0, 2, 1]


def test_the_model_trains_while_it_learns_and_not_while_it_is_scored(make_run: Make) -> None:
    run, modes = make_run(epochs=2), []

    def loss(items: list[Item]) -> Any:
        modes.append(run.model.training)
        return run.model.loss(items)

    run.minimise(loss, run.train)
    assert modes == [True, True]
    run.dev_probabilities()
    assert not run.model.training


def test_the_best_epoch_is_kept_and_the_training_stops_when_none_is_better(
    make_run: Make, memory: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = memory()
    run = make_run(epochs=20, patience=3, reporter=heard, learning_rate=0.1)
    script(monkeypatch, run, BAD, MIDDLING, BAD, MIDDLING, BAD)
    kept = []

    def loss(items: list[Item]) -> Any:
        kept.append(run.model.logit.item())
        return run.model.logit

    run.minimise(loss, run.train)
    assert [entry["jaccard"] for entry in run.state.history] == [0.5, 0.75, 0.5, 0.75, 0.5]
    # What the third epoch, of one step, began with.
    assert run.model.logit.item() == kept[2]
    assert heard.said[1] == "epoch 2/20: loss -0.1000, dev jaccard 0.7500 (0 s)"


def test_a_patience_of_0_never_stops(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(epochs=4, patience=0)
    script(monkeypatch, run, GOOD, BAD, BAD, BAD)
    run.minimise(run.model.loss, run.train)
    assert len(run.state.history) == 4


def test_a_lower_loss_is_a_better_one(make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(epochs=3, metric="hamming-loss")
    script(monkeypatch, run, MIDDLING, GOOD, MIDDLING)
    values = []

    def loss(items: list[Item]) -> Any:
        values.append(run.model.logit.item())
        return run.model.logit

    run.minimise(loss, run.train)
    assert [entry["hamming-loss"] for entry in run.state.history] == [0.25, 0.0, 0.25]
    assert run.model.logit.item() == values[2]


def test_without_dev_scores_the_last_epoch_is_kept(make_run: Make, memory: Make) -> None:
    heard = memory()
    run = make_run(epochs=9, reporter=heard)
    run.minimise(run.model.loss, run.train, keep_best=False, epochs=2)
    assert heard.said == ["epoch 1/2: loss 0.6931 (0 s)", "epoch 2/2: loss 0.6931 (0 s)"]
    assert "jaccard" not in run.state.history[0]


def test_stages_follow_each_other_with_counters_of_their_own(make_run: Make) -> None:
    run = make_run()
    run.minimise(run.model.loss, run.train, keep_best=False, epochs=2)
    run.minimise(run.model.loss, run.train, epochs=1)
    told = [(entry["stage"], entry["epoch"]) for entry in run.state.history]
    assert told == [(0, 1), (0, 2), (1, 1)]


def test_the_same_seed_gives_the_same_order_and_another_stage_another(make_run: Make) -> None:
    def orders() -> list[list[float]]:
        run, found = make_run(n=40, batch_size=1, epochs=1), []
        for _ in range(2):
            order: list[float] = []

            def loss(items: list[float], order: list[float] = order) -> Any:
                order.extend(items)
                return run.model.logit

            run.minimise(loss, list(range(40)), keep_best=False)
            found.append(order)
        return found

    first, second = orders()
    assert first != second
    assert orders() == [first, second]


def test_dev_may_be_answered_in_another_precision_than_the_steps(make_run: Make) -> None:
    seen: list[tuple[bool, torch.dtype]] = []

    def watched(run: Run) -> None:
        def classify(representation: Tensor) -> Tensor:
            product = torch.ones(1, 1) @ torch.ones(1, 1)
            seen.append((run.model.training, product.dtype))
            return representation * run.model.logit

        run.model.classify = classify
        run.minimise(run.model.loss, run.train)

    watched(make_run(epochs=1, settings=Settings(precision=torch.bfloat16, scoring=torch.float32)))
    watched(make_run(epochs=1, settings=Settings(precision=torch.bfloat16)))
    assert seen == [
        (True, torch.bfloat16),
        (False, torch.float32),
        (True, torch.bfloat16),
        (False, torch.bfloat16),
    ]


def test_a_fixed_threshold_chooses_the_epoch_too(
    make_run: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(epochs=2, thresholds="fixed", threshold=0.15)
    script(monkeypatch, run, GOOD, BAD)
    run.minimise(run.model.loss, run.train)
    # Above 0.15 are 0.9, 0.8 and 0.2, of which the last is wrong; then nothing.
    assert [entry["jaccard"] for entry in run.state.history] == [0.75, 0.5]


def test_a_training_whose_weights_are_no_numbers_is_told(make_run: Make) -> None:
    run = make_run()
    with torch.no_grad():
        run.model.logit.fill_(torch.nan)
    with pytest.raises(EmocliError) as caught:
        run.dev_probabilities()
    assert str(caught.value) == (
        "a dev probability is not a number: the training has diverged; "
        "lower the option learning_rate (now 0.001)."
    )


def test_a_lack_of_memory_is_told_and_the_training_goes_on(make_run: Make, memory: Make) -> None:
    heard = memory()
    run = make_run(n=4, epochs=1, reporter=heard)

    def loss(items: list[Item]) -> Any:
        if len(items) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return run.model.loss(items)

    run.minimise(loss, run.train)
    assert heard.warned == ["out of memory; going on with 2 texts at a time"]
    assert len(run.state.history) == 1


def test_progress_is_told_by_the_batch(make_run: Make, memory: Make) -> None:
    heard = memory()
    run = make_run(n=5, epochs=2, batch_size=2, reporter=heard)
    run.minimise(run.model.loss, run.train)
    assert heard.bars == [("epoch 1/2", 3, "batches"), ("epoch 2/2", 3, "batches")]
    assert sum(heard.advanced) == 6


def test_a_loss_can_ask_how_far_its_stage_has_come(make_run: Make) -> None:
    run = make_run(n=4, batch_size=2, epochs=2)
    asked = [run.progress]

    def loss(items: list[Item]) -> Any:
        asked.append(run.progress)
        return run.model.loss(items)

    run.minimise(loss, run.train)
    run.minimise(loss, run.train, epochs=1)
    assert asked == [0.0, 0.0, 0.25, 0.5, 0.75, 0.0, 0.5]
    assert run.progress == 1.0


def test_within_an_epoch_checkpoints_are_kept_only_so_often(make_run: Make, tmp_path: Path) -> None:
    settings = Settings(checkpoint=tmp_path / "run", checkpoint_seconds=3600)
    run = make_run(n=4, batch_size=1, epochs=1, settings=settings)
    found = []

    def loss(items: list[Item]) -> Any:
        found.append(load_checkpoint(tmp_path / "run", {}))
        return run.model.loss(items)

    run.minimise(loss, run.train)
    assert found == [None] * 4
    kept = load_checkpoint(tmp_path / "run", {})
    assert kept is not None
    assert (kept.state.epoch, kept.state.step) == (1, 0)
