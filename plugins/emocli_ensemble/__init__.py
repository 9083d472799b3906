"""Several trained models that answer as one."""

from emocli.hookspecs import hookimpl
from emocli.methods import Config, Method


@hookimpl
def emocli_methods() -> list[Method]:
    """Averaged probabilities."""
    return [
        Method(
            name="ensemble",
            summary="several trained models, their probabilities averaged",
            source="Dietterich 2000, Ensemble Methods in Machine Learning",
            config=Config,
            model="emocli_ensemble.model:Ensemble",
            bases="several",
        )
    ]
