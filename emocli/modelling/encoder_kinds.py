"""The kinds of pretrained encoders that texts are read with, and in what they differ.

A kind is what an encoder's `config.json` calls `model_type`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = (
    "albert",
    "bert",
    "camembert",
    "data2vec-text",
    "deberta-v2",
    "distilbert",
    "electra",
    "ernie",
    "eurobert",
    "megatron-bert",
    "mobilebert",
    "modernbert",
    "mpnet",
    "rembert",
    "roberta",
    "roberta-prelayernorm",
    "xlm-roberta",
    "xlm-roberta-xl",
    "xlnet",
)
"""Encoders in which each piece of a text sees all others, and in which padding changes no state.

Decoders (gpt2) see what came before only, and of encoders with a decoder (t5) half would lie idle.
In convbert, fnet, nystromformer, yoso and canine padding leaks into the text. deberta, unlike
deberta-v2, which is also its third version's kind, cannot be computed in bfloat16.
"""

SUMMARY_SEGMENT = 2
"""The segment of XLNet's classification token, in which nothing else is."""

_SUMMARY_LAST = frozenset({"xlnet"})
# They count positions from behind the id of padding, as RoBERTa's first implementation did.
POSITIONS_BEHIND_PADDING = frozenset(
    {
        "camembert",
        "data2vec-text",
        "mpnet",
        "roberta",
        "roberta-prelayernorm",
        "xlm-roberta",
        "xlm-roberta-xl",
    }
)


def summary_is_last(kind: str) -> bool:
    """Whether the classification token stands at the end of a text, not at its beginning."""
    return kind in _SUMMARY_LAST


def longest_text(config: Mapping[str, Any]) -> int | None:
    """Most pieces that an encoder with this configuration can read at once; None: any number."""
    positions = config.get("max_position_embeddings")
    if positions is None:
        return None
    if config["model_type"] in POSITIONS_BEHIND_PADDING:
        return int(positions) - int(config["pad_token_id"]) - 1
    return int(positions)
