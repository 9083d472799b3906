"""APSP: an adversary that the shared branch misleads, and branches that differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from emocli_datn.losses import difference_loss
from torch.nn import functional as F

from emocli.modelling.batches import Item

Make = Callable[..., Any]
WIDTH = 8  # of one branch


@pytest.mark.parametrize("task", [0, 1])
def test_apsp_is_psp_with_an_adversary_and_a_difference(
    task: int, make_datn: Make, target: list[Item], source: list[Item]
) -> None:
    items = (source, target)[task]
    model, plain = (
        make_datn("apsp", adversarial_weight=0.5, difference_weight=0.25),
        make_datn("psp"),
    )
    plain.load_state_dict(model.state_dict(), strict=False)
    batch = model.batch(items)
    read = model.represent if task else model.represent_source
    shared, private = read(batch).split(WIDTH, dim=-1)
    told = F.cross_entropy(model.discriminator(shared), torch.tensor([task, task]))
    expected = plain.loss(items) + 0.5 * told + 0.25 * difference_loss(shared, private)
    torch.testing.assert_close(model.loss(items), expected)


def test_the_shared_branch_of_apsp_learns_to_mislead_the_discriminator(
    make_datn: Make, source: list[Item]
) -> None:
    model = make_datn("apsp", adversarial_weight=1.0, difference_weight=0.0)
    representation = model.represent_source(model.batch(source)).detach().requires_grad_()
    model._penalties(representation, task=0).backward()
    ascent, learnt = representation.grad, model.discriminator.weight.grad.clone()
    plain = representation.detach().clone().requires_grad_()
    model.zero_grad()
    shared = plain[:, :WIDTH]
    F.cross_entropy(model.discriminator(shared), torch.tensor([0, 0])).backward()
    torch.testing.assert_close(ascent, -plain.grad)
    torch.testing.assert_close(learnt, model.discriminator.weight.grad)
