"""The two ways to compute what pieces take from one another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from emocli.modelling import attention
from emocli.modelling.attention import attend
from emocli.modelling.batches import Item, collate
from emocli.modelling.packing import Packing

N_HEADS, WIDTH = 3, 12


def packed(lengths: list[int], least_length: int = 0) -> tuple[Tensor, Packing]:
    """Random queries, keys and values, with rows behind them, and where they are."""
    packing = Packing.of(collate([Item([1] * n) for n in lengths], 0, least_length))
    generator = torch.Generator().manual_seed(0)
    inward = torch.randn(sum(lengths), 3 * WIDTH, generator=generator)
    return packing.filled(inward), packing


@given(
    lengths=st.lists(st.integers(1, 19), min_size=1, max_size=9),
    more=st.integers(0, 4),
    columns=st.sampled_from([None, [0]]),
)
@settings(deadline=None, max_examples=60)
def test_both_ways_say_the_same(lengths: list[int], more: int, columns: list[int] | None) -> None:
    inward, packing = packed(lengths, max(lengths) + more)
    rows = None if columns is None else packing.rows(torch.tensor(columns))
    n_rows = sum(lengths) if rows is None else len(rows)
    one = attention._by_lengths(inward, packing, rows, N_HEADS, 0.0)
    other = attention._by_products(inward, packing, rows, N_HEADS)
    assert one.shape == other.shape == (len(inward) if rows is None else n_rows, WIDTH)
    torch.testing.assert_close(other[:n_rows], one[:n_rows], atol=1e-6, rtol=1e-5)


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Callable[[torch.dtype], str]:
    """Which way is taken for two texts, of 3 pieces and of 1."""
    for name in ("_by_lengths", "_by_products"):
        monkeypatch.setattr(attention, name, lambda *_, name=name: name)
    monkeypatch.setattr(attention, "onednn_multiplies", lambda _: True)
    inward, packing = packed([3, 1])
    return lambda dtype: str(attend(inward.to(dtype), packing, None, N_HEADS))


def test_few_short_texts_in_bf16_are_computed_by_products(
    way: Callable[[torch.dtype], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert way(torch.float32) == "_by_lengths"
    assert way(torch.bfloat16) == "_by_products"
    monkeypatch.setattr(attention, "_MOST", 2 * N_HEADS * 3**2)
    assert way(torch.bfloat16) == "_by_products"
    monkeypatch.setattr(attention, "_MOST", 2 * N_HEADS * 3**2 - 1)
    assert way(torch.bfloat16) == "_by_lengths"


def test_without_instructions_for_bf16_attention_is_left_to_torch(
    way: Callable[[torch.dtype], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "onednn_multiplies", lambda _: False)
    assert way(torch.bfloat16) == "_by_lengths"


def test_what_is_no_number_stays_in_its_text() -> None:
    inward, packing = packed([3, 1, 1], 4)
    inward[0] = torch.nan
    found = attend(inward.bfloat16(), packing, None, N_HEADS)
    assert found[:3].isnan().all()
    assert not found[3:5].isnan().any()


def test_each_text_attends_to_itself_alone() -> None:
    inward, packing = packed([4, 2, 4, 1])
    changed = inward.clone()
    changed[:4] += 1  # the first text of the longest
    one, other = (attend(values.bfloat16(), packing, None, N_HEADS) for values in (inward, changed))
    assert not torch.equal(one[:4], other[:4])
    assert torch.equal(one[4:11], other[4:11])
