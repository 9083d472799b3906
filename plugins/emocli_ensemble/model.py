"""The mean of several models' probabilities (Dietterich 2000).

Members may be of any method: each reads a text by its own tokenizer. There is nothing to learn but
the thresholds, which are fitted on dev to the mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from emocli.methods import Config
from emocli.modelling.batches import Batch, Item
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
        """The mean probabilities of the members that read a row, (batch, n_labels)."""
        total = torch.zeros(len(batch.ids), len(self.labels), device=batch.ids.device)
        n_members = torch.zeros(len(batch.ids), 1, device=batch.ids.device)
        for base, rows, part in self.parts(batch):
            total[rows] += base.model.probabilities(base.model(part).float())
            n_members[rows] += 1
        return total / n_members

    def classify(self, representation: Tensor) -> Tensor:
        """The logits of which the probabilities are these, (batch, n_labels)."""
        if self.labels.exclusive:
            return representation.clamp(min=_LEAST).log()
        return representation.clamp(_LEAST, 1 - _LEAST).logit()

    def fit(self, run: Run) -> None:
        """Nothing: the members are trained, and thresholds are fitted after every training."""

    def parts(self, batch: Batch) -> Iterator[tuple[Trained, Tensor, Batch]]:
        """Each member that reads any rows, with these, (n,), and the batch as it reads them."""
        read = [self.tokenizer.split(row) for row in batch.ids.tolist()]
        device = batch.ids.device
        columns = zip(*read, strict=True)
        for base, column in zip(self.bases, columns, strict=True):
            rows = [row for row, ids in enumerate(column) if ids]
            if rows:
                part = base.model.batch([Item(column[row]) for row in rows])
                yield base, torch.tensor(rows, device=device), part
