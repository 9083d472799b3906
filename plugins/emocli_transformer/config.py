"""The options of each fine-tuned encoder: its own name for `encoder`, and what suits its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from emocli.common_options import EncoderConfig
from emocli.methods import option

_ENCODER = "pretrained encoder: a folder or a hub name"
_RATE = "first learning rate of the encoder"


@dataclass(frozen=True)
class BertConfig(EncoderConfig):
    """Options of `bert`."""

    presets: ClassVar = {
        **EncoderConfig.presets,
        # Its printed models, those of transformers, have both layers.
        "bert-family": {**EncoderConfig.presets["bert-family"], "head_layers": 2},
    }

    encoder: str = option("bert-base-uncased", _ENCODER)
    head_layers: Literal[1, 2] = option(
        1, "layers of the head: a linear one; or a dense one with tanh and a linear one"
    )


@dataclass(frozen=True)
class BertLargeConfig(BertConfig):
    """Options of `bert-large`."""

    encoder: str = option("bert-large-uncased", _ENCODER)
    learning_rate: float = option(2e-5, _RATE, least=0)


@dataclass(frozen=True)
class DistilBertConfig(BertConfig):
    """Options of `distilbert`."""

    encoder: str = option("distilbert-base-uncased", _ENCODER)
    learning_rate: float = option(5e-5, _RATE, least=0)


@dataclass(frozen=True)
class RobertaConfig(BertConfig):
    """Options of `roberta`."""

    encoder: str = option("roberta-base", _ENCODER)
    learning_rate: float = option(2e-5, _RATE, least=0)


@dataclass(frozen=True)
class XlnetConfig(BertConfig):
    """Options of `xlnet`."""

    encoder: str = option("xlnet-base-cased", _ENCODER)
    learning_rate: float = option(2e-5, _RATE, least=0)
