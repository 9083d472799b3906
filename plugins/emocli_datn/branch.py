"""An attentive BiLSTM: the building block of every method of the family.

Source: Yu et al. 2018, Improving Multi-label Emotion Classification via Sentiment Classification
with Dual Attention Transfer Network (datn), section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from emocli.modelling.batches import Batch


@dataclass(frozen=True)
class States:
    """What a BiLSTM says of a batch.

    Attributes:
        hidden: (batch, length, 2 * hidden_width), h_j of the paper.
        summary: (batch, 2 * hidden_width), z of the paper.
    """

    hidden: Tensor
    summary: Tensor


class Branch(nn.Module):
    """BiLSTM and attention over its states (datn equations 1 and 2)."""

    def __init__(
        self, input_width: int, hidden_width: int, attention_width: int, *, sees_other: bool = False
    ) -> None:
        """Build the branch; `sees_other`: another branch's attention enters its own (eq. 2)."""
        super().__init__()
        self.forwards = nn.LSTM(input_width, hidden_width, batch_first=True)
        self.backwards = nn.LSTM(input_width, hidden_width, batch_first=True)
        self.width = 2 * hidden_width
        self.from_hidden = nn.Linear(self.width, attention_width)
        self.from_summary = nn.Linear(self.width, attention_width, bias=False)
        self.from_other = nn.Linear(1, attention_width, bias=False) if sees_other else None
        self.to_score = nn.Linear(attention_width, 1, bias=False)

    def states(self, words: Tensor, batch: Batch) -> States:
        """Hidden states of word vectors (batch, length, input_width).

        Each direction reads a text from its own end, the padding last, so that padding changes
        no state of a real token; that is quicker than packed sequences. The paper's summary z is
        the last hidden state; here it is the last state of each direction, so that the backward
        half has read the whole text too.
        """
        last = (batch.lengths - 1).to(words.device)[:, None]  # (batch, 1)
        turned = (last - torch.arange(words.shape[1], device=words.device)).clamp(min=0)
        forwards, _ = self.forwards(words)
        backwards, _ = self.backwards(_rows(words, turned))
        summary = torch.cat([_rows(forwards, last), _rows(backwards, last)], dim=-1)[:, 0]
        return States(torch.cat([forwards, _rows(backwards, turned)], dim=-1), summary)

    def attention(self, states: States, mask: Tensor, other: Tensor | None = None) -> Tensor:
        """Attention weights, (batch, length), 0 at padding, adding up to 1 (equation 1).

        Args:
            other: attention of the other branch, (batch, length), for equation 2.
        """
        inner = self.from_hidden(states.hidden) + self.from_summary(states.summary)[:, None]
        if self.from_other is not None and other is not None:
            inner = inner + self.from_other(other[..., None])
        scores: Tensor = self.to_score(torch.tanh(inner))[..., 0].float()
        return scores.masked_fill(~mask, -torch.inf).softmax(-1)

    @staticmethod
    def pool(states: States, attention: Tensor) -> Tensor:
        """Sentence representation H, (batch, 2 * hidden_width)."""
        return (attention[..., None].to(states.hidden.dtype) * states.hidden).sum(1)


def _rows(values: Tensor, positions: Tensor) -> Tensor:
    """values[:, positions] row by row: (batch, n, width) of (batch, length, width)."""
    return values.gather(1, positions[..., None].expand(-1, -1, values.shape[-1]))
