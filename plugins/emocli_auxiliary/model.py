"""Joint training with an auxiliary task (fine-grained, sections 3.2.1 and 3.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from emocli.data.label_mapping import find_mapping
from emocli.modelling.batches import Batch, Item
from emocli.modelling.label_tokens import LabelTokenEncoder
from emocli.modelling.labels import Labels
from emocli.modelling.model import label_loss
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli_auxiliary.config import AuxiliaryConfig

if TYPE_CHECKING:
    from emocli.training.run import Loss, Run


class Auxiliary(LabelTokenEncoder):
    """An encoder that learns the labels, and the groups into which they fall.

    Attributes:
        groups_of: (n_labels, n_groups), 1 where a label falls into a group, else 0.
        auxiliary_labels: the groups as labels; they exclude one another where the labels do.
        auxiliary_head: from the flattened representation to the groups' logits.
    """

    config: AuxiliaryConfig
    groups_of: Tensor

    def __init__(
        self, config: AuxiliaryConfig, labels: Labels, tokenizer: PretrainedTokenizer
    ) -> None:
        """Add the auxiliary head to the main one.

        Raises:
            EmocliError: the mapping does not fit the labels.
        """
        super().__init__(config, labels, tokenizer)
        mapping = find_mapping(config.mapping, labels.names)
        self.auxiliary_labels = Labels(mapping.names, labels.exclusive)
        rows = [self.auxiliary_labels.vector(mapping.of([name])) for name in labels.names]
        self.register_buffer("groups_of", torch.tensor(rows), persistent=False)
        n_vectors = 1 if config.head == "text" else len(labels)
        self.auxiliary_head = nn.Linear(n_vectors * self.width, len(mapping.names))

    @classmethod
    def settle(cls, config: AuxiliaryConfig, labels: Labels) -> AuxiliaryConfig:
        """The options with the mapping itself in place of its name or file."""
        return replace(config, mapping=find_mapping(config.mapping, labels.names).as_text())

    def fit(self, run: Run, loss: Loss | None = None) -> None:
        """Minimise the joint loss, by `run.progress`, or `loss`."""
        super().fit(run, loss or (lambda items: self.joint_loss(items, run.progress)))

    def joint_loss(self, items: Sequence[Item], progress: float) -> Tensor:
        """T · L_main + (1 - T) · L_auxiliary (equation 1), () nats.

        Args:
            progress: the share of the training that is done, in [0, 1].
        """
        batch = self.batch(items)
        representation = self.represent(batch)
        main = self.cost(self.classify(representation), batch)
        share = self.temperature(progress)
        return share * main + (1 - share) * self.auxiliary_loss(representation, batch)

    def temperature(self, progress: float) -> float:
        """T, which rises evenly from α to 1."""
        return self.config.temperature + (1 - self.config.temperature) * progress

    def auxiliary_loss(self, representation: Tensor, batch: Batch) -> Tensor:
        """The loss of the groups, like that of the labels; () nats."""
        # A text has a group where it has any of its labels; a teacher's probabilities add up.
        shares = batch.gold()[..., None] * self.groups_of  # (batch, n_labels, n_groups)
        gold = shares.sum(1).clamp(max=1)  # (batch, n_groups)
        logits = self.auxiliary_head(self.dropout(representation.flatten(1)))
        return label_loss(logits, replace(batch, targets=gold), self.auxiliary_labels)
