"""What a frozen module says of each text, worked out once however many epochs ask for it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from emocli.modelling.batches import Batch, Item, collate


class Memory:
    """Rows of a function of texts, kept on the CPU by the texts' ids.

    The function must be the same at each call: of frozen parameters, without dropout.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._rows: dict[tuple[int, ...], Tensor] = {}

    def recall(self, batch: Batch, compute: Callable[[Batch], Tensor]) -> Tensor:
        """compute(batch), (batch, …); only texts not seen before are computed, without gradient."""
        keys = batch.rows()
        new = list(dict.fromkeys(key for key in keys if key not in self._rows))
        if new:
            part = collate([Item(key, role=batch.role) for key in new], _pad(batch))
            with torch.no_grad():
                rows = compute(part.to(batch.ids.device)).detach().to("cpu")
            self._rows.update(zip(new, rows.unbind(0), strict=True))
        return torch.stack([self._rows[key] for key in keys]).to(batch.ids.device)


def _pad(batch: Batch) -> int:
    """The id at padding; any id where there is none."""
    padding = batch.ids[~batch.mask]
    return int(padding[0]) if len(padding) else 0
