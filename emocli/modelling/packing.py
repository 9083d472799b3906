"""Where the pieces of a batch's texts are when they stand one behind another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
from torch import Tensor
from torch.nn import functional as F

from emocli.modelling.batches import Batch, one_of_few, sent


@dataclass(frozen=True)
class Packing:
    """Where the pieces of a batch are.

    Attributes:
        index: (n_pieces,) int64: the place of each in the batch laid flat, (batch * length).
        places: (n_pieces,) int64: its number in its own text, from 0.
        groups: how many texts of which length follow one another.
        real: (n_texts, length) bool: where pieces are in the texts, padded, as they follow.
        holds_padding: whether padding stands among the pieces.
    """

    index: Tensor
    places: Tensor
    groups: Sequence[tuple[int, int]]
    real: Tensor
    holds_padding: bool = False

    @classmethod
    def of(cls, batch: Batch) -> Packing:
        """Texts of one length stand together, longest first."""
        lengths, rows = batch.lengths.sort(descending=True, stable=True)
        columns = torch.arange(batch.ids.shape[1])
        real = columns < lengths[:, None]
        index = (rows[:, None] * len(columns) + columns)[real]
        places = columns.expand(len(rows), -1)[real]
        groups = [(sum(1 for _ in same), length) for length, same in groupby(lengths.tolist())]
        device = batch.ids.device
        return cls(sent(index, device), sent(places, device), groups, real)

    @classmethod
    def padded(cls, batch: Batch) -> Packing:
        """The batch as it is, padding and all."""
        n_texts, length = batch.ids.shape
        index = torch.arange(n_texts * length, device=batch.ids.device)
        groups = [(n_texts, length)]
        return cls(index, index % length, groups, batch.mask, holds_padding=True)

    @property
    def seen(self) -> Tensor | None:
        """(n_texts, 1, 1, length) bool, the pieces that may be looked at; None: all."""
        return self.real[:, None, None] if self.holds_padding else None

    def rows(self, columns: Tensor) -> Tensor:
        """Where the pieces in these columns of each text are, (n_texts * n_columns,) int64."""
        found = []
        start = 0
        for n_texts, length in self.groups:
            end = start + n_texts * length
            starts = torch.arange(start, end, length, device=columns.device)
            found.append((starts[:, None] + columns).flatten())
            start = end
        return torch.cat(found)

    def filled(self, values: Tensor) -> Tensor:
        """Rows of 0 behind those of the pieces, up to one of a few sizes."""
        return F.pad(values, (0, 0, 0, one_of_few(len(values)) - len(values)))

    def spread(self, values: Tensor) -> Tensor:
        """Values of the pieces, (n_texts, length, width) of (n_pieces, width), on a CPU.

        At padding the text's first piece stands once more.
        """
        return F.embedding(self._numbers, values).view(*self.real.shape, -1)

    def gathered(self, values: Tensor, n_filled: int) -> Tensor:
        """Back from texts laid flat, (n_texts * length, width): (n_filled, width)."""
        return F.embedding(F.pad(self._flat, (0, n_filled - len(self._flat))), values)

    @cached_property
    def unseen(self) -> Tensor:
        """(n_texts, 1, 1, length) float32: minus infinity where there is no piece, else 0."""
        return torch.zeros(self.real.shape).masked_fill_(~self.real, -torch.inf)[:, None, None]

    @cached_property
    def _flat(self) -> Tensor:
        return self.real.flatten().nonzero()[:, 0]

    @cached_property
    def _numbers(self) -> Tensor:
        lengths = self.real.sum(1)
        firsts = (lengths.cumsum(0) - lengths)[:, None]
        return (firsts + torch.arange(self.real.shape[1]) * self.real).flatten()

    def parts(self, values: Tensor) -> Sequence[Tensor]:
        """The rows of each group: of all pieces, or of equally many from each text.

        What is behind those of all pieces is left out.
        """
        if len(values) >= len(self.index):
            real = values[: len(self.index)]
            return torch.split(real, [n_texts * length for n_texts, length in self.groups])
        each = len(values) // sum(n_texts for n_texts, _ in self.groups)
        return torch.split(values, [n_texts * each for n_texts, _ in self.groups])
