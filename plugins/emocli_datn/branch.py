"""An attentive BiLSTM: the building block of every method of the family.

Source: Yu et al. 2018, Improving Multi-label Emotion Classification via Sentiment Classification
with Dual Attention Transfer Network (datn), section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from emocli.modelling.batches import Batch
from emocli.modelling.recurrent import BidirectionalLSTM


@dataclass(frozen=True)
class States:
    """What a BiLSTM says of a batch.

    Attributes:
        hidden: (batch, length, 2 * hidden_width), h_j of the paper.
        summary: (batch, 2 * hidden_width), z of the paper.
    """

    hidden: Tensor
    summary: Tensor


class Branch(BidirectionalLSTM):
    """BiLSTM and attention over its states (datn equations 1 and 2)."""

    def __init__(
        self, input_width: int, hidden_width: int, attention_width: int, *, sees_other: bool = False
    ) -> None:
        """Build the branch; `sees_other`: another branch's attention enters its own (eq. 2)."""
        super().__init__(input_width, hidden_width)
        self.from_hidden = nn.Linear(self.width, attention_width)
        self.from_summary = nn.Linear(self.width, attention_width, bias=False)
        self.from_other = nn.Linear(1, attention_width, bias=False) if sees_other else None
        self.to_score = nn.Linear(attention_width, 1, bias=False)

    def states(self, words: Tensor, batch: Batch) -> States:
        """Hidden states of word vectors (batch, length, input_width).

        The paper's summary z is the last hidden state; here it is the last state of each
        direction, so that the backward half has read the whole text too.
        """
        return States(*self(words, batch.lengths))

    def attention(self, states: States, mask: Tensor, other: Tensor | None = None) -> Tensor:
        """Attention weights, (batch, length), 0 at padding, adding up to 1 (equation 1).

        Args:
            other: attention of the other branch, (batch, length), for equation 2.
        """
        # Products with a width of 1 are written out: oneDNN would keep a program for each size.
        inner = self.from_hidden(states.hidden) + self.from_summary(states.summary)[:, None]
        if self.from_other is not None and other is not None:
            inner = inner + other[..., None].to(inner) * self.from_other.weight[:, 0].to(inner)
        scores = (torch.tanh(inner) * self.to_score.weight[0].to(inner)).sum(-1).float()
        return scores.masked_fill(~mask, -torch.inf).softmax(-1)

    @staticmethod
    def pool(states: States, attention: Tensor) -> Tensor:
        """Sentence representation H, (batch, 2 * hidden_width)."""
        return (attention[..., None].to(states.hidden.dtype) * states.hidden).sum(1)
