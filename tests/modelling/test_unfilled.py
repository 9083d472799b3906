"""Layers that are built without drawing weights."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from emocli import models
from emocli.modelling.unfilled import Unfilled


def test_inside_no_random_numbers_are_drawn() -> None:
    before = torch.get_rng_state()
    with Unfilled():
        layers = nn.Sequential(nn.Embedding(9, 4, padding_idx=0), nn.Linear(4, 3), nn.LayerNorm(3))
        lstm = nn.LSTM(4, 3)
    assert torch.equal(torch.get_rng_state(), before)
    assert [tuple(p.shape) for p in layers.parameters()] == [(9, 4), (3, 4), (3,), (3,), (3,)]
    assert lstm.weight_ih_l0.requires_grad


def test_outside_they_are() -> None:
    before = torch.get_rng_state()
    with Unfilled():
        pass
    nn.Linear(4, 3)
    assert not torch.equal(torch.get_rng_state(), before)


def test_loading_a_model_draws_none_and_leaves_nothing_unfilled(tiny_model: Path) -> None:
    before = torch.get_rng_state()
    first, second = (models.load(str(tiny_model)).model.state_dict() for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], second[name]) for name in first)
