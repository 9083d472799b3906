"""Products in whole numbers beside those in floating point."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from emocli.modelling import products
from emocli.modelling.processor import has_int8, onednn_multiplies
from emocli.modelling.products import (
    FloatProduct,
    Int8Product,
    OneDNNProduct,
    in_int8,
    precision_inside,
    product,
)

in_whole_numbers = pytest.mark.skipif(
    not has_int8(), reason="products of whole numbers are slow here"
)


def layer(width_in: int, width_out: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(width_out, width_in, generator=generator)
    return weight, torch.randn(width_out, generator=generator)


@in_whole_numbers
@given(
    n_rows=st.integers(1, 9),
    width_in=st.integers(1, 40),
    width_out=st.integers(1, 40),
    scale=st.floats(1e-3, 1e3),
    shift=st.floats(-10, 10),
)
@settings(deadline=None, max_examples=60)
def test_products_of_whole_numbers_are_near(
    n_rows: int, width_in: int, width_out: int, scale: float, shift: float
) -> None:
    weight, bias = layer(width_in, width_out)
    drawn = torch.randn(n_rows, width_in, generator=torch.Generator().manual_seed(2))
    states = (drawn + shift) * scale
    rounded = Int8Product.of(weight, bias)
    # Half a step of each factor, times the other, for each term of the sum.
    spread = states.amax(-1, keepdim=True) - states.amin(-1, keepdim=True)
    size = states.abs().sum(-1, keepdim=True)
    bound = size * rounded.steps / 2
    bound = bound + spread / 254 / 2 * (weight.abs().sum(-1) + width_in * rounded.steps / 2)
    in_float32 = 1e-6 * (size * weight.abs().amax(-1) + bias.abs())
    found, exact = rounded(states), F.linear(states, weight, bias)
    assert ((found - exact).abs() <= bound * 1.01 + in_float32).all()


@in_whole_numbers
def test_rows_without_any_spread_are_exact_but_for_the_weights() -> None:
    weight, bias = torch.tensor([[1.0, -1.0, 0.5]]), torch.tensor([2.0])
    found = product(weight, bias, torch.int8)(torch.tensor([[0.0] * 3, [4.0] * 3]))
    torch.testing.assert_close(found, torch.tensor([[2.0], [4.0]]), atol=0.02, rtol=0)


@in_whole_numbers
def test_no_weight_is_rounded_beyond_what_the_processor_adds_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weight, bias = layer(32, 16)
    for exact_sums, largest in ((True, 127), (False, 63)):
        monkeypatch.setattr(products, "adds_int8_in_32_bits", lambda found=exact_sums: found)
        assert int(Int8Product.of(weight, bias).weight.abs().max()) == largest


def test_the_precision_inside_is_the_innermost() -> None:
    states = torch.zeros(1)
    assert precision_inside(states) == torch.float32
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert precision_inside(states) == torch.bfloat16
    with in_int8():
        assert precision_inside(states) == torch.int8
    assert precision_inside(states) == torch.float32


@pytest.mark.parametrize("gelu", [None, "none", "tanh"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.02)])
def test_products_by_onednn_are_those_of_torch(
    dtype: torch.dtype, tolerance: float, gelu: str | None
) -> None:
    if not onednn_multiplies(dtype):
        pytest.skip("this processor has no products of this precision")
    weight, bias = layer(48, 33)
    states = torch.randn(7, 48, generator=torch.Generator().manual_seed(2)).to(dtype)
    found = product(weight, bias, dtype, gelu)
    assert isinstance(found, OneDNNProduct)
    with torch.inference_mode():
        result = found(states)
    expected = FloatProduct(weight, bias, gelu)(states.float())
    assert result.dtype == dtype
    assert result.shape == (7, 33)
    scale = float(expected.abs().max())
    torch.testing.assert_close(result.float(), expected, atol=tolerance * scale, rtol=0)


def test_float32_weights_are_not_there_twice() -> None:
    weight, bias = layer(8, 4)
    found = product(weight, bias, torch.float32)
    assert isinstance(found, OneDNNProduct | FloatProduct)
    assert found.weight.data_ptr() == weight.data_ptr()


def test_without_onednn_torch_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "onednn_multiplies", lambda _: False)
    weight, bias = layer(8, 4)
    for dtype in (torch.float32, torch.bfloat16):
        found = product(weight, bias, dtype, "tanh")
        assert isinstance(found, FloatProduct)
        assert found.weight.dtype == dtype


@in_whole_numbers
@pytest.mark.parametrize("gelu", ["none", "tanh"])
def test_products_of_whole_numbers_have_their_activation(gelu: str) -> None:
    weight, bias = layer(16, 5)
    states = torch.randn(3, 16, generator=torch.Generator().manual_seed(2))
    plain = product(weight, bias, torch.int8)(states)
    activated = product(weight, bias, torch.int8, gelu)(states)
    torch.testing.assert_close(activated, F.gelu(plain, approximate=gelu))


def test_what_learns_keeps_its_gradient() -> None:
    weight, bias = (values.requires_grad_() for values in layer(8, 4))
    found = product(weight, bias, None, "none")
    assert isinstance(found, FloatProduct)
    found(torch.ones(1, 8)).sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
