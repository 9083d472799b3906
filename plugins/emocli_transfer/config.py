"""The options of both methods. The paper gives none of these values."""

from __future__ import annotations

from dataclasses import dataclass

from emocli.common_options import EncoderConfig
from emocli.methods import option


@dataclass(frozen=True)
class ParameterTransferConfig(EncoderConfig):
    """Options of `parameter-transfer`."""

    source_epochs: int = option(2, "passes over the source data, before the target data", least=0)
    head_width: int = option(256, "width of the sentiment task's linear layer", least=1)


@dataclass(frozen=True)
class MultitaskConfig(EncoderConfig):
    """Options of `multitask`."""

    source_weight: float = option(1.0, "weight of the sentiment loss beside the emotions'", least=0)
    shared_width: int = option(256, "width of the linear layer that both tasks share", least=1)
    head_width: int = option(256, "width of each task's own linear layer", least=1)
