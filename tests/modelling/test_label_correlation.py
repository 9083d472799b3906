"""SpanEmo's label-correlation loss, by hand and pair by pair."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from emocli.modelling.label_correlation import correlation_loss


def correlation_by_pairs(probabilities: Tensor, gold: Tensor) -> float:
    """SpanEmo's loss as its equation reads: every absent label beside every present one."""
    rows = []
    for p, y in zip(probabilities.tolist(), gold.tolist(), strict=True):
        pairs = [(a, b) for a in range(len(y)) for b in range(len(y)) if y[a] == 0 and y[b] == 1]
        terms = [math.exp(p[absent] - p[present]) for absent, present in pairs]
        rows.append(sum(terms) / len(terms) if terms else 0.0)
    return sum(rows) / len(rows)


def test_correlation_is_the_mean_exponential_of_absent_less_present() -> None:
    probabilities = torch.tensor([[0.9, 0.2, 0.4]])
    # Present: the first; absent: the others.
    expected = (math.exp(0.2 - 0.9) + math.exp(0.4 - 0.9)) / 2
    found = correlation_loss(probabilities, torch.tensor([[1.0, 0.0, 0.0]]))
    assert float(found) == pytest.approx(expected)


def test_correlation_is_that_of_the_pairs_one_by_one() -> None:
    torch.manual_seed(4)
    probabilities = torch.rand(20, 5)
    gold = (torch.rand(20, 5) > 0.6).float()
    assert (gold.sum(-1) == 0).any()
    expected = correlation_by_pairs(probabilities, gold)
    assert float(correlation_loss(probabilities, gold)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_text_with_all_labels_or_none_has_no_correlation_to_learn(value: float) -> None:
    probabilities = torch.rand(2, 3, requires_grad=True)
    loss = correlation_loss(probabilities, torch.full((2, 3), value))
    loss.backward()
    assert loss.item() == 0
    assert probabilities.grad is not None and not probabilities.grad.any()
