"""Layers that several methods are built of."""

from __future__ import annotations

from torch import nn


def feed_forward(width: int, hidden_width: int, n_outputs: int, dropout: float) -> nn.Sequential:
    """A hidden layer with tanh, dropout and an output layer."""
    return nn.Sequential(
        nn.Linear(width, hidden_width),
        nn.Tanh(),
        nn.Dropout(dropout),
        nn.Linear(hidden_width, n_outputs),
    )
