"""The options of the DATN family. docs/methods/datn.md tells which defaults are the paper's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from emocli.common_options import WordConfig
from emocli.methods import option


@dataclass(frozen=True)
class DatnConfig(WordConfig):
    """Options of every method of the family (datn section 3.1)."""

    quick_in_bf16: ClassVar = True
    hidden_width: int = option(200, "width of one direction of a BiLSTM", least=1)
    attention_width: int = option(200, "width inside the attention, the paper's a", least=1)
    head_width: int = option(200, "width of the hidden layer of the MLP", least=1)
    dropout: float = option(
        0.5, "dropout of word vectors, sentence representations and inside the MLP", least=0, most=1
    )
    output: Literal["softmax", "sigmoid"] = option(
        "softmax", "softmax and KL divergence as in the paper, or sigmoid and cross-entropy"
    )
    epochs: int = option(12, "most passes over the target data", least=1)
    schedule: Literal["constant", "linear"] = option(
        "linear", "learning rate over the training: constant, or falling linearly to 0"
    )


@dataclass(frozen=True)
class TransferConfig(DatnConfig):
    """Options of the methods that also learn from a sentiment task."""

    source_epochs: int = option(
        0, "passes over the source data alone, before the alternation", least=0
    )


@dataclass(frozen=True)
class FineTuningConfig(TransferConfig):
    """Options of ft."""

    source_epochs: int = option(2, "passes over the source data, before the target data", least=0)


@dataclass(frozen=True)
class AdversarialConfig(TransferConfig):
    """Options of apsp; the weights are Liu et al.'s (2017), the second of a term scaled here."""

    adversarial_weight: float = option(0.05, "weight of the task discriminator's loss", least=0)
    difference_weight: float = option(0.01, "weight of the orthogonality penalty", least=0)


@dataclass(frozen=True)
class DualConfig(TransferConfig):
    """Options of datn1 and datn2."""

    similarity_weight: float = option(
        0.05, "weight λ of the cosine similarity of the attentions", least=0
    )
