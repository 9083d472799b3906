from __future__ import annotations

import math

import pytest
import torch

from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.losses import distribution_loss

# Probabilities 1/13, 3/13 and 9/13.
LOGITS = torch.tensor([0.0, math.log(3), math.log(9)])


def batch(*targets: list[float]) -> Batch:
    return collate([Item([1], target) for target in targets], 0)


def loss(*targets: list[float]) -> float:
    return distribution_loss(LOGITS.expand(len(targets), 3), batch(*targets)).item()


def test_the_loss_is_the_divergence_from_the_normalised_labels() -> None:
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


def test_a_text_without_a_label_adds_nothing_to_the_sum() -> None:
    alone = loss([0.0, 1.0, 0.0])
    assert loss([0.0, 1.0, 0.0], [0.0, 0.0, 0.0]) == pytest.approx(alone / 2)
    logits = LOGITS.repeat(2, 1).requires_grad_()
    distribution_loss(logits, batch([0.0, 1.0, 0.0], [0.0, 0.0, 0.0])).backward()
    assert logits.grad is not None
    assert logits.grad[1].tolist() == [0.0, 0.0, 0.0]
    assert logits.grad[0].abs().min() > 0


def test_texts_without_any_label_cost_nothing() -> None:
    assert loss([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]) == 0.0


def test_the_gradient_is_that_of_the_categorical_cross_entropy() -> None:
    logits = LOGITS[None].clone().requires_grad_()
    distribution_loss(logits, batch([1.0, 0.0, 1.0])).backward()
    assert logits.grad is not None
    expected = [1 / 13 - 1 / 2, 3 / 13, 9 / 13 - 1 / 2]
    assert logits.grad[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_the_loss_is_computed_in_full_precision() -> None:
    found = distribution_loss(LOGITS[None].bfloat16(), batch([0.0, 1.0, 0.0]))
    assert found.dtype == torch.float32


def test_no_targets_are_a_fault() -> None:
    unlabelled = collate([Item([1])], 0)
    with pytest.raises(ValueError, match=r"^a training batch needs targets$"):
        distribution_loss(LOGITS[None], unlabelled)
