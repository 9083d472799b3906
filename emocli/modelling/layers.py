"""Layers that several methods are built of."""

from __future__ import annotations

from collections.abc import MutableMapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.weak import WeakIdKeyDictionary

_GRADIENTS: MutableMapping[Tensor, Tensor] = WeakIdKeyDictionary()


def feed_forward(width: int, hidden_width: int, n_outputs: int, dropout: float) -> nn.Sequential:
    """A hidden layer with tanh, dropout and an output layer."""
    return nn.Sequential(
        nn.Linear(width, hidden_width),
        nn.Tanh(),
        nn.Dropout(dropout),
        nn.Linear(hidden_width, n_outputs),
    )


def looked_up(table: Tensor, rows: Tensor, padding: int | None = None) -> Tensor:
    """The rows of a table, (..., width); 0 is the gradient of row `padding`.

    On a CPU the memory of the table's gradient is used again in each step: made anew, as for BERT's
    30,522 pieces, it would begin with as many page faults.
    """
    learns = table.requires_grad and table.is_leaf and torch.is_grad_enabled()
    by_rows = learns and table.device.type == "cpu"
    if by_rows and table not in _GRADIENTS:
        _GRADIENTS[table] = torch.empty_like(table, requires_grad=False)
        table.register_post_accumulate_grad_hook(_make_whole)  # type: ignore[no-untyped-call]
    return F.embedding(rows, table, padding, sparse=by_rows)


def _make_whole(table: Tensor) -> None:
    """Put a gradient that names rows into one as large as the table."""
    found = table.grad
    if found is not None and found.is_sparse:
        whole = _GRADIENTS[table].zero_()
        table.grad = whole.index_add_(0, found._indices()[0], found._values())
