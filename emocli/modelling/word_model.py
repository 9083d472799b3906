"""What models upon word vectors share: a vocabulary, and the lookup table of its vectors."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import nn

from emocli.common_options import WordConfig
from emocli.modelling.embeddings import load_word_vectors, words_of
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.tokenizer import WordTokenizer
from emocli.reporting import SILENT, Reporter


class WordModel(Model):
    """A model that reads words by a table of vectors, random until `prepare`.

    Attributes:
        embedding: (n_tokens, embedding_width); 0 at padding.
    """

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
            names=config.store_names,
            more_words=more,
        )

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Fill the lookup table from `config.embeddings`."""
        emoji_file = self.config.emoji_vectors
        loaded = load_word_vectors(
            self.config.embeddings,
            self.tokenizer.vocabulary,
            self.config.embedding_width,
            seed=torch.initial_seed(),
            emoji_vectors=Path(emoji_file) if emoji_file else None,
            reporter=reporter,
        )
        reporter.say(f"word vectors: {loaded.coverage:.1%} of the words are known to the source")
        with torch.no_grad():
            self.embedding.weight.copy_(loaded.vectors)
