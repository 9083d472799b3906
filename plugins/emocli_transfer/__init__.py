"""From sentiment to emotion by shared parameters: fine-tuned twice, or taught both at once."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method

_SOURCE = "Chouragade and Devi, Deep Transfer Learning for Emotion Recognition from Text"


@hookimpl
def emocli_methods() -> list[Method]:
    """Model-1 and Model-2."""
    return [
        Method(
            name="parameter-transfer",
            summary="encoder fine-tuned on sentiment, then on emotions (Model-1)",
            source=_SOURCE,
            config="emocli_transfer.config:ParameterTransferConfig",
            model="emocli_transfer.model:ParameterTransfer",
            roles=("source",),
        ),
        Method(
            name="multitask",
            summary="encoder taught sentiment and emotions at once (Model-2)",
            source=_SOURCE,
            config="emocli_transfer.config:MultitaskConfig",
            model="emocli_transfer.model:Multitask",
            roles=("source",),
        ),
    ]
