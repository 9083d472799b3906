"""One stage of a training: what it learns, from what, for how long, and how that is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from emocli.errors import EmocliError
from emocli.modelling.model import Model
from emocli.training.checkpoints import State
from emocli.training.optimising import Stepper
from emocli.training.plans import Plan


class OutOfTimeError(EmocliError):
    """The time was over before the training came to its last stage."""


@dataclass(frozen=True)
class Stage:
    """A `minimise` under way.

    Attributes:
        epochs: most of them.
        scored: what answers dev after each epoch; None: dev chooses nothing.
        name: what it learns; "" where it is the only stage.
        number: from 1.
    """

    loss: Callable[[list[Any]], Tensor]
    plan: Plan
    stepper: Stepper
    epochs: int
    scored: Model | None
    name: str
    number: int

    @property
    def title(self) -> str:
        """What stands before an epoch that is told."""
        return f"stage {self.number}, {self.name}, " if self.name else ""

    def place(self, state: State) -> str:
        """How far it has come, and which epoch dev has chosen so far, in words."""
        chosen = f"; epoch {state.best_epoch} is kept" if state.best_epoch else ""
        if state.step == 0:
            return f"after {self.title}epoch {state.epoch} of {self.epochs}{chosen}"
        return (
            f"in {self.title}epoch {state.epoch + 1} of {self.epochs}, after {state.step} of "
            f"{len(self.plan)} batches{chosen}"
        )

    def out_of_time(self, minutes: float | None) -> OutOfTimeError:
        """The error where the stage cannot begin any more."""
        name = f" ({self.name})" if self.name else ""
        stage = f"stage {self.number}{name} of the training" if self.number > 1 else "the training"
        return OutOfTimeError(
            f"the {minutes or 0:g} minutes were over before {stage} began, and no model can do "
            "without it; allow more --max-minutes."
        )

    def told(self, entry: Mapping[str, Any], metric: str) -> str:
        """The line that ends an epoch.

        Args:
            entry: the epoch's, of `State.history`.
            metric: its key of the dev score.
        """
        scored = f", dev {metric} {entry[metric]:.4f}" if self.scored is not None else ""
        return (
            f"{self.title}epoch {entry['epoch']}/{self.epochs}: loss {entry['loss']:.4f}{scored} "
            f"({entry['seconds']:.0f} s)"
        )
