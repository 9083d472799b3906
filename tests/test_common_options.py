"""Presets: what each paper says of its training."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import pytest

from emocli.common_options import EncoderConfig
from emocli.errors import UsageError
from emocli.plugins import registry

PAPERS: dict[str, dict[str, Any]] = {
    "bert-family": {
        "batch_size": 16,
        "epochs": 10,
        "learning_rate": 4e-5,
        "head_learning_rate": 4e-5,
        "schedule": "linear",
        "warmup": 0.0,
        "weight_decay": 0.0,
        "clip_norm": 0.0,
        "patience": 0,
        "dropout": 0.1,
        "max_length": 512,
        "pooling": "first",
        "tweets": False,
    },
    "fine-grained": {
        "batch_size": 16,
        "epochs": 10,
        "learning_rate": 5e-5,
        "head_learning_rate": 5e-5,
        "schedule": "constant",
        "warmup": 0.0,
        "weight_decay": 0.01,
        "patience": 0,
        "max_length": 50,
        "thresholds": "fixed",
        "threshold": 0.3,
        "pooling": "first",
        "tweets": False,
    },
    "bert-variants": {
        "batch_size": 32,
        "epochs": 20,
        "learning_rate": 2e-5,
        "head_learning_rate": 1e-4,
        "schedule": "constant",
        "warmup": 0.0,
        "weight_decay": 0.0,
        "dropout": 0.1,
        "patience": 4,
        "thresholds": "fixed",
        "threshold": 0.5,
        "pooling": "first",
        "tweets": True,
    },
}


@pytest.mark.parametrize("preset", PAPERS)
def test_a_preset_is_the_papers_settings_and_leaves_the_rest(preset: str) -> None:
    found = asdict(EncoderConfig.from_options({"preset": preset}))
    assert found == {**asdict(EncoderConfig()), "preset": preset, **PAPERS[preset]}


def test_what_is_said_besides_a_preset_wins_over_it() -> None:
    config = EncoderConfig.from_options({"preset": "fine-grained", "epochs": "4"})
    assert (config.epochs, config.batch_size, config.threshold) == (4, 16, 0.3)


def test_the_choices_of_preset_are_the_presets() -> None:
    for name, method in registry().methods.items():
        config = method.config_class()
        kinds = {option: kind for option, kind, *_ in config.described()}
        if "preset" in kinds:
            assert kinds["preset"] == "|".join(["none", *config.presets]), name
        known = {field.name for field in fields(config)}
        for preset in config.presets.values():
            assert set(preset) <= known, name
            config.from_options(preset)


def test_an_unknown_preset_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError) as error:
        EncoderConfig.from_options({"preset": "bert"})
    assert str(error.value) == (
        "option 'preset' is 'bert', expected one of: none, bert-family, fine-grained, bert-variants"
    )
