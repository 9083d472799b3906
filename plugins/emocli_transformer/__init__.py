"""Pretrained transformer encoders with a classification head."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method
from emocli_transformer.config import TransformerConfig

_SOURCE = "Devlin et al. 2019, BERT: Pre-training of Deep Bidirectional Transformers"


@hookimpl
def emocli_methods() -> list[Method]:
    """Fine-tuning of an encoder; the other encoders of the papers follow."""
    summary = "fine-tuned pretrained encoder"
    return [
        Method(
            "bert", summary, _SOURCE, TransformerConfig, "emocli_transformer.model:FineTunedEncoder"
        )
    ]
