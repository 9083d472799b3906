"""A model together with what is known about it; what a model folder holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from emocli.modelling.model import Model


@dataclass
class Trained:
    """A trained model, ready to predict and to be saved.

    Attributes:
        method: the name of its method.
        thresholds: (n_labels,) in [0, 1], fitted on dev.
        about: what the card tells: data and checksums, seed, dev scores, epochs, versions,
            command; plain JSON values.
    """

    method: str
    model: Model
    thresholds: npt.NDArray[np.float64]
    about: dict[str, Any] = field(default_factory=dict)
