"""What emocli's own encoder must know of a kind: sizes, and the names that its weights go by.

The names are those of transformers' modules, so that weights of either fit the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from emocli.modelling.encoder_kinds import POSITIONS_BEHIND_PADDING

ACTIVATIONS = {
    "gelu": "none",
    "gelu_new": "tanh",
    "gelu_pytorch_tanh": "tanh",
}
"""The activations that an encoder may have, and how torch's gelu approximates each."""


@dataclass(frozen=True)
class Names:
    """Where the weights of one layer are, below `layers`."""

    layers: str
    query: str
    key: str
    value: str
    attended: str
    attended_norm: str
    wide: str
    narrow: str
    narrow_norm: str


_BERT = Names(
    layers="encoder.layer",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    attended="attention.output.dense",
    attended_norm="attention.output.LayerNorm",
    wide="intermediate.dense",
    narrow="output.dense",
    narrow_norm="output.LayerNorm",
)
_DISTILBERT = Names(
    layers="transformer.layer",
    query="attention.q_lin",
    key="attention.k_lin",
    value="attention.v_lin",
    attended="attention.out_lin",
    attended_norm="sa_layer_norm",
    wide="ffn.lin1",
    narrow="ffn.lin2",
    narrow_norm="output_layer_norm",
)
_NAMES = {
    "bert": _BERT,
    "roberta": _BERT,
    "camembert": _BERT,
    "xlm-roberta": _BERT,
    "distilbert": _DISTILBERT,
}
# What a configuration that does not say otherwise means, in DistilBERT's words where they differ.
_DEFAULTS: Mapping[str, Any] = {
    "vocab_size": 30522,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
}
_OF_KIND: Mapping[str, Mapping[str, Any]] = {
    "bert": {"pad_token_id": 0},
    "roberta": {"vocab_size": 50265, "pad_token_id": 1},
    "camembert": {"pad_token_id": 1},
    "xlm-roberta": {"pad_token_id": 1},
    "distilbert": {"num_hidden_layers": 6, "type_vocab_size": 0, "pad_token_id": 0},
}
_DISTILBERT_WORDS = {
    "dim": "hidden_size",
    "n_layers": "num_hidden_layers",
    "n_heads": "num_attention_heads",
    "hidden_dim": "intermediate_size",
    "activation": "hidden_act",
    "dropout": "hidden_dropout_prob",
    "attention_dropout": "attention_probs_dropout_prob",
}


@dataclass(frozen=True)
class Layout:
    """The sizes of an encoder, in the words of BERT's configuration."""

    model_type: str
    names: Names
    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    hidden_act: str
    hidden_dropout_prob: float
    attention_probs_dropout_prob: float
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float
    pad_token_id: int

    @property
    def first_position(self) -> int:
        """The number of the first piece's position."""
        return self.pad_token_id + 1 if self.model_type in POSITIONS_BEHIND_PADDING else 0

    @property
    def drops_attended(self) -> bool:
        """Whether training drops some of what the attention gives; DistilBERT's keeps it."""
        return self.model_type != "distilbert"

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self | None:
        """The layout of a configuration as its file says it; None: of another architecture."""
        kind = config["model_type"]
        if kind not in _NAMES or not _is_plain(config):
            return None
        given = {
            (_DISTILBERT_WORDS.get(name, name) if kind == "distilbert" else name): value
            for name, value in config.items()
        }
        sizes = {**_DEFAULTS, **_OF_KIND[kind]}
        sizes |= {name: value for name, value in given.items() if name in sizes}
        if kind == "distilbert":
            sizes["layer_norm_eps"] = _DEFAULTS["layer_norm_eps"]  # it has no such option
            sizes["type_vocab_size"] = 0
        if sizes["hidden_act"] not in ACTIVATIONS:
            return None
        return cls(model_type=kind, names=_NAMES[kind], **sizes)


def _is_plain(config: Mapping[str, Any]) -> bool:
    """Whether the positions are the absolute ones, each piece sees all others, and no more."""
    odd = ("is_decoder", "add_cross_attention", "sinusoidal_pos_embds")
    absolute = config.get("position_embedding_type", "absolute") == "absolute"
    return absolute and not any(config.get(name) for name in odd)
