"""One space for the representations of two encoders, one of emotions and one of sentiment."""

from emocli.hookspecs import hookimpl
from emocli.methods import Method

_SOURCE = "Chouragade and Devi, Deep Transfer Learning for Emotion Recognition from Text"
_METHODS = (
    (
        "common-space",
        "common space of two encoders, by labels and reconstruction (Model-3.3)",
        "config:CommonSpaceConfig",
        "model:CommonSpace",
    ),
    (
        "common-space-3.1",
        "common space of two encoders, by labels (Model-3.1)",
        "config:SpaceConfig",
        "model:PredictedSpace",
    ),
    (
        "common-space-3.2",
        "common space of two encoders, by reconstruction (Model-3.2)",
        "config:ReconstructionConfig",
        "model:ReconstructedSpace",
    ),
)


@hookimpl
def emocli_methods() -> list[Method]:
    """The three variations of Model-3."""
    return [
        Method(
            name=name,
            summary=summary,
            source=_SOURCE,
            config=f"emocli_common_space.{config}",
            model=f"emocli_common_space.{model}",
            roles=("source",),
            bases="optional",
        )
        for name, summary, config, model in _METHODS
    ]
