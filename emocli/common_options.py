"""Options that several methods share: of word vectors, and of pretrained encoders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from emocli.methods import Config, option


@dataclass(frozen=True)
class WordConfig(Config):
    """Options of methods that read words by a table of vectors (`WordModel`)."""

    embeddings: str = option("random", "word vectors: a file, random, or encoder:FOLDER-OR-NAME")
    emoji_vectors: str = option("", "a file of emoji vectors, such as emoji2vec's")
    embedding_width: int = option(300, "width of a word vector", least=1)
    tune_embeddings: bool = option(True, "train the word vectors too")
    language: Literal["en", "zh", "segmented"] = option("en", "how texts are cut into words")
    min_count: int = option(2, "texts a word must stand in to get a vector of its own", least=1)
    max_words: int = option(30000, "most words in the vocabulary", least=1)
    source_words: bool = option(
        True, "words of the source of the vectors join the vocabulary, up to max_words"
    )
    store_names: bool = option(True, "rare words written as names are may be in the vocabulary")


@dataclass(frozen=True)
class EncoderConfig(Config):
    """Options of methods that read texts by a pretrained encoder (`EncoderModel`).

    The presets hold what three papers say of their trainings; other defaults suit small encoders.
    """

    presets: ClassVar = {
        "bert-family": {
            "batch_size": 16,
            "epochs": 10,
            "learning_rate": 4e-5,
            "head_learning_rate": 4e-5,
            "schedule": "linear",
            "warmup": 0.0,
            "patience": 0,
            "pooling": "first",
            "tweets": False,
        },
        "fine-grained": {
            "batch_size": 16,
            "epochs": 10,
            "schedule": "constant",
            "warmup": 0.0,
            "patience": 0,
            "learning_rate": 5e-5,
            "head_learning_rate": 5e-5,
            "max_length": 50,
            "thresholds": "fixed",
            "threshold": 0.3,
            "pooling": "first",
            "tweets": False,
        },
        "bert-variants": {
            "batch_size": 32,
            "epochs": 20,
            "learning_rate": 2e-5,
            "head_learning_rate": 1e-4,
            "schedule": "constant",
            "warmup": 0.0,
            "weight_decay": 0.0,
            "dropout": 0.1,
            "patience": 4,
            "thresholds": "fixed",
            "pooling": "first",
        },
    }

    preset: Literal["none", "bert-family", "fine-grained", "bert-variants"] = option(
        "none", "the settings of a paper as defaults"
    )
    encoder: str = option("bert-base-uncased", "pretrained encoder: a folder or a hub name")
    frozen: bool = option(False, "leave the encoder as it is, and train the layers upon it alone")
    pooling: Literal["mean", "first"] = option(
        "mean", "representation of a text: mean of its pieces' states, or the first one's"
    )
    tweets: bool = option(True, "read texts as tweets: emoji, users, links and numbers as words")
    max_length: int = option(128, "most pieces of a text", least=8)
    dropout: float = option(0.1, "dropout of the representation", least=0, most=1)
    learning_rate: float = option(1e-4, "first learning rate of the encoder", least=0)
    head_learning_rate: float = option(1e-3, "first learning rate of the other layers", least=0)
    layer_decay: float = option(
        1.0, "learning rate of an encoder's layer, as a share of the next one's", least=0, most=1
    )
    schedule: Literal["constant", "linear"] = option(
        "linear", "learning rate over the training: constant, or falling linearly to 0"
    )
    warmup: float = option(
        0.1, "share of the training in which the learning rate rises from 0", least=0, most=1
    )
    weight_decay: float = option(0.01, "decoupled weight decay (AdamW)", least=0)
    clip_norm: float = option(1.0, "largest norm of the gradient; 0: not clipped", least=0)
    epochs: int = option(4, "most passes over the training data", least=1)
