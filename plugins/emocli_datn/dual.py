"""DATN-1 and DATN-2: the Dual Attention Transfer Network (datn section 2.2.2 and figure 2)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from emocli.modelling.batches import Batch
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli_datn.branch import States
from emocli_datn.config import DualConfig
from emocli_datn.private import SharedPrivate


class Datn1(SharedPrivate):
    """Shared attention first; it enters the target-specific one (equation 2)."""

    config: DualConfig

    def __init__(
        self, config: DualConfig, labels: Labels, tokenizer: WordTokenizer, source: Labels
    ) -> None:
        """Let the second branch see the first one's attention."""
        super().__init__(config, labels, tokenizer, source)
        self.link_branches()

    def link_branches(self) -> None:
        """w_α of equation 2 stands in the target-specific branch."""
        self.target_branch = self.new_branch(sees_other=True)

    def shared_attention(self, words: Tensor, batch: Batch) -> tuple[States, Tensor]:
        """States and α_s, (batch, length), all that a source batch needs."""
        states = self.shared_branch.states(words, batch)
        return states, self.shared_branch.attention(states, batch.mask)

    def both(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """[H_c; H_t] (batch, 4 * hidden_width), α_s and α_t (batch, length)."""
        words = self.words(batch)
        shared, alpha_s = self.shared_attention(words, batch)
        target = self.target_branch.states(words, batch)
        alpha_t = self.target_branch.attention(target, batch.mask, alpha_s)
        return self._concatenate(shared, alpha_s, target, alpha_t), alpha_s, alpha_t

    def _concatenate(
        self, shared: States, alpha_s: Tensor, target: States, alpha_t: Tensor
    ) -> Tensor:
        h_c = self.shared_branch.pool(shared, alpha_s)
        h_t = self.target_branch.pool(target, alpha_t)
        return torch.cat([h_c, h_t], dim=-1)

    def represent(self, batch: Batch) -> Tensor:
        """[H_c; H_t], (batch, 4 * hidden_width)."""
        return self.both(batch)[0]

    def represent_source(self, batch: Batch) -> Tensor:
        """H_c, (batch, 2 * hidden_width)."""
        states, alpha_s = self.shared_attention(self.words(batch), batch)
        return self.shared_branch.pool(states, alpha_s)

    def target_loss(self, batch: Batch) -> Tensor:
        """L + λ cos_sim(α_s, α_t), means over the batch (the objective J of section 2.2.2)."""
        representation, alpha_s, alpha_t = self.both(batch)
        similarity = F.cosine_similarity(alpha_s, alpha_t, dim=-1).mean()
        loss = self.divergence(self.classify(representation), batch)
        return loss + self.config.similarity_weight * similarity

    def attention(self, batch: Batch) -> Tensor:
        """Mean of α_s and α_t, (batch, length)."""
        _, alpha_s, alpha_t = self.both(batch)
        return (alpha_s + alpha_t) / 2


class Datn2(Datn1):
    """Target-specific attention first; it enters the shared one.

    A source batch runs the target-specific branch for its attention weights, yet no gradient
    reaches that branch from it.
    """

    def link_branches(self) -> None:
        """w_α of equation 2 stands in the shared branch."""
        self.shared_branch = self.new_branch(sees_other=True)

    def both(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """[H_c; H_t] (batch, 4 * hidden_width), α_s and α_t (batch, length)."""
        words = self.words(batch)
        target = self.target_branch.states(words, batch)
        alpha_t = self.target_branch.attention(target, batch.mask)
        shared = self.shared_branch.states(words, batch)
        alpha_s = self.shared_branch.attention(shared, batch.mask, alpha_t)
        return self._concatenate(shared, alpha_s, target, alpha_t), alpha_s, alpha_t

    def shared_attention(self, words: Tensor, batch: Batch) -> tuple[States, Tensor]:
        """States and α_s, (batch, length), with α_t taken as given."""
        with torch.no_grad():
            target = self.target_branch.states(words, batch)
            alpha_t = self.target_branch.attention(target, batch.mask)
        states = self.shared_branch.states(words, batch)
        return states, self.shared_branch.attention(states, batch.mask, alpha_t)
