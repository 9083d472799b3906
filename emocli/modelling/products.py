"""Products with a layer's weights, in floating point or in whole numbers of 8 bits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from emocli.modelling.processor import adds_int8_in_32_bits, onednn_multiplies

_MOST = 127
_SMALLEST = 1e-12
_in_int8 = ContextVar("in_int8", default=False)


class Product(Protocol):
    """(n, width out) of states (n, width in): a product with weights, and a bias added.

    Then, where `gelu` is not None, the activation of that name (Hendrycks and Gimpel 2016); it
    says how torch's approximates it, `none` or `tanh`.
    """

    def __call__(self, states: Tensor, /) -> Tensor:
        """Multiply and add."""


@dataclass(frozen=True)
class FloatProduct:
    """A linear layer; `weight` is (width out, width in), `bias` (width out,)."""

    weight: Tensor
    bias: Tensor
    gelu: str | None = None

    def __call__(self, states: Tensor) -> Tensor:
        """In the precision of the weights."""
        return _activated(F.linear(states, self.weight, self.bias), self.gelu)


@dataclass(frozen=True)
class OneDNNProduct:
    """A linear layer on a CPU, with its activation in one; without gradient.

    torch gives products in float32 to MKL, which is slower on some processors, and has oneDNN put
    bf16 weights in its own order anew for each product.

    Attributes:
        weight: (width out, width in); of bf16 in oneDNN's order.
        bias: (width out,).
    """

    weight: Tensor
    bias: Tensor
    gelu: str | None = None

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor, gelu: str | None) -> Self:
        """Weights of float32 stay where they are: in another order they would be there twice."""
        if weight.dtype != torch.float32:
            weight = torch.ops.mkldnn._reorder_linear_weight(weight)
        return cls(weight, bias, gelu)

    def __call__(self, states: Tensor) -> Tensor:
        """In the precision of the weights."""
        activation = "none" if self.gelu is None else "gelu"
        found: Tensor = torch.ops.mkldnn._linear_pointwise(
            states, self.weight, self.bias, activation, [], self.gelu
        )
        return found


@dataclass(frozen=True)
class Int8Product:
    """A linear layer whose weights and states are rounded to whole numbers.

    After Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference, section 2. Each text piece has a step of its own, and a
    middle that becomes 0: behind GELU all that is large is positive. Each row of the weights has a
    step of its own; its 0 stays 0.

    Attributes:
        weight: (width in, width out) int8.
        sums: (width out,), of the weights' whole numbers.
        steps: (width out,), what 1 means.
        bias: (width out,).
    """

    weight: Tensor
    sums: Tensor
    steps: Tensor
    bias: Tensor
    gelu: str | None = None

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor, gelu: str | None = None) -> Self:
        """Round the weights of a linear layer, (width out, width in)."""
        largest = _MOST if adds_int8_in_32_bits() else _MOST // 2
        steps = weight.float().abs().amax(-1).clamp(min=_SMALLEST) / largest
        whole = (weight.float() / steps[:, None]).round().t()
        return cls(whole.to(torch.int8), whole.sum(0), steps, bias.float(), gelu)

    def __call__(self, states: Tensor) -> Tensor:
        """Of float32 states, in float32."""
        highest, lowest = states.amax(-1, keepdim=True), states.amin(-1, keepdim=True)
        middle = (highest + lowest) / 2  # (n, 1)
        steps = ((highest - lowest) / 2).clamp(min=_SMALLEST) / _MOST
        whole = torch.addcmul(-middle / steps, states, 1 / steps).round_()
        product = torch._int_mm(whole.to(torch.int8), self.weight) * steps
        product.addcmul_(middle, self.sums)
        return _activated(torch.addcmul(self.bias, product, self.steps, out=product), self.gelu)


def product(
    weight: Tensor, bias: Tensor, precision: torch.dtype | None, gelu: str | None = None
) -> Product:
    """That of a linear layer, to answer in a precision; None: to learn, in that of its weights."""
    if precision is None:
        return FloatProduct(weight, bias, gelu)
    if precision == torch.int8:
        return Int8Product.of(weight, bias, gelu)
    weight, bias = weight.detach().to(precision), bias.detach().to(precision)
    if weight.device.type == "cpu" and onednn_multiplies(precision):
        return OneDNNProduct.of(weight, bias, gelu)
    return FloatProduct(weight, bias, gelu)


def _activated(states: Tensor, gelu: str | None) -> Tensor:
    return states if gelu is None else F.gelu(states, approximate=gelu)


def floating(precision: torch.dtype) -> torch.dtype:
    """What is not multiplied with weights is computed in."""
    return precision if precision.is_floating_point else torch.float32


@contextmanager
def in_int8() -> Iterator[None]:
    """Inside, encoders that can answer in whole numbers do."""
    before = _in_int8.set(True)
    try:
        yield
    finally:
        _in_int8.reset(before)


def precision_inside(states: Tensor) -> torch.dtype:
    """What the products are to be computed in: int8, autocast's type, or that of the states."""
    if _in_int8.get():
        return torch.int8
    kind = states.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else states.dtype
