"""What the pieces of a text take from one another.

Scaled dot-product attention of several heads: Vaswani et al. 2017, Attention Is All You Need,
section 3.2.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from emocli.modelling.packing import Packing
from emocli.modelling.processor import onednn_multiplies

_MOST = 1 << 23
"""Scores that are written out at once: more fit no memory that is kept (`keep_freed_memory`)."""


def attend(
    inward: Tensor, packing: Packing, rows: Tensor | None, n_heads: int, dropped: float = 0.0
) -> Tensor:
    """What pieces, all or those in `rows`, take from all of their text, (n_rows, width).

    Args:
        inward: (n_pieces, 3 * width), queries, keys and values.
        rows: (n_rows,) int64, equally many of each text; None: all of `inward`.
        dropped: the share of the attention that is dropped.
    """
    n_texts, length = packing.real.shape
    few = not packing.holds_padding and n_texts * n_heads * length**2 <= _MOST
    in_bf16 = inward.device.type == "cpu" and inward.dtype == torch.bfloat16
    if few and in_bf16 and onednn_multiplies(torch.bfloat16):
        return _by_products(inward, packing, rows, n_heads)
    return _by_lengths(inward, packing, rows, n_heads, dropped)


def _by_lengths(
    inward: Tensor, packing: Packing, rows: Tensor | None, n_heads: int, dropped: float
) -> Tensor:
    """Texts of one length at a time, by torch's own attention."""
    width = inward.shape[-1] // 3
    shape = (n_heads, width // n_heads)
    queries = inward[:, :width] if rows is None else inward[rows, :width]
    found = []
    for (n_texts, _), query, others in zip(
        packing.groups, packing.parts(queries), packing.parts(inward[:, width:]), strict=True
    ):
        # (n_texts, n_heads, length, width of a head) each
        query = query.view(n_texts, -1, *shape).transpose(1, 2)
        key, value = others.view(n_texts, -1, 2, *shape).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(
            query, key, value, attn_mask=packing.seen, dropout_p=dropped
        )
        found.append(attended.transpose(1, 2).reshape(-1, width))
    n_filled = 0 if rows is not None else len(inward) - len(packing.index)
    return F.pad(torch.cat(found), (0, 0, 0, n_filled))


def _by_products(inward: Tensor, packing: Packing, rows: Tensor | None, n_heads: int) -> Tensor:
    """All texts at a time, padded: for so few and short ones torch's own attention is slower."""
    width = inward.shape[-1] // 3
    texts = packing.spread(inward)
    n_texts, length, _ = texts.shape
    queries, keys, values = torch.split(texts, width, dim=-1)
    if rows is not None:
        queries = inward[rows, :width].view(n_texts, -1, width)
    query, key, value = (_heads(part, n_heads) for part in (queries, keys, values))
    scores = torch.bmm(query, key.transpose(1, 2)).view(n_texts, n_heads, -1, length)
    scores = torch.add(packing.unseen, scores, alpha=query.shape[-1] ** -0.5)  # in float32
    shares = scores.softmax(-1).to(inward.dtype).view(n_texts * n_heads, -1, length)
    attended = torch.bmm(shares, value).view(n_texts, n_heads, -1, width // n_heads)
    together = attended.transpose(1, 2).reshape(-1, width)
    return together if rows is not None else packing.gathered(together, len(inward))


def _heads(values: Tensor, n_heads: int) -> Tensor:
    """(n_texts * n_heads, n, width of a head) of (n_texts, n, width)."""
    n_texts, n, width = values.shape
    apart = values.view(n_texts, n, n_heads, width // n_heads).transpose(1, 2)
    return apart.reshape(n_texts * n_heads, n, width // n_heads)
