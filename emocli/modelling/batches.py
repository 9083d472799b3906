"""From encoded texts to tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Item:
    """One encoded text.

    Attributes:
        ids: token ids, at least one.
        target: (n_labels,) in [0, 1], 0 or 1 for gold labels; None where there is no label.
        role: which task it belongs to, `target` or a role of the method such as `source`.
    """

    ids: Sequence[int]
    target: Sequence[float] | None = None
    role: str = "target"


@dataclass(frozen=True)
class Batch:
    """Texts of one task as tensors.

    Attributes:
        ids: (batch, length) int64, padded at the end.
        mask: (batch, length) bool, True at real tokens.
        lengths: (batch,) int64, always on the CPU, so that asking for them never waits.
        targets: (batch, n_labels) float32, or None.
        role: as in `Item`.
        types: (batch, length) int64, the segment that a token is of; None: all are of one.
    """

    ids: Tensor
    mask: Tensor
    lengths: Tensor
    targets: Tensor | None
    role: str
    types: Tensor | None = None

    def rows(self) -> list[tuple[int, ...]]:
        """The ids of each text, without padding."""
        rows = zip(self.ids.tolist(), self.lengths.tolist(), strict=True)
        return [tuple(ids[:length]) for ids, length in rows]

    def gold(self) -> Tensor:
        """The targets of a batch to learn from, (batch, n_labels) float32.

        Raises:
            ValueError: an item has none.
        """
        if self.targets is None:
            raise ValueError("a training batch needs targets")
        return self.targets

    def to(self, device: torch.device) -> Batch:
        """The same batch on `device` (`lengths` stays on the CPU)."""
        return replace(
            self,
            ids=sent(self.ids, device),
            mask=sent(self.mask, device),
            targets=None if self.targets is None else sent(self.targets, device),
            types=None if self.types is None else sent(self.types, device),
        )


def sent(values: Tensor, device: torch.device) -> Tensor:
    """A tensor of the CPU on `device`; CUDA is not waited for, which pinned memory allows.

    MPS is: it would read from memory that has been let go meanwhile.
    """
    if device.type != "cuda" or values.is_cuda:
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)


def one_of_few(n: int) -> int:
    """The next number from `n` on among 0 to 16 and the eight that part each doubling after it.

    oneDNN keeps a program and memory for each size of a product or an LSTM that it has met.
    """
    step = 1 << max(0, n.bit_length() - 4)
    return -(-n // step) * step


def collate(items: Sequence[Item], pad: int, least_length: int = 0) -> Batch:
    """Pad items of one role to the longest of them, and to `least_length`.

    Raises:
        ValueError: no items, items of several roles, or an item without tokens.
    """
    roles = {item.role for item in items}
    if len(roles) != 1:
        raise ValueError(f"a batch holds items of one role, got {sorted(roles)}")
    lengths = torch.tensor([len(item.ids) for item in items])
    if int(lengths.min()) == 0:
        raise ValueError("an item has no tokens")
    mask = torch.arange(max(int(lengths.max()), least_length)) < lengths[:, None]
    ids = torch.full(mask.shape, pad)
    ids[mask] = torch.tensor([index for item in items for index in item.ids])
    targets = None
    if all(item.target is not None for item in items):
        targets = torch.tensor([item.target for item in items], dtype=torch.float32)
    return Batch(ids, mask, lengths, targets, roles.pop())
