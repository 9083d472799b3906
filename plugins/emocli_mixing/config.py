"""The options of `embedding-mixing`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emocli.methods import Config, option


@dataclass(frozen=True)
class MixingConfig(Config):
    """Options of `embedding-mixing`; of the others, only those of thresholds and `metric` count."""

    weight: float = option(
        0.92, "share of the text itself; its candidate has the rest", least=0, most=1
    )
    candidates: Literal["train", "paraphrase"] = option(
        "train", "what a text is mixed with: the nearest training text, or a paraphrase"
    )
    most_texts: int = option(
        0, "training texts that are kept, a random sample; 0: all of them", least=0
    )
    paraphraser: str = option("", "sequence-to-sequence model: a folder or a hub name")
    prefix: str = option("paraphrase:", "what tells the paraphraser its task, before each text")
    beams: int = option(1, "beams of the paraphraser's search; 1: greedy", least=1)
    paraphrase_length: int = option(64, "most pieces of a paraphrase", least=1)
