"""The options of `cnn`, and what bert-variants says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from emocli.common_options import WordConfig
from emocli.methods import option


@dataclass(frozen=True)
class CnnConfig(WordConfig):
    """Options of `cnn`.

    The preset holds what bert-variants says of the training: sections 5.2 (vectors) and 5.3 (the
    rest), table 1 (the epochs), section 4 (the threshold). Of its pooling says `model.py`.
    """

    presets: ClassVar = {
        "bert-variants": {
            "embedding_width": 100,
            "max_length": 128,
            "blocks": 5,
            "filters": 128,
            "kernel": 5,
            "dropout": 0.2,
            "output": "softmax",
            "batch_size": 128,
            "learning_rate": 1e-4,
            "schedule": "constant",
            "weight_decay": 0.0,
            "clip_norm": 0.0,
            "epochs": 29,
            "patience": 0,
            "thresholds": "fixed",
            "threshold": 0.5,
        }
    }

    preset: Literal["none", "bert-variants"] = option(
        "none", "the settings of the paper as defaults"
    )
    blocks: int = option(5, "blocks of convolution, dropout and max-pooling", least=1)
    filters: int = option(128, "filters of a convolution: the width of its answer", least=1)
    kernel: int = option(5, "words that a filter sees at once", least=1)
    pool: int = option(2, "positions of which max-pooling makes one", least=1)
    dropout: float = option(0.2, "dropout after each convolution", least=0, most=1)
    max_length: int = option(128, "most words of a text", least=1)
    output: Literal["softmax", "sigmoid"] = option(
        "softmax", "softmax and KL divergence after the paper, or sigmoid and cross-entropy"
    )
