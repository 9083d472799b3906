from __future__ import annotations

import math

import pytest
import torch
from emocli_datn.losses import difference_loss, emotion_loss, reverse_gradient
from torch import Tensor

from emocli.modelling.batches import Batch, Item, collate

# Probabilities 1/13, 3/13 and 9/13.
LOGITS = torch.tensor([0.0, math.log(3), math.log(9)])


def batch(*targets: list[float]) -> Batch:
    return collate([Item([1], target) for target in targets], 0)


def loss(*targets: list[float], output: str = "softmax", exclusive: bool = False) -> float:
    logits = LOGITS.expand(len(targets), 3)
    return emotion_loss(logits, batch(*targets), output, exclusive).item()


def test_the_softmax_loss_is_the_divergence_from_the_normalised_labels() -> None:
    one = -math.log(9 / 13)
    two = 0.5 * (math.log(0.5) - math.log(1 / 13)) + 0.5 * (math.log(0.5) - math.log(9 / 13))
    assert loss([0.0, 0.0, 1.0]) == pytest.approx(one)
    assert loss([1.0, 0.0, 1.0]) == pytest.approx(two)
    assert loss([0.0, 0.0, 1.0], [1.0, 0.0, 1.0]) == pytest.approx((one + two) / 2)


def test_labels_told_with_certainties_are_normalised_too() -> None:
    expected = 0.25 * (math.log(0.25) - math.log(1 / 13)) + 0.75 * (
        math.log(0.75) - math.log(9 / 13)
    )
    assert loss([0.2, 0.0, 0.6]) == pytest.approx(expected, abs=1e-6)


def test_a_perfect_answer_costs_nothing() -> None:
    assert loss([1 / 13, 3 / 13, 9 / 13]) == pytest.approx(0.0, abs=1e-6)


def test_a_text_without_a_label_contributes_nothing() -> None:
    alone = loss([0.0, 1.0, 0.0])
    assert loss([0.0, 1.0, 0.0], [0.0, 0.0, 0.0]) == pytest.approx(alone)
    logits = LOGITS.repeat(2, 1).requires_grad_()
    emotion_loss(logits, batch([0.0, 1.0, 0.0], [0.0, 0.0, 0.0]), "softmax", False).backward()
    assert logits.grad is not None
    assert logits.grad[1].tolist() == [0.0, 0.0, 0.0]
    assert logits.grad[0].abs().min() > 0


def test_texts_without_any_label_cost_nothing() -> None:
    assert loss([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]) == 0.0


def test_the_sigmoid_loss_is_the_mean_cross_entropy_of_every_label() -> None:
    terms = [1 / 2, 3 / 4, 1 / 10]
    expected = -sum(map(math.log, terms)) / 3
    assert loss([1.0, 1.0, 0.0], output="sigmoid") == pytest.approx(expected)


def test_a_text_without_a_label_teaches_a_sigmoid_that_it_has_none() -> None:
    terms = [1 / 2, 1 / 4, 1 / 10]
    expected = -sum(map(math.log, terms)) / 3
    assert loss([0.0, 0.0, 0.0], output="sigmoid") == pytest.approx(expected)


def test_exclusive_labels_have_a_softmax_whatever_is_asked_for() -> None:
    found = loss([0.0, 1.0, 0.0], output="sigmoid", exclusive=True)
    assert found == pytest.approx(-math.log(3 / 13))


def test_the_loss_is_computed_in_full_precision() -> None:
    found = emotion_loss(LOGITS[None].bfloat16(), batch([0.0, 1.0, 0.0]), "softmax", False)
    assert found.dtype == torch.float32


def test_no_targets_are_a_fault() -> None:
    unlabelled = collate([Item([1])], 0)
    with pytest.raises(ValueError, match=r"^a training batch needs targets$"):
        emotion_loss(LOGITS[None], unlabelled, "softmax", False)


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
