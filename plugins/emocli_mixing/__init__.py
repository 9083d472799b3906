"""Embedding mixing: a trained encoder model answers a text together with one much like it."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method


@hookimpl
def emocli_methods() -> list[Method]:
    """One method, around any encoder model."""
    return [
        Method(
            name="embedding-mixing",
            summary="a trained encoder model, each text mixed with one much like it",
            source="Wang and Feng, Delving into Fine-Grained Emotion Classification",
            config="emocli_mixing.config:MixingConfig",
            model="emocli_mixing.model:EmbeddingMixing",
            bases="one",
        )
    ]
