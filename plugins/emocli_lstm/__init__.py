"""A bidirectional LSTM over word vectors, the baseline of bert-family."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method


@hookimpl
def emocli_methods() -> list[Method]:
    """One method."""
    return [
        Method(
            name="lstm",
            summary="two bidirectional LSTMs over word vectors, all their states flattened",
            source="Cherney, Wani and Shang, Text-based Emotion Recognition across BERT Family "
            "and LSTM",
            config="emocli_lstm.config:LstmConfig",
            model="emocli_lstm.model:LSTM",
        )
    ]
