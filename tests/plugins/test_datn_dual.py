"""DATN-1 and DATN-2: which attention sees which, and the price of being alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from emocli.modelling.batches import Item

DUAL = ("datn1", "datn2")

Make = Callable[..., Any]


def shift(branch: nn.Module) -> None:
    """Change every weight of a branch."""
    with torch.no_grad():
        for parameter in branch.parameters():
            parameter.add_(0.3)


@pytest.mark.parametrize("name", DUAL)
def test_the_second_attention_depends_on_the_first_and_not_the_other_way_round(
    name: str, make_datn: Make, target: list[Item]
) -> None:
    first, second = {
        "datn1": ("shared_branch", "target_branch"),
        "datn2": ("target_branch", "shared_branch"),
    }[name]
    for changed, moved in ((first, {first, second}), (second, {second})):
        model = make_datn(name)
        batch = model.batch(target)
        before = dict(zip(("shared_branch", "target_branch"), model.both(batch)[1:], strict=True))
        shift(getattr(model, changed))
        after = dict(zip(("shared_branch", "target_branch"), model.both(batch)[1:], strict=True))
        assert {part for part in before if not torch.equal(before[part], after[part])} == moved


@pytest.mark.parametrize(
    ("name", "seeing"), [("datn1", "target_branch"), ("datn2", "shared_branch")]
)
def test_only_the_second_branch_has_the_weights_of_equation_2(
    name: str, seeing: str, make_datn: Make
) -> None:
    model = make_datn(name)
    for part in ("shared_branch", "target_branch"):
        assert (getattr(model, part).from_other is not None) == (part == seeing)


@pytest.mark.parametrize("name", DUAL)
def test_without_the_link_of_equation_2_the_branches_are_those_of_sp(
    name: str, make_datn: Make, target: list[Item]
) -> None:
    model, plain = make_datn(name), make_datn("sp")
    for branch in (model.shared_branch, model.target_branch):
        if branch.from_other is not None:
            nn.init.zeros_(branch.from_other.weight)
    plain.load_state_dict(model.state_dict(), strict=False)
    batch = model.batch(target)
    torch.testing.assert_close(model(batch), plain(batch))
    torch.testing.assert_close(model.attention(batch), plain.attention(batch))


@pytest.mark.parametrize("name", DUAL)
@pytest.mark.parametrize("weight", [0.05, 2.0])
def test_alike_attentions_cost_their_cosine_times_lambda(
    name: str, weight: float, make_datn: Make, target: list[Item]
) -> None:
    model, plain = make_datn(name, similarity_weight=weight), make_datn(name, similarity_weight=0)
    batch = model.batch(target)
    _, alpha_s, alpha_t = model.both(batch)
    norms = alpha_s.norm(dim=1) * alpha_t.norm(dim=1)
    cosine = ((alpha_s * alpha_t).sum(1) / norms).mean()
    # The second text is one word long: its attentions are both (1, 0).
    assert 0.5 < cosine < 1
    difference = model.loss(target) - plain.loss(target)
    assert difference.item() == pytest.approx(weight * cosine.item(), rel=1e-4)
