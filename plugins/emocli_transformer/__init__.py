"""Pretrained transformer encoders with a classification head."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method

_BERT = "Devlin et al. 2019, BERT: Pre-training of Deep Bidirectional Transformers"
_METHODS = (
    ("bert", "fine-tuned BERT base, or any encoder", "BertConfig", _BERT),
    ("bert-large", "fine-tuned BERT large", "BertLargeConfig", _BERT),
    (
        "distilbert",
        "fine-tuned DistilBERT",
        "DistilBertConfig",
        "Sanh et al. 2019, DistilBERT, a distilled version of BERT",
    ),
    (
        "roberta",
        "fine-tuned RoBERTa",
        "RobertaConfig",
        "Liu et al. 2019, RoBERTa: A Robustly Optimized BERT Pretraining Approach",
    ),
    (
        "xlnet",
        "fine-tuned XLNet",
        "XlnetConfig",
        "Yang et al. 2019, XLNet: Generalized Autoregressive Pretraining",
    ),
)


@hookimpl
def emocli_methods() -> list[Method]:
    """One architecture, five encoders."""
    return [
        Method(
            name,
            summary,
            source,
            config=f"emocli_transformer.config:{config}",
            model="emocli_transformer.model:FineTunedEncoder",
        )
        for name, summary, config, source in _METHODS
    ]
