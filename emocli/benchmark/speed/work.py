"""How much a model computes, and how much this machine can."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from emocli.inference.scoring import LEAST_TOKENS, score
from emocli.modelling.batches import Item
from emocli.modelling.model import Model
from emocli.modelling.processor import onednn_multiplies
from emocli.modelling.products import OneDNNProduct

SIZE = 2048
TRIES = 8
_GATES = 4


def matrix_peak(precision: torch.dtype, device: torch.device) -> float:
    """Operations a second of a large matrix product, the best of a few."""
    one, other = (torch.randn(SIZE, SIZE, device=device).to(precision) for _ in range(2))
    best = float("inf")
    for multiply in _ways_to_multiply(precision, device) * TRIES:
        _wait(device)
        began = time.perf_counter()
        multiply(one, other)
        _wait(device)
        best = min(best, time.perf_counter() - began)
    return 2 * SIZE**3 / best


def _ways_to_multiply(
    precision: torch.dtype, device: torch.device
) -> list[Callable[[Tensor, Tensor], Tensor]]:
    if precision == torch.int8:
        return [torch._int_mm]
    if device.type == "cpu" and onednn_multiplies(precision):
        return [torch.mm, lambda one, other: OneDNNProduct(other, other[0])(one)]
    return [torch.mm]


def operations(model: Model, items: Sequence[Item]) -> int:
    """Floating-point operations of the matrix products that answering these texts takes."""
    known: dict[Any, Callable[..., int]] = {}
    if onednn_multiplies(torch.float32):
        known[torch.ops.mkldnn._linear_pointwise] = _of_linear
    counter = FlopCounterMode(display=False, custom_mapping=known)
    with _counting_recurrent(model) as recurrent, counter:
        score(model, items, LEAST_TOKENS, torch.float32)  # in this thread, the only one counted
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
