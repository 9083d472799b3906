"""A pretrained encoder, a pooled representation and a head (Devlin et al. 2019, section 3.2)."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from emocli.modelling.classifying_encoder import ClassifyingEncoder
from emocli_transformer.config import BertConfig


class FineTunedEncoder(ClassifyingEncoder):
    """A linear layer upon the representation, or two layers.

    Two are those of BertForSequenceClassification and its like: dense, tanh (ReLU in DistilBERT's),
    linear; with dropout before each.
    """

    config: BertConfig

    def new_head(self) -> nn.Module:
        """One layer or two from (batch, width) to (batch, n_labels)."""
        linear = super().new_head()
        if self.config.head_layers == 1:
            return linear
        kind = self.encoder.config.model_type
        activation = nn.ReLU() if kind == "distilbert" else nn.Tanh()
        dense = nn.Linear(self.width, self.width)
        return nn.Sequential(dense, activation, nn.Dropout(self.config.dropout), linear)

    def take(self, pretrained: Any) -> None:
        """Also the encoder's pooler, where it was trained: it becomes the dense layer."""
        pooler = getattr(pretrained, "pooler", None)
        dense = getattr(pooler, "dense", pooler)
        super().take(pretrained)
        if isinstance(self.head, nn.Sequential) and isinstance(dense, nn.Linear):
            with torch.no_grad():
                self.head[0].load_state_dict(dense.state_dict())
