"""Label embeddings (fine-grained, section 3.3; bert-variants, section 4)."""

from __future__ import annotations

from emocli.modelling.label_tokens import LabelTokenEncoder
from emocli_label_embedding.config import LabelEmbeddingConfig


class LabelEmbedding(LabelTokenEncoder):
    """[CLS] + names + [SEP] + text; a score for each label from the states of its name."""

    config: LabelEmbeddingConfig
