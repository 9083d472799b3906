"""An auxiliary task, sentiment for example, derived from the labels and learnt beside them."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method


@hookimpl
def emocli_methods() -> list[Method]:
    """One method, with a head on the text or on the labels' names."""
    return [
        Method(
            name="auxiliary",
            summary="learns groups of the labels beside the labels",
            source="Wang and Feng, Delving into Fine-Grained Emotion Classification",
            config="emocli_auxiliary.config:AuxiliaryConfig",
            model="emocli_auxiliary.model:Auxiliary",
        )
    ]
