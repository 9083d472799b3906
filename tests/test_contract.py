"""Every installed method keeps the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from emocli import models
from emocli.inference.prediction import Predictor
from emocli.plugins import registry
from emocli.testing import Candidate, check_candidate, train_candidate
from emocli.training.settings import Settings

LEARNING = {"dropout": 0.0, "epochs": 40, "patience": 0, "batch_size": 4}
SMALL: dict[str, dict[str, Any]] = {
    "auxiliary": {**LEARNING, "learning_rate": 2e-3, "head_learning_rate": 1e-2},
    "cnn": {
        **LEARNING,
        "embedding_width": 24,
        "filters": 16,
        "min_count": 1,
        "learning_rate": 0.01,
    },
    "common_space": {
        **LEARNING,
        "space_dropout": 0.0,
        "learning_rate": 2e-3,
        "head_learning_rate": 1e-2,
    },
    "datn": {
        **LEARNING,
        "embedding_width": 24,
        "hidden_width": 16,
        "attention_width": 8,
        "head_width": 16,
        "min_count": 1,
        "learning_rate": 0.02,
    },
    "label_embedding": {
        **LEARNING,
        "epochs": 60,
        "learning_rate": 5e-3,
        "head_learning_rate": 1e-2,
    },
    "lstm": {
        **LEARNING,
        "embedding_width": 24,
        "hidden_width": 16,
        "min_count": 1,
        "learning_rate": 0.01,
    },
    "transfer": {**LEARNING, "learning_rate": 2e-3, "head_learning_rate": 1e-2},
    "transformer": {**LEARNING, "learning_rate": 2e-3, "head_learning_rate": 1e-2},
}
METHODS = [(plugin.name, method.name) for plugin in registry().plugins for method in plugin.methods]
# What methods upon trained models are built upon here: plugin and method of each.
BASES = {
    "embedding-mixing": [("transformer", "bert")],
    "ensemble": [("datn", "bilstm"), ("transformer", "bert")],
}


def small(plugin: str, name: str, encoders: dict[str, Path]) -> Candidate:
    """A method with options that let it learn a handful of sentences in seconds.

    A method that is called like a kind of encoder is given one of that kind.
    """
    method = registry().methods[name]
    options = dict(SMALL.get(plugin, {}))
    if any(option == "encoder" for option, *_ in method.config_class().described()):
        options["encoder"] = str(encoders.get(name, encoders["bert"]))
    return Candidate.of(method, options, *(small(*base, encoders) for base in BASES.get(name, [])))


@pytest.mark.parametrize(("plugin", "name"), METHODS)
def test_a_method_keeps_the_contract(
    plugin: str, name: str, tiny_encoders: dict[str, Path]
) -> None:
    check_candidate(small(plugin, name, tiny_encoders))


@pytest.mark.gpu
@pytest.mark.parametrize(("plugin", "name"), METHODS)
def test_a_method_learns_on_a_gpu_and_answers_as_on_the_cpu(
    plugin: str, name: str, tiny_encoders: dict[str, Path], gpu: torch.device, tmp_path: Path
) -> None:
    trained = train_candidate(small(plugin, name, tiny_encoders), Settings(seed=1, device=gpu))
    assert trained.about["dev"]["jaccard"] >= 0.9
    models.save(trained, tmp_path / "model")
    texts = ["so happy today", "", "\N{GRINNING FACE}", "i hate it and i cry " * 50]
    there, here = (
        Predictor(models.load(str(tmp_path / "model"), device), long="split").probabilities(texts)
        for device in (gpu, torch.device("cpu"))
    )
    assert there == pytest.approx(here, abs=1e-3)
