"""An encoder that reads the class names before each text: one vector a label, one score from it.

Sources: the papers bert-variants (sections 4 and 5.3) and fine-grained (section 3.3), both after
Alhuzali and Ananiadou 2021, SpanEmo: Casting Multi-label Emotion Classification as Span-prediction.
"""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import Any

from torch import Tensor, nn

from emocli.common_options import LabelTokenConfig
from emocli.errors import UsageError
from emocli.modelling.batches import Batch, Item
from emocli.modelling.classifying_encoder import ClassifyingEncoder
from emocli.modelling.encoder_kinds import longest_text
from emocli.modelling.label_correlation import correlation_loss
from emocli.modelling.label_segment import LabelSegment
from emocli.modelling.labels import Labels
from emocli.modelling.model import label_loss
from emocli.modelling.packed_encoder import PackedEncoder
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer

_LEAST_ROOM = 8  # pieces of a text; the option max_length allows no fewer


class LabelTokenEncoder(ClassifyingEncoder):
    """An encoder with a head on each label's own tokens, or on the text's vector.

    Attributes:
        segment: the class names; None where the head reads the text's vector (`head=text`).
    """

    config: LabelTokenConfig

    def __init__(
        self, config: LabelTokenConfig, labels: Labels, tokenizer: PretrainedTokenizer
    ) -> None:
        """Lay the class names out, and leave the text what room there is besides.

        Raises:
            UsageError: there is none.
        """
        super().__init__(config, labels, tokenizer)
        self.segment: LabelSegment | None = None
        if config.head == "labels":
            self.segment = LabelSegment(labels, tokenizer, typed=_takes_types(self.encoder))
            self.tokenizer = _shortened(tokenizer, self.segment)

    def new_head(self) -> nn.Module:
        """A head that all labels share, or one on the text's vector."""
        if self.config.head == "text":
            return super().new_head()
        return LabelScores(self.width, self.config.scoring)

    def states(self, batch: Batch, columns: Tensor | None = None) -> Tensor:
        """The last layer's states, (batch, length, width), the class names' first."""
        longer = batch if self.segment is None else self.segment.before(batch)
        return super().states(longer, columns)

    def columns(self) -> Tensor | None:
        """The pieces of the class names."""
        return super().columns() if self.segment is None else self.segment.columns

    def pool(self, states: Tensor, batch: Batch) -> Tensor:
        """The labels' vectors, (batch, n_labels, width); the text's with `head=text`."""
        return super().pool(states, batch) if self.segment is None else self.segment.pool(states)

    def loss(self, items: Sequence[Item]) -> Tensor:
        """Cross-entropy and label correlation, each by its weight; () nats."""
        batch = self.batch(items)
        return self.cost(self(batch), batch)

    def cost(self, logits: Tensor, batch: Batch) -> Tensor:
        """The loss of logits (batch, n_labels), () nats: SpanEmo's (1 - α) BCE + α LCA."""
        share = self.config.correlation_weight
        entropy = label_loss(logits, batch, self.labels)
        if share == 0:
            return entropy
        correlation = correlation_loss(self.probabilities(logits.float()), batch.gold())
        return (1 - share) * entropy + share * correlation


class LabelScores(nn.Module):
    """A score for each label from its own vector, by weights that all labels share.

    `linear` is one linear layer (fine-grained, section 3.3); `feed-forward` the dot product of a
    hidden layer with tanh, f, and a position vector p (bert-variants, section 5.3).
    """

    def __init__(self, width: int, scoring: str) -> None:
        """Build the layers for vectors of `width`."""
        super().__init__()
        self.layers: nn.Module = nn.Linear(width, 1)
        if scoring == "feed-forward":
            position = nn.Linear(width, 1, bias=False)
            self.layers = nn.Sequential(nn.Linear(width, width), nn.Tanh(), position)

    def forward(self, vectors: Tensor) -> Tensor:
        """Logits, (batch, n_labels) of (batch, n_labels, width)."""
        scores: Tensor = self.layers(vectors)[..., 0]
        return scores


def _shortened(tokenizer: PretrainedTokenizer, segment: LabelSegment) -> PretrainedTokenizer:
    """The tokenizer of texts that leave room for the names."""
    limit = longest_text(tokenizer.encoder_config)
    if limit is None:
        return tokenizer
    room = limit - segment.n_added
    if room < _LEAST_ROOM:
        raise UsageError(
            f"the names of {len(segment.shares)} labels take {segment.n_added} of the {limit} "
            f"pieces that the encoder reads at once, which leaves {max(room, 0)} for a text, "
            f"expected {_LEAST_ROOM} or more; choose another encoder, or another method."
        )
    return tokenizer.shortened(room)


def _takes_types(encoder: Any) -> bool:
    """Whether an encoder tells two segments apart by the types of their tokens."""
    if isinstance(encoder, PackedEncoder):
        return encoder.config.type_vocab_size > 1
    if "token_type_ids" not in signature(encoder.forward).parameters:
        return False
    # RoBERTa has a table of one type; XLNet compares types without a table.
    return bool(getattr(encoder.config, "type_vocab_size", 2) > 1)
