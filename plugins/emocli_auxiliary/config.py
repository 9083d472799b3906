"""The options of `auxiliary`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emocli.common_options import LabelTokenConfig
from emocli.methods import option


@dataclass(frozen=True)
class AuxiliaryConfig(LabelTokenConfig):
    """Options of `auxiliary`; `preset=fine-grained` has the paper's values."""

    mapping: str = option(
        "sentiment", "groups of labels to learn besides: sentiment, ekman, or a TOML or JSON file"
    )
    temperature: float = option(
        0.8, "weight of the main loss at first, the paper's α; it rises to 1", least=0, most=1
    )
    head: Literal["text", "labels"] = option(
        "text", "what is scored: the text's vector, or each label's own name before the text"
    )
