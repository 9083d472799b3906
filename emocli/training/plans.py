"""The order in which an epoch visits its items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, Protocol

import numpy as np

from emocli.modelling.batches import Item

_POOL_BATCHES = 50


class Plan(Protocol):
    """One epoch's batches, the same for the same random generator."""

    def __len__(self) -> int:
        """Batches an epoch."""

    def epoch(self, random: np.random.Generator) -> Iterator[list[Any]]:
        """The batches of one epoch."""


class Shuffled:
    """Every item once an epoch, in random order; texts of like length share a batch."""

    def __init__(self, items: Sequence[Any], batch_size: int) -> None:
        """Plan over `items`, which need not be `Item`s."""
        self.items = items
        self.batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self.items) // self.batch_size)

    def epoch(self, random: np.random.Generator) -> Iterator[list[Any]]:
        """Shuffle, sort by length within pools of batches, shuffle the batches of each pool."""
        order = random.permutation(len(self.items))
        pool = _POOL_BATCHES * self.batch_size
        for start in range(0, len(order), pool):
            rows = sorted(order[start : start + pool], key=lambda row: _length(self.items[row]))
            starts = np.arange(0, len(rows), self.batch_size)
            for first in random.permutation(starts):
                yield [self.items[row] for row in rows[first : first + self.batch_size]]


class Alternating:
    """A batch of each role in turn; an epoch is one pass over the last role's items.

    The earlier roles' batches are drawn anew from all their items each epoch.
    """

    def __init__(self, items: Sequence[Sequence[Item]], batch_size: int) -> None:
        """Plan over several roles' items; the last is the target."""
        self.plans = [Shuffled(of_role, batch_size) for of_role in items]

    def __len__(self) -> int:
        return len(self.plans) * len(self.plans[-1])

    def epoch(self, random: np.random.Generator) -> Iterator[list[Item]]:
        """Batches in turn: first role, …, last role, first role, …"""
        *others, last = self.plans
        streams = [_endless(plan, random) for plan in others]
        for batch in last.epoch(random):
            for stream in streams:
                yield next(stream)
            yield batch


class Together:
    """Rows of one item a role, such as a source and a target text.

    An epoch is one pass over the last role's items. The earlier roles' items are drawn anew from
    all of them each epoch. The items of a batch that belong to one role are of like length.
    """

    def __init__(self, items: Sequence[Sequence[Item]], batch_size: int) -> None:
        """Plan over several roles' items; the last is the target."""
        self.plans = [Shuffled(of_role, batch_size) for of_role in items]

    def __len__(self) -> int:
        return len(self.plans[-1])

    def epoch(self, random: np.random.Generator) -> Iterator[list[tuple[Item, ...]]]:
        """Batches of rows, each with an item of every role."""
        *others, last = self.plans
        streams = [chain.from_iterable(_endless(plan, random)) for plan in others]
        for batch in last.epoch(random):
            yield list(zip(*(islice(stream, len(batch)) for stream in streams), batch, strict=True))


def _endless(plan: Shuffled, random: np.random.Generator) -> Iterator[list[Item]]:
    while True:
        yield from plan.epoch(random)


def _length(item: Any) -> int:
    return len(item.ids) if isinstance(item, Item) else 0
