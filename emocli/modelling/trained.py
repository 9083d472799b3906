"""A model together with what is known about it; what a model folder holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from emocli.errors import UsageError
from emocli.modelling.cached import digest
from emocli.modelling.labels import Labels
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


def refuse_other_labels(trained: Trained, labels: Labels, part: str) -> None:
    """Raise UsageError where a model that is to be `part`, such as "the teacher", knows others."""
    told = trained.model.labels
    if told.names != labels.names:
        raise UsageError(
            f"{part} '{trained.method}' has the labels {', '.join(told.names)}; "
            f"expected {', '.join(labels.names)}."
        )
    if told.exclusive != labels.exclusive:
        number = {True: "exactly one label", False: "any number of labels"}
        raise UsageError(
            f"{part} '{trained.method}' gives a text {number[told.exclusive]}; "
            f"the training data give it {number[labels.exclusive]}."
        )


def state_digest(trained: Trained, *others: object) -> str:
    """A name for what the model says of `others`, plain JSON values."""
    parts = [part for part in trained.model.modules() if isinstance(part, Model)]
    tensors = [tensor for part in parts for tensor in part.own_state().values()]
    return digest(tensors, trained.method, [str(part.config) for part in parts], *others)


def about_model(trained: Trained) -> dict[str, Any]:
    """What another model's card tells of one that it was made of or taught by."""
    own = trained.about
    keys = ("seed", "commands", "dev", "data", "bases", "stopped")
    told = {key: own.get(key) for key in keys}
    return {"method": trained.method, **told}
