"""BERTScore of many texts at once, and the text of the highest, by an exact search in blocks.

Source: Zhang et al. 2020, BERTScore: Evaluating Text Generation with BERT, section 3. With the
unit vectors x_i of a text's pieces and y_j of another's,

    R = mean over i of max over j of x_i · y_j,    P = mean over j of max over i of x_i · y_j,
    F1 = 2 P R / (P + R).

There are no idf weights and no rescaling by a baseline, neither of which the paper fine-grained
speaks of; a baseline would not change which text is the nearest. R or P below 0 count as 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from emocli.modelling.batches import Batch
from emocli.modelling.encoder_model import EncoderModel, encode

MOST = 2**22
"""Most numbers of a block: its similarities, and its vectors in single precision, 16 MiB each."""


@dataclass(frozen=True)
class Group:
    """Texts of equally many pieces, to be searched.

    Attributes:
        numbers: (n_texts,) int64, what the texts are known by.
        vectors: (n_pieces, n_texts, width), of length 1, in half precision.
    """

    numbers: Tensor
    vectors: Tensor


def by_pieces(base: EncoderModel, batch: Batch) -> Iterator[tuple[Tensor, Tensor]]:
    """The vectors of a batch's texts, those of equally many pieces together.

    The vectors are the last layer's states, of which the texts' representations are made too; the
    marks that the encoder has around a text are left out, and texts without any piece besides.

    Yields:
        The texts' rows in the batch, (n_texts,), and (n_texts, n_pieces, width) of length 1.
    """
    marks = batch.ids.new_tensor(base.tokenizer.encode(""))
    counted = batch.mask & ~torch.isin(batch.ids, marks)
    vectors = F.normalize(encode(base.encoder, batch).float(), dim=-1)
    n_pieces = counted.sum(1)
    for n in sorted(set(n_pieces.tolist()) - {0}):
        rows = (n_pieces == n).nonzero()[:, 0]
        yield rows, vectors[rows][counted[rows]].view(len(rows), n, -1)


def nearest(texts: Tensor, groups: Sequence[Group], barred: Tensor) -> Tensor:
    """The number of the text with the highest F1, (n_texts,) int64; -1 where none is above 0.

    Of equally near texts the first is taken.

    Args:
        texts: (n_texts, n_pieces, width), of length 1.
        barred: (n_texts,), the number of a text that is not to be found; -1: none.
    """
    highest = texts.new_zeros(len(texts))
    found = torch.full_like(barred, -1)
    # bfloat16 would round similarities to three digits.
    with torch.autocast(texts.device.type, enabled=False):
        for numbers, vectors in _blocks(groups, texts.shape[0] * texts.shape[1]):
            scores = f1(texts, vectors.to(texts))  # (n_texts, n_in_block)
            scores = scores.masked_fill(numbers == barred[:, None], 0)
            score, place = scores.max(1)
            found = torch.where(score > highest, numbers[place], found)
            highest = torch.maximum(score, highest)
    return found


def f1(texts: Tensor, others: Tensor) -> Tensor:
    """F1 of each text with each other, (n_texts, n_others) in [0, 1].

    Args:
        texts: (n_texts, n_pieces, width), of length 1.
        others: (n_other_pieces, n_others, width), of length 1.
    """
    n_texts, n_pieces, width = texts.shape
    flat = texts.reshape(-1, width) @ others.reshape(-1, width).T
    # The texts come last: a maximum over rows of neighbours is many times as quick.
    cosines = flat.view(n_texts, n_pieces, *others.shape[:2])
    recall = cosines.amax(2).mean(1).clamp(min=0)  # (n_texts, n_others)
    precision = cosines.amax(1).mean(1).clamp(min=0)  # (n_texts, n_others)
    both = precision + recall
    return 2 * precision * recall / both.masked_fill(both == 0, 1)


def _blocks(groups: Sequence[Group], n_pieces: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The groups in parts that stay below `MOST`, for texts of so many pieces together."""
    for group in groups:
        length, n_texts, width = group.vectors.shape
        size = max(1, MOST // (length * max(n_pieces, width)))
        for start in range(0, n_texts, size):
            part = slice(start, start + size)
            yield group.numbers[part], group.vectors[:, part]
