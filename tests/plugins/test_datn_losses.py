from __future__ import annotations

import pytest
import torch
from emocli_datn.losses import difference_loss, reverse_gradient
from torch import Tensor


def test_a_reversed_gradient_changes_its_sign_and_nothing_else() -> None:
    values = torch.tensor([1.0, -2.0], requires_grad=True)
    reversed_values = reverse_gradient(values)
    assert torch.equal(reversed_values, values)
    (reversed_values * torch.tensor([3.0, 5.0])).sum().backward()
    assert values.grad is not None
    assert values.grad.tolist() == [-3.0, -5.0]


def difference(shared: list[list[float]], private: list[list[float]]) -> float:
    return difference_loss(torch.tensor(shared), torch.tensor(private)).item()


def test_what_is_at_right_angles_in_every_text_still_overlaps_over_the_batch() -> None:
    # sharedᵀ private, rows of length 1: [[0, 1], [1, 0]], squares 2; a batch of 2: 2 / 4.
    assert difference([[2.0, 0.0], [0.0, 3.0]], [[0.0, 1.0], [4.0, 0.0]]) == pytest.approx(0.5)


def test_a_branch_that_says_nothing_overlaps_with_none() -> None:
    assert difference([[1.0, 0.0], [2.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]) == 0.0


def test_the_same_branch_twice_costs_most() -> None:
    # Both texts (0.6, 0.8) in both branches: 2 * [[0.36, 0.48], [0.48, 0.64]], squares 4; 4 / 4.
    same = [[3.0, 4.0], [6.0, 8.0]]
    assert difference(same, same) == pytest.approx(1.0)


def test_the_difference_does_not_grow_with_the_batch() -> None:
    text, other = [[3.0, 4.0]], [[1.0, 2.0]]
    assert difference(text * 6, other * 6) == pytest.approx(difference(text, other))


def test_the_difference_has_a_gradient_for_both_branches() -> None:
    shared, private = (torch.rand(3, 4, requires_grad=True) for _ in range(2))
    found: Tensor = difference_loss(shared, private)
    found.backward()
    assert shared.grad is not None
    assert private.grad is not None
    assert shared.grad.abs().sum() > 0
    assert private.grad.abs().sum() > 0
