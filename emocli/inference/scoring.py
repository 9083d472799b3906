"""From encoded texts to probabilities: batches of equal cost, halved where memory runs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import torch

from emocli.errors import EmocliError
from emocli.inference.devices import computing_in, out_of_memory
from emocli.modelling.batches import Item
from emocli.modelling.model import Model
from emocli.reporting import SILENT, Reporter

BATCH_TOKENS = 2048


Scored = tuple[npt.NDArray[np.float32], int]
"""Probabilities, (n, n_labels), and how many tokens a batch was found to hold."""


def share_out(
    models: Sequence[Model],
    items: Sequence[Item],
    score_share: Callable[[Model, Sequence[Item]], Scored],
) -> Scored:
    """Let equal models on several devices score an equal share each, at the same time."""
    if len(models) == 1:
        return score_share(models[0], items)
    order = _longest_first([len(item.ids) for item in items])
    shares = [order[start :: len(models)] for start in range(len(models))]
    with ThreadPoolExecutor(len(models)) as pool:
        found = list(
            pool.map(score_share, models, ([items[row] for row in rows] for rows in shares))
        )
    scores = np.zeros((len(items), len(models[0].labels)), dtype=np.float32)
    for rows, (part, _) in zip(shares, found, strict=True):
        scores[rows] = part
    return scores, min(held for _, held in found)


def score_within_memory(
    model: Model,
    items: Sequence[Item],
    batch_tokens: int,
    precision: torch.dtype,
    reporter: Reporter = SILENT,
) -> Scored:
    """As `score`, the batches halved as often as memory runs out; the scores and `batch_tokens`.

    Raises:
        EmocliError: memory does not hold a single text.
    """
    longest = max((len(item.ids) for item in items), default=0)
    while True:
        try:
            return score(model, items, batch_tokens, precision), batch_tokens
        except RuntimeError as error:
            if not out_of_memory(error):
                raise
            if batch_tokens <= longest:
                raise EmocliError(
                    f"out of memory even with one text at a time (the longest has {longest} "
                    "tokens); use another --device or --precision."
                ) from error
        batch_tokens = max(batch_tokens // 2, longest)
        reporter.warn(f"out of memory; going on with batches of {batch_tokens} tokens")


def score(
    model: Model, items: Sequence[Item], batch_tokens: int, precision: torch.dtype
) -> npt.NDArray[np.float32]:
    """Probabilities of encoded texts in their order, (n, n_labels); the model must be in eval."""
    found = []
    with torch.inference_mode(), computing_in(precision, model.device):
        for rows in batches_by_length([len(item.ids) for item in items], batch_tokens):
            logits = model(model.batch([items[row] for row in rows]))
            found.append((rows, model.probabilities(logits.float())))
    scores = np.zeros((len(items), len(model.labels)), dtype=np.float32)
    for rows, part in found:  # only now, so that a GPU is never waited for between batches
        scores[rows] = part.cpu().numpy()
    return scores


def batches_by_length(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Row numbers in batches of at most `batch_tokens` tokens with padding, longest first.

    A text longer than `batch_tokens` is a batch of its own.
    """
    rows = _longest_first(lengths)
    start = 0
    while start < len(rows):
        size = max(1, batch_tokens // lengths[rows[start]])
        yield rows[start : start + size]
        start += size


def _longest_first(lengths: Sequence[int]) -> list[int]:
    return sorted(range(len(lengths)), key=lambda row: -lengths[row])
