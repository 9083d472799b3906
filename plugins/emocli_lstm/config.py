"""The options of `lstm`, and what bert-family says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from emocli.common_options import WordConfig
from emocli.methods import option


@dataclass(frozen=True)
class LstmConfig(WordConfig):
    """Options of `lstm`.

    The preset holds what bert-family's slides say. "Hyperparameters": batches of 16. "The Baseline
    Model: LSTM", "Implementation": vectors of 50 ("glove-wiki-gigaword-50"), texts padded to 117,
    two layers. "Results": the training ends with the first epoch that is no better. No dropout is
    told of. Of the learning rate see `docs/methods/lstm.md`.
    """

    presets: ClassVar = {
        "bert-family": {
            "embedding_width": 50,
            "tune_embeddings": True,
            "max_length": 117,
            "layers": 2,
            "dropout": 0.0,
            "batch_size": 16,
            "schedule": "constant",
            "weight_decay": 0.0,
            "patience": 1,
        }
    }

    preset: Literal["none", "bert-family"] = option("none", "the settings of the paper as defaults")
    hidden_width: int = option(100, "width of one direction of an LSTM", least=1)
    layers: int = option(2, "bidirectional LSTMs, one upon the other", least=1)
    dropout: float = option(0.5, "dropout of what each layer reads", least=0, most=1)
    max_length: int = option(117, "most words of a text", least=1)
