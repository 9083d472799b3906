"""What frozen layers say of every text, worked out once, before a stage of training upon them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from emocli.inference.devices import computing_in
from emocli.inference.scoring import BATCH_TOKENS, batches_by_length
from emocli.modelling.batches import Batch, Item
from emocli.modelling.model import Model
from emocli.modelling.remembering import Memory
from emocli.reporting import Reporter


def read_once(
    model: Model,
    items: Sequence[Item],
    compute: Callable[[Batch], Tensor],
    precision: torch.dtype,
    reporter: Reporter,
) -> Memory:
    """A memory of compute(batch), (batch, …), for all of these texts.

    The last bits of a row depend on the batch that it is computed in. Batches of all the texts in
    one order, not those of the epoch at hand, let a training that is gone on with see the same
    rows.
    """
    memory = Memory()
    texts = [Item(ids) for ids in dict.fromkeys(tuple(item.ids) for item in items)]
    model.eval()
    with (
        computing_in(precision, model.device),
        reporter.progress("encoding the texts", len(texts), "texts") as bar,
    ):
        for rows in batches_by_length([len(text.ids) for text in texts], BATCH_TOKENS):
            memory.recall(model.batch([texts[row] for row in rows]), compute)
            bar.advance(len(rows))
    return memory
