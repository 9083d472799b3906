"""How much a model computes, and how much this machine can."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from emocli.inference.scoring import LEAST_TOKENS, batches_by_length
from emocli.modelling.batches import Item
from emocli.modelling.model import Model
from emocli.modelling.processor import onednn_multiplies
from emocli.modelling.products import OneDNNProduct

SIZE = 2048
TRIES = 8
_GATES = 4


def matrix_peak(precision: torch.dtype, device: torch.device) -> float:
    """Operations a second of a large matrix product, the best of a few and of the libraries."""
    one, other = (torch.randn(SIZE, SIZE, device=device).to(precision) for _ in range(2))
    best = float("inf")
    for multiply in _ways_to_multiply(one, other) * TRIES:
        _wait(device)
        began = time.perf_counter()
        multiply()
        _wait(device)
        best = min(best, time.perf_counter() - began)
    return 2 * SIZE**3 / best


def _ways_to_multiply(one: Tensor, other: Tensor) -> list[Callable[[], Tensor]]:
    if one.dtype == torch.int8:
        return [partial(torch._int_mm, one, other)]
    by_torch = partial(torch.mm, one, other)
    if one.device.type == "cpu" and onednn_multiplies(one.dtype):
        return [by_torch, partial(OneDNNProduct.of(other, other[0], None), one)]
    return [by_torch]


def operations(model: Model, items: Sequence[Item]) -> int:
    """Floating-point operations of the matrix products that answering these texts takes."""
    known: dict[Any, Callable[..., int]] = {}
    if onednn_multiplies(torch.float32):
        known[torch.ops.mkldnn._linear_pointwise] = _of_linear
    counter = FlopCounterMode(display=False, custom_mapping=known)
    with _counting_recurrent(model) as recurrent, counter, torch.inference_mode():
        for rows in batches_by_length([len(item.ids) for item in items], LEAST_TOKENS):
            model(model.batch([items[row] for row in rows]))
    return int(counter.get_total_flops()) + sum(recurrent)


def _of_linear(states: Sequence[int], weight: Sequence[int], *_: object, **__: object) -> int:
    """Of the shapes (n, width in) and (width out, width in)."""
    return 2 * states[0] * weight[0] * weight[1]


@contextmanager
def _counting_recurrent(model: Model) -> Iterator[list[int]]:
    """What goes through LSTMs, which the counter does not see."""
    found: list[int] = []

    def count(layer: nn.Module, arguments: Any, _: Any) -> None:
        assert isinstance(layer, nn.LSTM)
        n_tokens = arguments[0].shape[0] * arguments[0].shape[1]
        inward = layer.input_size + layer.hidden_size
        found.append(2 * n_tokens * _GATES * layer.hidden_size * inward)

    hooks = [
        layer.register_forward_hook(count)
        for layer in model.modules()
        if isinstance(layer, nn.LSTM)
    ]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def _wait(device: torch.device) -> None:
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
