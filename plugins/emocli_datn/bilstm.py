"""Base, FT and FS: one attentive BiLSTM for everything (datn section 2.1 and figure 1.a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor, nn

from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Labels
from emocli.modelling.layers import feed_forward
from emocli.modelling.losses import distribution_loss
from emocli.modelling.model import label_loss
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.word_model import WordModel
from emocli_datn.branch import Branch
from emocli_datn.config import DatnConfig, TransferConfig

if TYPE_CHECKING:
    from emocli.training.run import Run


class BiLSTM(WordModel):
    """The paper's Base: word vectors, one branch, an MLP (section 2.1)."""

    config: DatnConfig
    n_branches_read = 1

    def __init__(self, config: DatnConfig, labels: Labels, tokenizer: WordTokenizer) -> None:
        """Build the layers upon the lookup table E."""
        super().__init__(config, labels, tokenizer)
        self.dropout = nn.Dropout(config.dropout)
        self.target_branch = self.new_branch()
        width = self.n_branches_read * self.target_branch.width
        self.emotion_head = feed_forward(width, config.head_width, len(labels), config.dropout)

    def new_branch(self, *, sees_other: bool = False) -> Branch:
        """A BiLSTM with attention of the configured widths."""
        c = self.config
        return Branch(c.embedding_width, c.hidden_width, c.attention_width, sees_other=sees_other)

    def words(self, batch: Batch) -> Tensor:
        """Word vectors, (batch, length, embedding_width)."""
        vectors: Tensor = self.dropout(self.vectors(batch))
        return vectors

    def represent(self, batch: Batch) -> Tensor:
        """H of equation 1, (batch, 2 * hidden_width)."""
        return self.read(self.target_branch, self.words(batch), batch)

    @staticmethod
    def read(branch: Branch, words: Tensor, batch: Batch) -> Tensor:
        """One branch's sentence representation, (batch, 2 * hidden_width)."""
        states = branch.states(words, batch)
        return branch.pool(states, branch.attention(states, batch.mask))

    def classify(self, representation: Tensor) -> Tensor:
        """The MLP of section 2.1: logits, (batch, n_labels)."""
        logits: Tensor = self.emotion_head(self.dropout(representation))
        return logits

    def loss(self, items: Sequence[Item]) -> Tensor:
        """The loss of the task that the items belong to, () nats."""
        batch = self.batch(items)
        return self.source_loss(batch) if batch.role == "source" else self.target_loss(batch)

    def target_loss(self, batch: Batch) -> Tensor:
        """L, the KL divergence of section 2.1, or what `output` says instead; () nats."""
        return self.divergence(self(batch), batch)

    def source_loss(self, batch: Batch) -> Tensor:
        """Loss of a sentiment batch, () nats; methods with a source task have one."""
        raise ValueError(f"{type(self).__name__} has no source task")

    def attention(self, batch: Batch) -> Tensor:
        """α of equation 1, (batch, length)."""
        states = self.target_branch.states(self.words(batch), batch)
        return self.target_branch.attention(states, batch.mask)


class FullyShared(BiLSTM):
    """FS: both tasks share one branch (Mou et al. 2016; figure 1.a)."""

    config: TransferConfig

    def __init__(
        self, config: TransferConfig, labels: Labels, tokenizer: WordTokenizer, source: Labels
    ) -> None:
        """Add the sentiment layer W_s, b_s of section 2.2.1."""
        super().__init__(config, labels, tokenizer)
        self.roles = {"source": source}
        self.sentiment_head = nn.Linear(self.source_width(), len(source))

    def source_width(self) -> int:
        """Width of what the sentiment layer reads."""
        return self.target_branch.width

    def represent_source(self, batch: Batch) -> Tensor:
        """What the sentiment layer reads, (batch, source_width)."""
        return self.represent(batch)

    def source_loss(self, batch: Batch) -> Tensor:
        """-log p(y | H_c) of section 2.2.2, mean over the batch, () nats."""
        return self.sentiment_loss(self.represent_source(batch), batch)

    def sentiment_loss(self, representation: Tensor, batch: Batch) -> Tensor:
        """Loss of the sentiment layer upon (batch, source_width), () nats.

        Labels that may go together are normalised as the emotions are, so that a text counts once.
        """
        logits = self.sentiment_head(self.dropout(representation))
        if self.roles["source"].exclusive:
            return label_loss(logits, batch, self.roles["source"])
        return distribution_loss(logits, batch)

    def fit(self, run: Run) -> None:
        """Alternate source and target batches (section 2.2.2).

        `source_epochs` above 0 is no part of the paper: the sentiment task alone comes first.
        """
        self.learn_source(run)
        run.minimise(self.loss, run.alternating("source", "target"))

    def learn_source(self, run: Run) -> None:
        """The sentiment task alone, for `source_epochs`."""
        epochs = self.config.source_epochs
        run.minimise(self.loss, run.items("source"), epochs=epochs, keep_best=False)


class FineTuning(FullyShared):
    """FT: train on the sentiment task, then on the emotions, whose MLP is new."""

    def fit(self, run: Run) -> None:
        """Two stages, one a task."""
        self.learn_source(run)
        run.minimise(self.loss, run.train)
