"""A convolutional network over word vectors, the baseline of bert-variants."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method


@hookimpl
def emocli_methods() -> list[Method]:
    """One method."""
    return [
        Method(
            name="cnn",
            summary="five blocks of convolution, dropout and max-pooling over word vectors",
            source="Atha, Gampa and Vaidya, Emotion Recognition using BERT and its variants",
            config="emocli_cnn.config:CnnConfig",
            model="emocli_cnn.model:CNN",
        )
    ]
