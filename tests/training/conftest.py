"""A model small enough to reckon by hand, and a reporter that remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from emocli.methods import Config
from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.tokenizer import Tokenizer, WordTokenizer
from emocli.modelling.trained import Trained
from emocli.reporting import Bar, Reporter
from emocli.training.run import Run
from emocli.training.settings import Settings


class OneLogit(Model):
    """Its only parameter is the logit of its only label, whatever the text."""

    def __init__(self, config: Config, labels: Labels, tokenizer: Tokenizer) -> None:
        super().__init__(config, labels, tokenizer)
        self.logit = nn.Parameter(torch.zeros(()))

    @classmethod
    def make_tokenizer(cls, config: Config, texts: Iterable[str]) -> Tokenizer:
        return WordTokenizer.build(texts, min_count=1)

    def represent(self, batch: Batch) -> Tensor:
        return torch.ones(len(batch.ids), 1)

    def classify(self, representation: Tensor) -> Tensor:
        return representation * self.logit


class Memory(Reporter):
    """Remembers what it hears; Ctrl-C is pressed where it is told to.

    Attributes:
        interrupt_step: the training step, counted from 1 over all, at whose end Ctrl-C comes.
        interrupt_saying: Ctrl-C comes when a text begins so.
    """

    def __init__(self, interrupt_step: int = 0, interrupt_saying: str = "") -> None:
        self.said: list[str] = []
        self.warned: list[str] = []
        self.bars: list[tuple[str, float | None, str]] = []
        self.advanced: list[float] = []
        self.interrupt_step = interrupt_step
        self.interrupt_saying = interrupt_saying
        self.steps = 0

    def say(self, text: str) -> None:
        self.said.append(text)
        if self.interrupt_saying and text.startswith(self.interrupt_saying):
            raise KeyboardInterrupt

    def warn(self, text: str) -> None:
        self.warned.append(text)

    @contextmanager
    def progress(self, description: str, total: float | None, unit: str) -> Iterator[Bar]:
        self.bars.append((description, total, unit))
        yield _MemoryBar(self)


@dataclass
class _MemoryBar(Bar):
    memory: Memory

    def advance(self, n: float = 1, **values: float | str) -> None:
        self.memory.advanced.append(n)
        if "loss" in values:
            self.memory.steps += 1
            if self.memory.steps == self.memory.interrupt_step:
                raise KeyboardInterrupt


@pytest.fixture(scope="session")
def memory() -> Callable[..., Memory]:
    """Make a reporter that remembers."""
    return Memory


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Make a run of `OneLogit` on `n` texts; called with `Settings`' and `Config`'s values."""

    def make(
        n: int = 4,
        reporter: Reporter | None = None,
        settings: Settings | None = None,
        **options: Any,
    ) -> Run:
        model = OneLogit(Config(**options), Labels(("joy",)), WordTokenizer([]))
        items = [Item([1], [float(number % 2)]) for number in range(n)]
        return Run(model, {"target": items}, items, settings or Settings(), reporter or Reporter())

    return make


@pytest.fixture(scope="session")
def the_same() -> Callable[[Trained, Trained], bool]:
    """Whether two trainings ended bit for bit alike."""

    def same(one: Trained, other: Trained) -> bool:
        first, second = one.model.state_dict(), other.model.state_dict()
        told = [
            [{key: value for key, value in entry.items() if key != "seconds"} for entry in history]
            for history in (one.about["history"], other.about["history"])
        ]
        return (
            all(torch.equal(first[name], second[name]) for name in first)
            and one.thresholds.tolist() == other.thresholds.tolist()
            and one.about["dev"] == other.about["dev"]
            and told[0] == told[1]
        )

    return same
