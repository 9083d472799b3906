"""The options of each fine-tuned encoder: its own name for `encoder`."""

from __future__ import annotations

from dataclasses import dataclass

from emocli.common_options import EncoderConfig
from emocli.methods import option

_HELP = "pretrained encoder: a folder or a hub name"


@dataclass(frozen=True)
class BertConfig(EncoderConfig):
    """Options of `bert`."""

    encoder: str = option("bert-base-uncased", _HELP)


@dataclass(frozen=True)
class BertLargeConfig(EncoderConfig):
    """Options of `bert-large`."""

    encoder: str = option("bert-large-uncased", _HELP)
    learning_rate: float = option(2e-5, "first learning rate of the encoder", least=0)


@dataclass(frozen=True)
class DistilBertConfig(EncoderConfig):
    """Options of `distilbert`."""

    encoder: str = option("distilbert-base-uncased", _HELP)


@dataclass(frozen=True)
class RobertaConfig(EncoderConfig):
    """Options of `roberta`."""

    encoder: str = option("roberta-base", _HELP)


@dataclass(frozen=True)
class XlnetConfig(EncoderConfig):
    """Options of `xlnet`."""

    encoder: str = option("xlnet-base-cased", _HELP)
