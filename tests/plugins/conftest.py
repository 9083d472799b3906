"""Small models of the DATN family, texts for them, bases, and trainings that are watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from emocli.modelling.batches import Item
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.reporting import SILENT, Reporter
from emocli.testing import sample_data
from emocli.training.checkpoints import weights
from emocli.training.run import Run
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

EMOTIONS = Labels(("anger", "joy", "sadness"))
SENTIMENT = Labels(("negative", "positive"), exclusive=True)
WORDS = WordTokenizer([("happy", -1.0), ("sad", -1.0), ("today", -1.0), ("so", -1.0)])
FIRST = len(WORDS.vocabulary) - 4


@pytest.fixture(scope="session")
def target() -> list[Item]:
    """Two labelled texts, of two words and of one."""
    return [Item([FIRST, FIRST + 2], [0.0, 1.0, 0.0]), Item([FIRST + 3], [1.0, 0.0, 1.0])]


@pytest.fixture(scope="session")
def source() -> list[Item]:
    """Two texts of the sentiment task, of one word and of three."""
    return [
        Item([FIRST + 1], [1.0, 0.0], "source"),
        Item([FIRST + 3, FIRST, FIRST + 2], [0.0, 1.0], "source"),
    ]


@pytest.fixture(scope="session")
def make_datn() -> Callable[..., Any]:
    """Make a small model of a method, the same at every call, without dropout.

    Called with the method's name, more of its options, and the labels. Branches are `hidden_width`
    4 wide in each direction.
    """

    def make(name: str, labels: Labels = EMOTIONS, **options: Any) -> Any:
        method = registry().method(name)
        small = {"embedding_width": 8, "hidden_width": 4, "attention_width": 4, "head_width": 4}
        config = method.config_class().from_options({**small, "dropout": 0.0, **options})
        roles = dict.fromkeys(method.roles, SENTIMENT)
        torch.manual_seed(5)
        model = method.model_class()(config, labels, WORDS, **roles)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(3)  # as they come, all attention is nearly even
        return model

    return make


@pytest.fixture(scope="session")
def make_base(tiny_encoder: Path) -> Callable[..., Trained]:
    """A method trained for a few epochs on a small encoder, once; it must not be changed.

    Called with the method's name and options.
    """

    @cache
    def make(name: str = "bert", **options: Any) -> Trained:
        method, data = registry().method(name), sample_data()
        learning = {"epochs": 30, "batch_size": 4, "patience": 0, "dropout": 0.0}
        rates = {"learning_rate": 2e-3, "head_learning_rate": 1e-2}
        chosen = {"encoder": str(tiny_encoder), **learning, **rates, **options}
        config = method.config_class().from_options(chosen)
        return train(method, config, TrainingData(data, data), Settings(seed=4))

    return make


@pytest.fixture(scope="session")
def mix(make_base: Callable[..., Trained]) -> Callable[..., Trained]:
    """Embedding mixing around a base, the fine-tuned `bert` if none is given.

    Called with the base, the data, the seed, and options.
    """

    def training(
        base: Trained | None = None,
        data: TrainingData | None = None,
        seed: int = 0,
        **options: Any,
    ) -> Trained:
        method = registry().method("embedding-mixing")
        upon = data or TrainingData(sample_data(), sample_data())
        upon = replace(upon, bases=[base or make_base()])
        config = method.config_class().from_options(options)
        return train(method, config, upon, Settings(seed=seed))

    return training


@pytest.fixture
def watch(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Train a method on a small encoder, and see which parts of the model each stage changes.

    Called with the method's name, a reporter, whether labels exclude one another, bases, and
    options; gives the trained model, and a stage's name and the changed parts for each.
    """
    minimise = Run.minimise
    stages: list[tuple[str, set[str]]] = []

    def watched(run: Run, *arguments: Any, name: str = "", **options: Any) -> None:
        before = weights(run.model)
        minimise(run, *arguments, name=name, **options)
        after = weights(run.model)
        changed = [key for key in after if not torch.equal(before[key], after[key])]
        stages.append((name, {_part(key) for key in changed}))

    def training(
        name: str,
        reporter: Reporter = SILENT,
        *bases: Trained,
        exclusive: bool = False,
        **options: Any,
    ) -> tuple[Trained, list[tuple[str, set[str]]]]:
        stages.clear()
        method, target = registry().method(name), sample_data(exclusive=exclusive)
        roles = {role: sample_data(role) for role in method.roles}
        data = TrainingData(target, target, roles, bases)
        chosen = {"encoder": str(tiny_encoder), "epochs": 2, "batch_size": 4, **options}
        config = method.config_class().from_options(chosen)
        return train(method, config, data, Settings(seed=3), reporter), list(stages)

    monkeypatch.setattr(Run, "minimise", watched)
    return training


def _part(key: str) -> str:
    """`emotion.encoder` of `emotion.encoder.layer.0…`, `head` of `head.weight`."""
    first, second, *_ = key.split(".")
    return f"{first}.{second}" if first in ("emotion", "sentiment") else first
