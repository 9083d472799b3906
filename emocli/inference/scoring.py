"""From encoded texts to probabilities: batches of equal cost, halved where memory runs out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from emocli.errors import EmocliError
from emocli.inference.devices import computing_in, out_of_memory
from emocli.modelling.batches import Item, one_of_few
from emocli.modelling.model import Model
from emocli.reporting import SILENT, Reporter

T = TypeVar("T")
BATCH_TOKENS = 2048
LEAST_TOKENS = 1024
"""Of a batch that is computed beside others; smaller ones cost more than they gain."""
_MANY = 8
"""Batches of which the last may be as large as the others, however little is left for it."""

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
    """Probabilities of encoded texts in their order, (n, n_labels); the model must be in eval.

    On a CPU several smaller batches are computed at once, each on some of the cores: those have
    less to wait for one another.
    """
    lengths = [len(item.ids) for item in items]
    n_at_once = _n_at_once(model, batch_tokens, sum(lengths))
    left = deque(_of_few_sizes(lengths, batch_tokens // n_at_once))

    def answer() -> list[tuple[list[int], Tensor]]:
        found = []
        with torch.inference_mode(), computing_in(precision, model.device):
            while rows := _next(left):
                logits = model(model.batch([items[row] for row in rows]))
                found.append((rows, model.probabilities(logits.float())))
        return found

    found = answer() if n_at_once == 1 else _at_once(n_at_once, answer, left)
    scores = np.zeros((len(items), len(model.labels)), dtype=np.float32)
    for rows, part in found:  # only now, so that a GPU is never waited for between batches
        scores[rows] = part.cpu().numpy()
    return scores


def _of_few_sizes(lengths: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """The batches by length; the last, which is what was left, repeats a row up to such a size."""
    batches = list(batches_by_length(lengths, batch_tokens))
    for last in batches[-1:]:
        full = max(len(last), batch_tokens // one_of_few(lengths[last[0]]))
        n_rows = full if len(batches) >= _MANY else min(full, one_of_few(len(last)))
        last += [last[-1]] * (n_rows - len(last))
    return batches


def _next(left: deque[list[int]]) -> list[int]:
    """A batch that nobody has taken; an empty one where none is left."""
    try:
        return left.popleft()
    except IndexError:
        return []


def _n_at_once(model: Model, batch_tokens: int, n_tokens: int) -> int:
    """How many batches are computed at the same time; together they have `batch_tokens`."""
    if not model.takes_threads or model.device.type != "cpu" or not _threads_can_be_set():
        return 1
    return max(1, min(torch.get_num_threads(), min(batch_tokens, n_tokens) // LEAST_TOKENS))


@cache
def _threads_can_be_set() -> bool:
    """Whether torch takes another number of threads once it has computed something."""
    return "parallel backend: OpenMP" in torch.__config__.parallel_info()


def _at_once(n: int, work: Callable[[], list[T]], left: deque[Any]) -> list[T]:
    """What `n` threads find that share torch's among them; nothing is `left` when one fails."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(n_threads // n)
    try:
        with ThreadPoolExecutor(n) as pool:
            futures = [pool.submit(work) for _ in range(n)]
            try:
                return [one for future in futures for one in future.result()]
            except BaseException:  # an interruption, too: the pool waits for what is under way
                left.clear()
                raise
    finally:
        torch.set_num_threads(n_threads)


def batches_by_length(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Row numbers in batches of at most `batch_tokens` tokens with padding, longest first.

    A text longer than `batch_tokens` is a batch of its own.
    """
    rows = _longest_first(lengths)
    start = 0
    while start < len(rows):
        size = max(1, batch_tokens // one_of_few(lengths[rows[start]]))
        yield rows[start : start + size]
        start += size


def _longest_first(lengths: Sequence[int]) -> list[int]:
    return sorted(range(len(lengths)), key=lambda row: -lengths[row])
