"""How much a model computes, and how much this machine can."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from emocli.inference.scoring import LEAST_TOKENS, score
from emocli.modelling.batches import Item
from emocli.modelling.model import Model

SIZE = 2048
TRIES = 8
_GATES = 4


def matrix_peak(precision: torch.dtype, device: torch.device) -> float:
    """Operations a second of a large matrix product, the best of a few."""
    one, other = (torch.randn(SIZE, SIZE, device=device).to(precision) for _ in range(2))
    multiply = torch._int_mm if precision == torch.int8 else torch.mm
    best = float("inf")
    for _ in range(TRIES):
        _wait(device)
        began = time.perf_counter()
        multiply(one, other)
        _wait(device)
        best = min(best, time.perf_counter() - began)
    return 2 * SIZE**3 / best


def operations(model: Model, items: Sequence[Item]) -> int:
    """Floating-point operations of the matrix products that answering these texts takes."""
    counter = FlopCounterMode(display=False)
    with _counting_recurrent(model) as recurrent, counter:
        score(model, items, LEAST_TOKENS, torch.float32)  # in this thread, the only one counted
    return int(counter.get_total_flops()) + sum(recurrent)


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
