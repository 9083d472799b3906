"""The options of a fine-tuned encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emocli.methods import Config, option


@dataclass(frozen=True)
class TransformerConfig(Config):
    """Options of `bert`; the learning rates suit small encoders."""

    encoder: str = option("bert-base-uncased", "pretrained encoder: a folder or a hub name")
    pooling: Literal["mean", "first"] = option(
        "mean", "representation of a text: mean of its pieces' states, or the first one's"
    )
    tweets: bool = option(True, "read texts as tweets: emoji, users, links and numbers as words")
    max_length: int = option(128, "most pieces of a text", least=8)
    dropout: float = option(0.1, "dropout of the representation", least=0, most=1)
    learning_rate: float = option(1e-4, "first learning rate of the encoder", least=0)
    head_learning_rate: float = option(1e-3, "first learning rate of the head", least=0)
    schedule: Literal["constant", "linear"] = option(
        "linear", "learning rate over the training: constant, or falling linearly to 0"
    )
    warmup: float = option(
        0.1, "share of the training in which the learning rate rises from 0", least=0, most=1
    )
    weight_decay: float = option(0.01, "decoupled weight decay (AdamW)", least=0)
    clip_norm: float = option(1.0, "largest norm of the gradient; 0: not clipped", least=0)
    epochs: int = option(4, "most passes over the training data", least=1)
