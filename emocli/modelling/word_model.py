"""What models upon word vectors share: a vocabulary, and the lookup table of its vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from emocli.common_options import WordConfig
from emocli.modelling.batches import Batch, Item
from emocli.modelling.embeddings import RANDOM, load_word_vectors, words_of
from emocli.modelling.labels import Labels
from emocli.modelling.layers import looked_up
from emocli.modelling.losses import distribution_loss
from emocli.modelling.model import Model, label_loss
from emocli.modelling.tokenizer import WordTokenizer
from emocli.paths import path_of
from emocli.reporting import SILENT, Reporter


class WordModel(Model):
    """A model that reads words by a table of vectors, random until `prepare`.

    Attributes:
        embedding: (n_tokens, embedding_width); 0 at padding.
    """

    takes_threads = True
    config: WordConfig
    tokenizer: WordTokenizer

    def __init__(
        self, config: WordConfig, labels: Labels, tokenizer: WordTokenizer, **roles: Labels
    ) -> None:
        """Build the lookup table."""
        super().__init__(config, labels, tokenizer, **roles)
        self.embedding = nn.Embedding(len(tokenizer), config.embedding_width, tokenizer.pad)
        self.embedding.weight.requires_grad_(config.tune_embeddings)

    @classmethod
    def make_tokenizer(cls, config: WordConfig, texts: Iterable[str]) -> WordTokenizer:
        """A vocabulary of the words of `texts`, and of those that the source of vectors knows."""
        more = words_of(config.embeddings, config.max_words) if config.source_words else ()
        return WordTokenizer.build(
            texts,
            config.language,
            min_count=config.min_count,
            max_words=config.max_words,
            max_length=config.max_length,
            names=config.store_names,
            more_words=more,
        )

    @property
    def shares(self) -> bool:
        """Whether labels that may go together share one probability nevertheless.

        A single label cannot: its share would be 1 in every text.
        """
        several = len(self.labels) > 1
        return self.config.output == "softmax" and several and not self.labels.exclusive

    def probabilities(self, logits: Tensor) -> Tensor:
        """(batch, n_labels) in [0, 1]: as `Model`'s, or a softmax if `output` says so."""
        return logits.softmax(-1) if self.shares else super().probabilities(logits)

    def vectors(self, batch: Batch) -> Tensor:
        """The vectors of a batch's words, (batch, length, embedding_width)."""
        return looked_up(self.embedding.weight, batch.ids, self.tokenizer.pad)

    def loss(self, items: Sequence[Item]) -> Tensor:
        """The loss of the items' labels (`divergence`), () nats."""
        batch = self.batch(items)
        return self.divergence(self(batch), batch)

    def divergence(self, logits: Tensor, batch: Batch) -> Tensor:
        """Loss of logits (batch, n_labels): as `Model`'s, or KL if `output` says so; () nats."""
        if self.shares:
            return distribution_loss(logits, batch)
        return label_loss(logits, batch, self.labels)

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Fill the lookup table from `config.embeddings`."""
        emoji_file = self.config.emoji_vectors
        loaded = load_word_vectors(
            self.config.embeddings,
            self.tokenizer.vocabulary,
            self.config.embedding_width,
            seed=torch.initial_seed(),
            emoji_vectors=path_of(emoji_file) if emoji_file else None,
            reporter=reporter,
        )
        if self.config.embeddings != RANDOM:
            share = f"{loaded.coverage:.1%} of the words"
            reporter.say(f"word vectors: {share} are known to the source")
        with torch.no_grad():
            self.embedding.weight.copy_(loaded.vectors)
