"""Model-1 and Model-2 of Chouragade and Devi, Deep Transfer Learning for Emotion Recognition.

Sections 4.1 and 4.2, figures 1 and 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor, nn

from emocli.modelling.batches import Batch, Item
from emocli.modelling.classifying_encoder import ClassifyingEncoder
from emocli.modelling.labels import Labels
from emocli.modelling.layers import feed_forward
from emocli.modelling.model import label_loss
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.training.plans import Together
from emocli_transfer.config import MultitaskConfig, ParameterTransferConfig

if TYPE_CHECKING:
    from emocli.training.run import Loss, Run


class SentimentEncoder(ClassifyingEncoder):
    """An encoder that two tasks read, each with layers of its own.

    Attributes:
        sentiment_head: the sentiment task's; `head` are the emotions'.
    """

    sentiment_head: nn.Module

    def source_loss(self, items: Sequence[Item]) -> Tensor:
        """Loss of the sentiment task, () nats."""
        batch = self.batch(items)
        logits = self.sentiment_head(self.dropout(self.represent(batch)))
        return label_loss(logits, batch, self.roles["source"])


class ParameterTransfer(SentimentEncoder):
    """Model-1: an encoder learns sentiment first, then emotions by a new prediction layer.

    The sentiment task's linear layer and prediction layer are taken off again.
    """

    config: ParameterTransferConfig
    may_be_frozen = False

    def __init__(
        self,
        config: ParameterTransferConfig,
        labels: Labels,
        tokenizer: PretrainedTokenizer,
        source: Labels,
    ) -> None:
        """Add the sentiment task's layers to the emotions'."""
        super().__init__(config, labels, tokenizer, source=source)
        self.sentiment_head = feed_forward(
            self.width, config.head_width, len(source), config.dropout
        )

    def fit(self, run: Run, loss: Loss | None = None) -> None:
        """Sentiment, then emotions, by `loss` or the model's own, with a new last layer."""
        run.minimise(
            self.source_loss,
            run.items("source"),
            parameters=self.groups(self.sentiment_head),
            keep_best=False,
            epochs=self.config.source_epochs,
            name="sentiment",
        )
        run.minimise(
            loss or self.loss, run.train, parameters=self.groups(self.head), name="emotions"
        )


class Multitask(SentimentEncoder):
    """Model-2: an encoder and a linear layer of both tasks, then each task's own layers.

    Attributes:
        shared: the linear layer that both tasks read.
    """

    config: MultitaskConfig

    def __init__(
        self,
        config: MultitaskConfig,
        labels: Labels,
        tokenizer: PretrainedTokenizer,
        source: Labels,
    ) -> None:
        """Add the shared layer, and the sentiment task's layers to the emotions'."""
        super().__init__(config, labels, tokenizer, source=source)
        self.shared = nn.Sequential(
            nn.Dropout(config.dropout), nn.Linear(self.width, config.shared_width), nn.Tanh()
        )
        self.sentiment_head = self._own_layers(len(source))

    def new_head(self) -> nn.Module:
        """The emotions' own layers, from (batch, shared_width) to (batch, n_labels)."""
        return self._own_layers(len(self.labels))

    def _own_layers(self, n_labels: int) -> nn.Module:
        c = self.config
        return feed_forward(c.shared_width, c.head_width, n_labels, c.dropout)

    def represent(self, batch: Batch) -> Tensor:
        """What both tasks read, (batch, shared_width)."""
        representation: Tensor = self.shared(super().represent(batch))
        return representation

    def combined_loss(self, rows: Sequence[tuple[Item, Item]]) -> Tensor:
        """The combined prediction loss of section 4.2, () nats: emotions plus weighted sentiment.

        Args:
            rows: a source and a target text each, so that a batch holds as many of either.
        """
        source, target = zip(*rows, strict=True)
        return self.loss(target) + self.config.source_weight * self.source_loss(source)

    def fit(self, run: Run, loss: Loss | None = None) -> None:
        """Both tasks in every step, by `loss` of rows or `combined_loss`.

        An epoch is one pass over the target data.
        """
        rows = Together([run.items("source"), run.train], self.config.batch_size)
        with self.remembering(run, "source", "target"):
            run.minimise(loss or self.combined_loss, rows, parameters=self.groups())
