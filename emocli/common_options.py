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
    max_length: int = option(256, "most words of a text", least=1)
    source_words: bool = option(
        True, "words of the source of the vectors join the vocabulary, up to max_words"
    )
    store_names: bool = option(True, "rare words written as names are may be in the vocabulary")
    output: Literal["softmax", "sigmoid"] = option(
        "sigmoid", "labels that may go together: sigmoid and cross-entropy, or softmax and KL"
    )


@dataclass(frozen=True)
class EncoderConfig(Config):
    """Options of methods that read texts by a pretrained encoder (`EncoderModel`).

    A preset holds what a paper says of its training; what it leaves open is as plain as can be.
    Other defaults suit small encoders.
    """

    quick_in_bf16: ClassVar = True
    presets: ClassVar = {
        # bert-family, "Hyperparameters" and the listings: Adam, no bound on the gradient, texts
        # as long as the encoder reads, as they are; the dropout of the printed model.
        "bert-family": {
            "batch_size": 16,
            "epochs": 10,
            "learning_rate": 4e-5,
            "head_learning_rate": 4e-5,
            "schedule": "linear",
            "warmup": 0.0,
            "weight_decay": 0.0,
            "clip_norm": 0.0,
            "patience": 0,
            "dropout": 0.1,
            "max_length": 512,
            "pooling": "first",
            "tweets": False,
        },
        # fine-grained, sections 3.1, 4.2 and 4.3: AdamW, whose customary weight decay is 0.01.
        "fine-grained": {
            "batch_size": 16,
            "epochs": 10,
            "learning_rate": 5e-5,
            "head_learning_rate": 5e-5,
            "schedule": "constant",
            "warmup": 0.0,
            "weight_decay": 0.01,
            "patience": 0,
            "max_length": 50,
            "thresholds": "fixed",
            "threshold": 0.3,
            "pooling": "first",
            "tweets": False,
        },
        # bert-variants, sections 5.2 (texts read as tweets) and 5.3; section 4 marks above 0.5.
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
            "threshold": 0.5,
            "pooling": "first",
            "tweets": True,
        },
    }

    preset: Literal["none", "bert-family", "fine-grained", "bert-variants"] = option(
        "none", "the settings of a paper as defaults"
    )
    encoder: str = option("bert-base-uncased", "pretrained encoder: a folder or a hub name")
    frozen: bool = option(False, "leave the encoder as it is, and train the layers upon it alone")
    pooling: Literal["mean", "first"] = option(
        "mean", "a text's vector: its pieces' mean state, or its classification token's (first)"
    )
    tweets: bool = option(
        True, "read texts as tweets: in lower case; emoji, users, links and numbers as words"
    )
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


@dataclass(frozen=True)
class LabelTokenConfig(EncoderConfig):
    """Options of methods that read the labels' names before a text (`LabelTokenEncoder`)."""

    presets: ClassVar = {
        **EncoderConfig.presets,
        "fine-grained": {**EncoderConfig.presets["fine-grained"], "scoring": "linear"},
        "bert-variants": {**EncoderConfig.presets["bert-variants"], "scoring": "feed-forward"},
    }

    head: Literal["text", "labels"] = option(
        "labels", "what is scored: each label's own name before the text, or the text's vector"
    )
    scoring: Literal["linear", "feed-forward"] = option(
        "linear", "how a label's name is scored: a linear layer, or tanh and a position vector"
    )
    correlation_weight: float = option(
        0.0, "weight of the label-correlation loss; cross-entropy has the rest", least=0, most=1
    )
