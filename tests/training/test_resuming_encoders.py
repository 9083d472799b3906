"""Methods on encoders, interrupted in each of their stages, end where uninterrupted ones do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

Make = Callable[..., Any]

FEW = {"epochs": 2, "source_epochs": 2, "siamese_epochs": 2, "space_epochs": 2}
BATCHES = {"batch_size": 2, "patience": 0, "head_learning_rate": 0.01}


@pytest.fixture(scope="module")
def learn(tiny_encoder: Path) -> Callable[..., Trained]:
    """Train a method with dropout; called with the checkpoint, a reporter and more options."""

    def learning(method: str, checkpoint: Path | None, reporter: Any, **options: Any) -> Trained:
        found = registry().method(method)
        known = {name for name, *_ in found.config_class().described()}
        few = {name: value for name, value in FEW.items() if name in known}
        target = sample_data()
        return train(
            found,
            found.config_class().from_options(
                {"encoder": str(tiny_encoder), **BATCHES, **few, **options}
            ),
            TrainingData(target, target, {role: sample_data(role) for role in found.roles}),
            Settings(seed=3, checkpoint=checkpoint, checkpoint_seconds=0),
            reporter,
        )

    return learning


@pytest.fixture(scope="module")
def uninterrupted(learn: Make, memory: Make) -> Callable[..., tuple[Trained, int]]:
    """How a training ends when nothing comes between, and after how many steps."""
    known: dict[str, tuple[Trained, int]] = {}

    def find(method: str, **options: Any) -> tuple[Trained, int]:
        if method not in known:
            heard = memory()
            known[method] = learn(method, None, heard, **options), heard.steps
        return known[method]

    return find


# Of 8 texts with 10 labels, 4 source texts: 4, 2 and 5 steps an epoch and 2 epochs a stage.
@pytest.mark.parametrize(
    ("method", "step"),
    [
        ("auxiliary", 3),
        ("auxiliary", 7),
        ("parameter-transfer", 3),
        ("parameter-transfer", 10),
        ("multitask", 6),
        ("common-space", 6),
        ("common-space", 11),
        ("common-space", 15),
        ("common-space", 21),
        ("common-space", 28),
        ("common-space-3.2", 17),
        ("common-space-3.2", 26),
        ("common-space-3.2", 36),
    ],
)
def test_a_stage_interrupted_within_an_epoch_ends_like_any_other(
    method: str,
    step: int,
    learn: Make,
    uninterrupted: Make,
    the_same: Make,
    memory: Make,
    tmp_path: Path,
) -> None:
    with pytest.raises(KeyboardInterrupt):
        learn(method, tmp_path / "run", memory(interrupt_step=step))
    heard = memory()
    resumed = learn(method, tmp_path / "run", heard)
    whole, n_steps = uninterrupted(method)
    assert the_same(resumed, whole)
    # The step at whose end Ctrl-C came had not been kept yet.
    assert heard.steps == n_steps - (step - 1)


@pytest.mark.parametrize(
    ("method", "saying", "left"),
    [
        ("parameter-transfer", "stage 1, sentiment, epoch 2/2", 8),
        ("common-space", "stage 1, emotion encoder, epoch 2/2", 22),
        ("common-space", "stage 2, sentiment encoder, epoch 2/2", 18),
        ("common-space", "stage 3, Siamese network, epoch 2/2", 8),
        ("common-space", "stage 4, common space, epoch 2/2", 0),
    ],
)
def test_a_stage_interrupted_at_its_end_ends_like_any_other(
    method: str,
    saying: str,
    left: int,
    learn: Make,
    uninterrupted: Make,
    the_same: Make,
    memory: Make,
    tmp_path: Path,
) -> None:
    with pytest.raises(KeyboardInterrupt):
        learn(method, tmp_path / "run", memory(interrupt_saying=saying))
    heard = memory()
    assert the_same(learn(method, tmp_path / "run", heard), uninterrupted(method)[0])
    assert heard.steps == left


@pytest.mark.parametrize("step", [2, 7])
def test_a_training_on_a_frozen_encoder_goes_on_without_it(
    step: int, learn: Make, uninterrupted: Make, the_same: Make, memory: Make, tmp_path: Path
) -> None:
    """The resumed training once handed the encoder's parameters to the optimiser."""
    with pytest.raises(KeyboardInterrupt):
        learn("bert", tmp_path / "run", memory(interrupt_step=step), frozen=True)
    resumed = learn("bert", tmp_path / "run", memory(), frozen=True)
    assert the_same(resumed, uninterrupted("bert", frozen=True)[0])
