"""A home of its own for every test, and small models that need no training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the user's models, data sets and runs."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EMOCLI_HOME", str(folder))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make the folder of a small seeded bilstm, never trained.

    Called with the folder's name, the labels, whether these exclude one another, and more options
    of the method.
    """

    def make(
        name: str, labels: tuple[str, ...], exclusive: bool = False, **options: object
    ) -> Path:
        import numpy as np
        import torch

        from emocli.modelling.labels import Labels
        from emocli.modelling.tokenizer import WordTokenizer
        from emocli.modelling.trained import Trained
        from emocli.models import save
        from emocli.plugins import registry

        method = registry().method("bilstm")
        chosen = {
            "embedding_width": 8,
            "hidden_width": 4,
            "attention_width": 4,
            "head_width": 4,
            "output": "sigmoid",
            **options,
        }
        config = method.config.from_options(chosen)
        words = ("happy", "sad", "angry", "so", "today", "i", "am", "!", "😀")
        tokenizer = WordTokenizer([(word, -2.0) for word in (*words, *"abcdefghjklmnopqrstuvwxyz")])
        torch.manual_seed(7)
        model = method.model_class()(config, Labels(labels, exclusive), tokenizer)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(4)  # as they come, they make every text much the same
        about = {"config": chosen, "parameters": sum(p.numel() for p in model.parameters())}
        folder = tmp_path_factory.mktemp("models") / name
        save(Trained("bilstm", model, np.full(len(labels), 0.5), about), folder)
        return folder

    return make


@pytest.fixture(scope="session")
def tiny_model(make_model: Callable[..., Path]) -> Path:
    """The folder of a small model with the labels anger, joy and sadness."""
    return make_model("tiny", ("anger", "joy", "sadness"))


@pytest.fixture(scope="session")
def exclusive_model(make_model: Callable[..., Path]) -> Path:
    """The folder of a small model whose labels exclude one another: negative and positive."""
    return make_model("exclusive", ("negative", "positive"), exclusive=True)
