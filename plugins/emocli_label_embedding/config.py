"""The options of `label-embedding`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from emocli.common_options import LabelTokenConfig
from emocli.methods import option


@dataclass(frozen=True)
class LabelEmbeddingConfig(LabelTokenConfig):
    """Options of `label-embedding`."""

    presets: ClassVar = {
        name: {**values, "pooling": "mean"} for name, values in LabelTokenConfig.presets.items()
    }

    head: Literal["labels"] = option("labels", "what is scored: each label's name before the text")
    pooling: Literal["mean"] = option("mean", "a label's vector: mean of its name's pieces' states")
