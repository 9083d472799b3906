"""A training that is interrupted and gone on with ends where an uninterrupted one does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from emocli.errors import EmocliError
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

Make = Callable[..., Any]

SMALL = {
    "embedding_width": 8,
    "hidden_width": 4,
    "attention_width": 4,
    "head_width": 4,
    "min_count": 1,
    "batch_size": 2,
    "epochs": 3,
    "patience": 0,
    "learning_rate": 0.02,
    "schedule": "linear",
}


def learn(
    method: str, checkpoint: Path | None, reporter: Any, accumulate: int = 1, **settings: Any
) -> Trained:
    """Train a small model with dropout, on the source task alone first if it has one."""
    found = registry().method(method)
    target = sample_data()
    roles = {role: sample_data(role) for role in found.roles}
    options = SMALL | {"accumulate": accumulate} | ({"source_epochs": 2} if found.roles else {})
    return train(
        found,
        found.config_class().from_options(options),
        TrainingData(target, target, roles),
        Settings(seed=3, checkpoint=checkpoint, fingerprint={"method": method}, **settings),
        reporter,
    )


@pytest.fixture(scope="module")
def uninterrupted(memory: Make) -> Callable[[str], tuple[Trained, int]]:
    """How a method's training ends when nothing comes between, and after how many steps."""
    known: dict[str, tuple[Trained, int]] = {}

    def find(method: str) -> tuple[Trained, int]:
        if method not in known:
            heard = memory()
            known[method] = learn(method, None, heard), heard.steps
        return known[method]

    return find


@pytest.mark.parametrize(
    ("method", "saying"),
    [
        ("bilstm", "epoch 2/3"),
        ("bilstm", "epoch 3/3"),
        ("ft", "epoch 2/2"),
        ("ft", "epoch 1/3"),
        ("ft", "epoch 3/3"),
        ("datn2", "epoch 3/3"),
    ],
)
def test_a_training_interrupted_between_epochs_ends_like_any_other(
    method: str, saying: str, uninterrupted: Make, the_same: Make, memory: Make, tmp_path: Path
) -> None:
    first, heard = memory(interrupt_saying=saying), memory()
    with pytest.raises(KeyboardInterrupt):
        learn(method, tmp_path / "run", first)
    resumed = learn(method, tmp_path / "run", heard)
    whole, n_steps = uninterrupted(method)
    assert the_same(resumed, whole)
    # An epoch that was told of has been kept.
    assert first.steps + heard.steps == n_steps


@pytest.mark.parametrize(
    ("method", "step"),
    [("bilstm", 3), ("bilstm", 4), ("bilstm", 7), ("ft", 3), ("ft", 6), ("ft", 14), ("datn2", 19)],
)
def test_a_training_interrupted_within_an_epoch_ends_like_any_other(
    method: str, step: int, uninterrupted: Make, the_same: Make, memory: Make, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        learn(method, tmp_path / "run", memory(interrupt_step=step), checkpoint_seconds=0)
    heard = memory()
    resumed = learn(method, tmp_path / "run", heard, checkpoint_seconds=0)
    whole, n_steps = uninterrupted(method)
    assert the_same(resumed, whole)
    # The step at whose end Ctrl-C came had not been kept yet.
    assert heard.steps == n_steps - (step - 1)


def test_a_training_interrupted_again_and_again_ends_like_any_other(
    uninterrupted: Make, the_same: Make, memory: Make, tmp_path: Path
) -> None:
    for _ in range(4):
        with pytest.raises(KeyboardInterrupt):
            learn("bilstm", tmp_path / "run", memory(interrupt_step=3), checkpoint_seconds=0)
    resumed = learn("bilstm", tmp_path / "run", memory(), checkpoint_seconds=0)
    assert the_same(resumed, uninterrupted("bilstm")[0])


@pytest.mark.parametrize("step", [2, 3, 4])
def test_a_training_whose_steps_take_several_batches_goes_on_between_two_steps(
    step: int, the_same: Make, memory: Make, tmp_path: Path
) -> None:
    whole = learn("ft", None, memory(), accumulate=3)
    with pytest.raises(KeyboardInterrupt):
        heard = memory(interrupt_step=step)
        learn("ft", tmp_path / "run", heard, accumulate=3, checkpoint_seconds=0)
    resumed = learn("ft", tmp_path / "run", memory(), accumulate=3, checkpoint_seconds=0)
    assert the_same(resumed, whole)


def test_a_training_that_was_over_is_not_done_again(
    uninterrupted: Make, the_same: Make, memory: Make, tmp_path: Path
) -> None:
    learn("ft", tmp_path / "run", memory())
    heard = memory()
    assert the_same(learn("ft", tmp_path / "run", heard), uninterrupted("ft")[0])
    assert heard.steps == 0


def test_a_resumed_epoch_shows_the_batches_done_before(memory: Make, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        learn("bilstm", tmp_path / "run", memory(interrupt_step=3), checkpoint_seconds=0)
    heard = memory()
    learn("bilstm", tmp_path / "run", heard, checkpoint_seconds=0)
    assert heard.bars[0] == ("epoch 1/3", 4, "batches")
    assert heard.advanced[:3] == [2, 1, 1]


def test_another_training_is_not_gone_on_with(memory: Make, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    learn("bilstm", folder, memory())
    with pytest.raises(EmocliError) as caught:
        learn("datn2", folder, memory())
    assert str(caught.value) == (
        f"{folder}: the unfinished training there differs in method; "
        "give the same command again, or start anew without --resume."
    )


@pytest.mark.gpu
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("method", ["ft", "datn2"])
def test_a_training_on_a_gpu_goes_on(
    method: str, precision: torch.dtype, gpu: torch.device, memory: Make, tmp_path: Path
) -> None:
    how: dict[str, Any] = {"device": gpu, "precision": precision, "checkpoint_seconds": 0}
    with pytest.raises(KeyboardInterrupt):
        learn(method, tmp_path / "run", memory(interrupt_step=7), **how)
    resumed = learn(method, tmp_path / "run", memory(), **how)
    whole = learn(method, None, memory(), **how)
    found, expected = (
        [entry["loss"] for entry in one.about["history"]] for one in (resumed, whole)
    )
    assert found == pytest.approx(expected, rel=0.1)
