"""Layers that several methods are built of."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


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

    On a CPU the table's gradient names its rows: as wide as the table, it would have to be made
    anew for each step. `emocli.training.gradients` makes it whole.
    """
    return F.embedding(rows, table, padding, sparse=table.device.type == "cpu")
