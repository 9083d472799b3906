"""The options of the three variations. Of these values the paper gives the loss's weight only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emocli.common_options import EncoderConfig
from emocli.methods import option


@dataclass(frozen=True)
class SpaceConfig(EncoderConfig):
    """Options of `common-space-3.1`, and of the others."""

    epochs: int = option(4, "most passes over the target data for the emotion encoder", least=1)
    source_epochs: int = option(2, "passes over the source data for the sentiment encoder", least=0)
    space_epochs: int = option(
        20, "most passes over the target data for a stage upon the frozen encoders", least=1
    )
    space_width: int = option(256, "width of the common space", least=1)
    head_width: int = option(256, "width of the linear layer before a prediction layer", least=1)
    # The frozen encoders know the training texts by heart; 0.1 lets the layers upon them trust it.
    space_dropout: float = option(
        0.3, "dropout of what the common space and the layers that predict read", least=0, most=1
    )


@dataclass(frozen=True)
class ReconstructionConfig(SpaceConfig):
    """Options of `common-space-3.2`."""

    siamese_epochs: int = option(5, "passes over the pairs for the Siamese network", least=0)
    siamese_width: int = option(128, "width of the Siamese network", least=1)
    pairs: Literal["random", "two-texts"] = option(
        "random", "pairs of any two labelled copies, or never of two copies of one text"
    )


@dataclass(frozen=True)
class CommonSpaceConfig(ReconstructionConfig):
    """Options of `common-space`."""

    # Algorithm 1 step 13 minimises L1 + L2.
    reconstruction_weight: float = option(
        1.0, "weight of the reconstruction loss beside the emotions'", least=0
    )
