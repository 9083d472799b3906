"""Label embeddings: an encoder reads the class names before the text and scores each on its own."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method

_SOURCE = (
    "Wang and Feng, Delving into Fine-Grained Emotion Classification; Atha, Gampa and Vaidya, "
    "Emotion Recognition using BERT and its variants"
)


@hookimpl
def emocli_methods() -> list[Method]:
    """One method, with the head of either paper."""
    return [
        Method(
            name="label-embedding",
            summary="class names before the text, one score from each",
            source=_SOURCE,
            config="emocli_label_embedding.config:LabelEmbeddingConfig",
            model="emocli_label_embedding.model:LabelEmbedding",
        )
    ]
