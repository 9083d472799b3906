"""The losses of the family that are no model's own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


class _ReverseGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return -gradients[0]


def reverse_gradient(values: Tensor) -> Tensor:
    """The same values; the gradient changes its sign on the way back (Ganin et al. 2016)."""
    reversed_values: Tensor = _ReverseGradient.apply(values)  # type: ignore[no-untyped-call]
    return reversed_values


def difference_loss(shared: Tensor, private: Tensor) -> Tensor:
    """Squared Frobenius norm of sharedᵀ private, Liu et al. 2017 equation 15; () without unit.

    Rows (batch, width) are brought to length 1 first and the sum is divided by batch², so that
    the weight means the same at every batch size.
    """
    shared, private = F.normalize(shared.float(), dim=-1), F.normalize(private.float(), dim=-1)
    return (shared.T @ private).square().sum() / len(shared) ** 2
