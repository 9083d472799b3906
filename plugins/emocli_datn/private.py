"""SP, PSP and APSP: shared and private branches (datn section 2.2.1 and figures 1.b, 1.c)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emocli.modelling.batches import Batch
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli_datn.bilstm import FullyShared
from emocli_datn.config import AdversarialConfig, TransferConfig
from emocli_datn.losses import difference_loss, reverse_gradient


class SharedPrivate(FullyShared):
    """SP: sentiment reads H_c, emotions read [H_c; H_t] (section 2.2.1)."""

    n_branches_read = 2

    def __init__(
        self, config: TransferConfig, labels: Labels, tokenizer: WordTokenizer, source: Labels
    ) -> None:
        """Add the shared branch."""
        super().__init__(config, labels, tokenizer, source)
        self.shared_branch = self.new_branch()

    def represent(self, batch: Batch) -> Tensor:
        """[H_c; H_t], (batch, 4 * hidden_width)."""
        words = self.words(batch)
        both = (self.shared_branch, self.target_branch)
        return torch.cat([self.read(branch, words, batch) for branch in both], dim=-1)

    def represent_source(self, batch: Batch) -> Tensor:
        """H_c, (batch, 2 * hidden_width)."""
        return self.read(self.shared_branch, self.words(batch), batch)

    def attention(self, batch: Batch) -> Tensor:
        """Mean of the two branches' α, (batch, length)."""
        words = self.words(batch)
        both = (self.shared_branch, self.target_branch)
        return torch.stack(
            [branch.attention(branch.states(words, batch), batch.mask) for branch in both]
        ).mean(0)


class PrivateSharedPrivate(SharedPrivate):
    """PSP: SP with a branch of the source task's own (figure 1.b)."""

    def __init__(
        self, config: TransferConfig, labels: Labels, tokenizer: WordTokenizer, source: Labels
    ) -> None:
        """Add the source branch."""
        super().__init__(config, labels, tokenizer, source)
        self.source_branch = self.new_branch()

    def source_width(self) -> int:
        """H_c and the source branch's H_s."""
        return 2 * self.target_branch.width

    def represent_source(self, batch: Batch) -> Tensor:
        """[H_c; H_s], (batch, 4 * hidden_width)."""
        words = self.words(batch)
        both = (self.shared_branch, self.source_branch)
        return torch.cat([self.read(branch, words, batch) for branch in both], dim=-1)


class AdversarialPrivateSharedPrivate(PrivateSharedPrivate):
    """APSP: PSP whose shared branch hides the task and differs from the private ones.

    Liu et al. 2017, Adversarial Multi-task Learning for Text Classification, sections 4.2, 4.3.
    """

    config: AdversarialConfig

    def __init__(
        self, config: AdversarialConfig, labels: Labels, tokenizer: WordTokenizer, source: Labels
    ) -> None:
        """Add the discriminator that tells the two tasks apart."""
        super().__init__(config, labels, tokenizer, source)
        self.discriminator = nn.Linear(self.shared_branch.width, 2)

    def source_loss(self, batch: Batch) -> Tensor:
        """Sentiment loss and the two penalties, () nats."""
        representation = self.represent_source(batch)
        loss = self.sentiment_loss(representation, batch)
        return loss + self._penalties(representation, task=0)

    def target_loss(self, batch: Batch) -> Tensor:
        """Emotion loss and the two penalties, () nats."""
        representation = self.represent(batch)
        loss = self.divergence(self.classify(representation), batch)
        return loss + self._penalties(representation, task=1)

    def _penalties(self, representation: Tensor, task: int) -> Tensor:
        shared, private = representation.chunk(2, dim=-1)  # (batch, 2 * hidden_width) each
        guesses = self.discriminator(reverse_gradient(shared)).float()
        truth = torch.full((len(guesses),), task, device=guesses.device)
        return self.config.adversarial_weight * F.cross_entropy(guesses, truth) + (
            self.config.difference_weight * difference_loss(shared, private)
        )
