"""A bidirectional LSTM over padded texts."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class BidirectionalLSTM(nn.Module):
    """One layer of two LSTMs (Hochreiter and Schmidhuber 1997), one from each end of a text.

    Each direction reads a text from its own end, the padding last, so that padding changes no
    state of a real token; that is quicker than packed sequences.
    """

    def __init__(self, input_width: int, hidden_width: int) -> None:
        """Build both directions, each `hidden_width` wide."""
        super().__init__()
        self.forwards = nn.LSTM(input_width, hidden_width, batch_first=True)
        self.backwards = nn.LSTM(input_width, hidden_width, batch_first=True)
        self.width = 2 * hidden_width

    def forward(self, words: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """States of all tokens, (batch, length, width), and each direction's last, (batch, width).

        What stands at padding means nothing.

        Args:
            words: (batch, length, input_width).
            lengths: (batch,) int64, at least 1, in tokens.
        """
        last = (lengths - 1).to(words.device)[:, None]  # (batch, 1)
        turned = (last - torch.arange(words.shape[1], device=words.device)).clamp(min=0)
        forwards, _ = self.forwards(words)
        backwards, _ = self.backwards(_rows(words, turned))
        summary = torch.cat([_rows(forwards, last), _rows(backwards, last)], dim=-1)[:, 0]
        return torch.cat([forwards, _rows(backwards, turned)], dim=-1), summary


def _rows(values: Tensor, positions: Tensor) -> Tensor:
    """values[:, positions] row by row: (batch, n, width) of (batch, length, width)."""
    n_rows, length, width = values.shape
    starts = torch.arange(0, n_rows * length, length, device=values.device)[:, None]  # (batch, 1)
    # A lookup copies whole rows; `gather` would look at each of their numbers.
    return F.embedding(positions + starts, values.reshape(-1, width))
