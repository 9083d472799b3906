"""`check_method`: a sound method passes, and whoever breaks a promise is told which."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

import emocli
from emocli.common_options import WordConfig
from emocli.methods import Method
from emocli.modelling.batches import Batch
from emocli.modelling.word_model import WordModel
from emocli.plugins import registry
from emocli.training.run import Run

OPTIONS = {
    "epochs": 60,
    "patience": 0,
    "learning_rate": 0.05,
    "embedding_width": 16,
    "min_count": 1,
    "output": "sigmoid",
}


@dataclass(frozen=True)
class BagConfig(WordConfig):
    """Options of word vectors alone."""


class Bag(WordModel):
    """A text is the mean of its word vectors."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.linear = nn.Linear(self.config.embedding_width, len(self.labels))

    def represent(self, batch: Batch) -> Tensor:
        words = self.embedding(batch.ids) * batch.mask[..., None]
        return words.sum(1) / batch.mask.sum(1, keepdim=True)

    def classify(self, representation: Tensor) -> Tensor:
        logits: Tensor = self.linear(representation)
        return logits


class CountingPadding(Bag):
    def represent(self, batch: Batch) -> Tensor:
        return super().represent(batch) * batch.ids.shape[1] / 8


class LookingAtNeighbours(Bag):
    def represent(self, batch: Batch) -> Tensor:
        found = super().represent(batch)
        return found if self.training else found - 0.5 * found.mean(0)


class LosingRows(Bag):
    def represent(self, batch: Batch) -> Tensor:
        found = super().represent(batch)
        return found if self.training else found[:1]


class AttendingToPadding(Bag):
    def attention(self, batch: Batch) -> Tensor:
        return torch.full(batch.ids.shape, 1 / batch.ids.shape[1])


class AttendingTwice(Bag):
    def attention(self, batch: Batch) -> Tensor:
        return batch.mask * 2 / batch.mask.sum(1, keepdim=True)


class Idle(Bag):
    def fit(self, run: Run) -> None:
        """Learn nothing."""


class Forgetting(Bag):
    def own_state(self) -> dict[str, Tensor]:
        return {name: torch.zeros_like(one) for name, one in super().own_state().items()}


class Unseeded(Bag):
    def fit(self, run: Run) -> None:
        torch.seed()
        nn.init.normal_(self.linear.weight)
        super().fit(run)


class Stubborn(Bag):
    def fit(self, run: Run) -> None:
        super().fit(run)
        if self.config.epochs == 1:
            for parameter in self.parameters():
                nn.init.constant_(parameter, 0.1)


class Inclusive(Bag):
    def probabilities(self, logits: Tensor) -> Tensor:
        return logits.sigmoid()


BROKEN: Mapping[type[Bag], str] = {
    CountingPadding: "padding changes no score",
    LookingAtNeighbours: "padding changes no score",
    LosingRows: "represent() gives one row a text",
    AttendingToPadding: "attention() is 0 at padding",
    AttendingTwice: "attention() adds up to 1",
    Forgetting: "a loaded model scores the same",
    Unseeded: "the same seed gives the same model",
    Stubborn: "another seed gives another model",
    Inclusive: "exclusive labels' scores add up to 1",
}


def method_of(model: type[Bag], monkeypatch: pytest.MonkeyPatch) -> Method:
    """A method as a package would declare it: its model is named, and imported on use."""
    monkeypatch.setitem(sys.modules, "a_package", SimpleNamespace(Model=model))
    method = Method("bag", "a bag of words", "nobody", BagConfig, "a_package:Model")
    monkeypatch.setitem(registry().methods, "bag", method)
    return method


def test_a_sound_method_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    emocli.check_method(method_of(Bag, monkeypatch), OPTIONS)


@pytest.mark.parametrize("model", BROKEN, ids=lambda model: model.__name__)
def test_a_promise_that_is_broken_is_named(
    model: type[Bag], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError) as caught:
        emocli.check_method(method_of(model, monkeypatch), OPTIONS)
    assert str(caught.value) == f"the contract is broken: {BROKEN[model]}"


def test_a_method_that_learns_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told = r"^the contract is broken: it learns eight sentences by heart \(Jaccard 0\.\d"
    with pytest.raises(AssertionError, match=told):
        emocli.check_method(method_of(Idle, monkeypatch), OPTIONS)
