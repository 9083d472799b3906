"""Every installed method keeps the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emocli.plugins import registry
from emocli.testing import Candidate, check_candidate

LEARNING = {"dropout": 0.0, "epochs": 40, "patience": 0, "batch_size": 4}
SMALL: dict[str, dict[str, Any]] = {
    "datn": {
        **LEARNING,
        "embedding_width": 24,
        "hidden_width": 16,
        "attention_width": 8,
        "head_width": 16,
        "min_count": 1,
        "learning_rate": 0.02,
    },
    "transformer": {**LEARNING, "learning_rate": 2e-3, "head_learning_rate": 1e-2},
}
METHODS = [(plugin.name, method.name) for plugin in registry().plugins for method in plugin.methods]
# What methods upon trained models are built upon here: plugin and method of each.
BASES = {"ensemble": [("datn", "bilstm"), ("transformer", "bert")]}


def small(plugin: str, name: str, encoder: Path) -> Candidate:
    """A method with options that let it learn a handful of sentences in seconds."""
    method = registry().methods[name]
    options = dict(SMALL.get(plugin, {}))
    if any(option == "encoder" for option, *_ in method.config.described()):
        options["encoder"] = str(encoder)
    return Candidate.of(method, options, *(small(*base, encoder) for base in BASES.get(name, [])))


@pytest.mark.parametrize(("plugin", "name"), METHODS)
def test_a_method_keeps_the_contract(plugin: str, name: str, tiny_encoder: Path) -> None:
    check_candidate(small(plugin, name, tiny_encoder))
