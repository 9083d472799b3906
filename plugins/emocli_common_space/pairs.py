"""Pairs of texts for the Siamese network (algorithm 1, stage 1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emocli.errors import EmocliError
from emocli.modelling.batches import Item


class Pair(NamedTuple):
    """Two copies of texts, and whether their labels differ."""

    first: Item
    second: Item
    different: bool


class Copies:
    """The single-label copy of multi-label data: D_P of algorithm 1.

    A text with k labels becomes k copies that stand together, a text without any none. A label of
    a teacher's probabilities counts above 0.5.

    Attributes:
        items: the texts, (n_texts,).
        text: number of a copy's text, (n_copies,).
        label: number of a copy's label, (n_copies,).
        start: where the copies of a copy's text begin, (n_copies,).
        size: how many copies its text has, (n_copies,).
    """

    def __init__(self, items: Sequence[Item]) -> None:
        """Copy labelled texts."""
        self.items = items
        targets = np.array([item.target for item in items], dtype=float).reshape(len(items), -1)
        self.text, self.label = np.nonzero(targets > 0.5)
        _, self.start, of_text, sizes = np.unique(
            self.text, return_index=True, return_inverse=True, return_counts=True
        )
        self.start, self.size = self.start[of_text], sizes[of_text]

    def __len__(self) -> int:
        return len(self.text)

    def pair(self, first: int, second: int) -> Pair:
        """Two copies by their numbers."""
        return Pair(
            self.items[self.text[first]],
            self.items[self.text[second]],
            bool(self.label[first] != self.label[second]),
        )


class Pairs:
    """A plan: every copy once an epoch, in random order, each with another copy drawn for it.

    Args:
        strategy: `random` draws from all the other copies; `two-texts` from those of other texts.

    Raises:
        EmocliError: a copy has no other to go with.
    """

    def __init__(self, items: Sequence[Item], batch_size: int, strategy: str = "random") -> None:
        """Plan over the labelled texts."""
        self.copies = copies = Copies(items)
        self.batch_size = batch_size
        self._start, self._size = copies.start, copies.size
        if strategy == "random":
            self._start, self._size = np.arange(len(copies)), np.ones(len(copies), dtype=int)
        if not len(copies) or (self._size == len(copies)).any():
            raise EmocliError(
                "the Siamese network learns from pairs of texts that have a label, and the "
                f"training data has {len(np.unique(copies.text))}; add texts."
            )

    def __len__(self) -> int:
        return -(-len(self.copies) // self.batch_size)

    def epoch(self, random: np.random.Generator) -> Iterator[list[Pair]]:
        """Batches of pairs, the same for the same random generator."""
        order = random.permutation(len(self.copies))
        seconds = self._others(order, random)
        for start in range(0, len(order), self.batch_size):
            rows = slice(start, start + self.batch_size)
            yield [
                self.copies.pair(first, second)
                for first, second in zip(order[rows], seconds[rows], strict=True)
            ]

    def _others(
        self, firsts: npt.NDArray[np.intp], random: np.random.Generator
    ) -> npt.NDArray[np.intp]:
        """For each copy one of those outside its block, each as likely as any other."""
        start, size = self._start[firsts], self._size[firsts]
        drawn = random.integers(0, len(self.copies) - size)
        return np.where(drawn < start, drawn, drawn + size)
