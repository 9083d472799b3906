"""Where the text comes from that a text is mixed with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from emocli.modelling.batches import Batch
from emocli.modelling.encoder_model import EncoderModel

if TYPE_CHECKING:
    from emocli.training.run import Run


class Candidates(ABC):
    """One way to find a candidate for each text."""

    @abstractmethod
    def find(self, base: EncoderModel, batch: Batch, *, dev: bool = False) -> list[Sequence[int]]:
        """The ids of each text's candidate; a text that has none is its own.

        Args:
            base: by which texts are read.
            dev: these are a training's dev texts.
        """

    @abstractmethod
    def prepare(self) -> None:
        """Load what is pretrained; training only."""

    @abstractmethod
    def keep(self, base: EncoderModel, run: Run) -> None:
        """Take from a training what is needed to find candidates later."""

    @abstractmethod
    def kept(self) -> dict[str, Tensor]:
        """What a model folder keeps, by name."""

    @abstractmethod
    def take(self, kept: Mapping[str, Tensor]) -> None:
        """Take what `kept` gave; RuntimeError where it does not fit."""

    @abstractmethod
    def notes(self) -> str:
        """What the card tells of them."""
