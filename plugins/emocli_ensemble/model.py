"""The mean of several models' probabilities (Dietterich 2000).

Members may be of any method: each reads a text by its own tokenizer. There is nothing to learn but
the thresholds, which are fitted on dev to the mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from emocli.methods import Config
from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.composite import Composite
from emocli.modelling.trained import Trained
from emocli.training.run import Run
from emocli_ensemble.tokenizer import JoinedTokenizer

_LEAST = 1e-7
"""Probabilities are kept this far from 0 and 1, where they have no logit."""


class Ensemble(Composite):
    """Several trained models as one."""

    tokenizer: JoinedTokenizer

    @classmethod
    def make_tokenizer(
        cls, config: Config, texts: Iterable[str], bases: Sequence[Trained] = ()
    ) -> JoinedTokenizer:
        """The members' tokenizers, joined."""
        return JoinedTokenizer([base.model.tokenizer for base in bases])

    def represent(self, batch: Batch) -> Tensor:
        """The members' mean probabilities, (batch, n_labels)."""
        answers = [
            base.model.probabilities(base.model(part).float())
            for base, part in zip(self.bases, self.parts(batch), strict=True)
        ]
        return torch.stack(answers).mean(0)

    def classify(self, representation: Tensor) -> Tensor:
        """The logits of which the probabilities are these, (batch, n_labels)."""
        if self.labels.exclusive:
            return representation.clamp(min=_LEAST).log()
        return representation.clamp(_LEAST, 1 - _LEAST).logit()

    def fit(self, run: Run) -> None:
        """Nothing: the members are trained, and thresholds are fitted after every training."""

    def parts(self, batch: Batch) -> list[Batch]:
        """The batch as each member reads it."""
        rows = [self.tokenizer.split(row) for row in batch.ids.tolist()]
        padding = [part.pad for part in self.tokenizer.parts]
        return [
            collate([Item(ids) for ids in column], pad).to(batch.ids.device)
            for column, pad in zip(zip(*rows, strict=True), padding, strict=True)
        ]
