"""Class names as the first segment before each text of a batch.

Sources: Alhuzali and Ananiadou 2021, SpanEmo: Casting Multi-label Emotion Classification as
Span-prediction; with it the papers bert-variants (section 4) and fine-grained (section 3.3), which
write [CLS] + names + [SEP] + text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import torch
from tokenizers import Encoding
from torch import Tensor, nn

from emocli.errors import EmocliError
from emocli.modelling.batches import Batch
from emocli.modelling.labels import Labels
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer

_PROBE = "a"  # any text: what stands around it is what counts
_NO_WORD = re.compile(r"[\W_]+")


def words_of(label: str) -> str:
    """A label's name as words: `severe_toxic` and `love/optimism` are two words each."""
    return _NO_WORD.sub(" ", label).strip() or label


class LabelSegment(nn.Module):
    """The class names and the marks around them, to be put before each text of a batch.

    The layout is the one that the encoder's own tokenizer gives a pair of texts, so it is
    <s> names </s></s> text </s> for RoBERTa, and names <sep> text <sep> <cls> for XLNet.

    Attributes:
        ids: (n_before,) int64, all that stands before a text's first piece.
        shares: (n_labels, n_before), 1 / n at each of the n pieces of the label's name.
        columns: (n_pieces,) int64, where the pieces of all names are.
        n_replaced: how many marks before a text alone have no place in a pair.
    """

    ids: Tensor
    shares: Tensor
    columns: Tensor

    def __init__(self, labels: Labels, tokenizer: PretrainedTokenizer, *, typed: bool) -> None:
        """Lay the names out; `typed`: the encoder tells segments apart by types of tokens.

        Raises:
            EmocliError: the tokenizer has no layout for pairs, or makes nothing of a name.
        """
        super().__init__()
        names = [words_of(name) for name in labels.names]
        pair = tokenizer.laid_out(" ".join(names), _PROBE)
        alone = tokenizer.laid_out(_PROBE)
        n_before = pair.sequence_ids.index(1)
        _check_layout(pair, alone)
        self.n_replaced = alone.sequence_ids.index(0)
        self.register_buffer("ids", torch.tensor(pair.ids[:n_before]), persistent=False)
        shares = _shares(pair, names, n_before)
        self.register_buffer("shares", shares, persistent=False)
        columns = shares.any(0).nonzero()[:, 0]
        self.register_buffer("columns", columns, persistent=False)
        for name, counted in zip(labels.names, shares.sum(1).tolist(), strict=True):
            if not counted:
                raise EmocliError(f"the encoder's tokenizer makes no piece of the label '{name}'.")
        self._types = pair.type_ids if typed and any(pair.type_ids) else None
        self._n_before = n_before

    @property
    def n_added(self) -> int:
        """By how many tokens a text grows."""
        return self._n_before - self.n_replaced

    def before(self, batch: Batch) -> Batch:
        """The batch with the names before each text, (batch, n_added + length)."""
        n_texts = len(batch.ids)
        ids = torch.cat([self.ids.expand(n_texts, -1), batch.ids[:, self.n_replaced :]], dim=1)
        real = batch.mask.new_ones(n_texts, self._n_before)
        mask = torch.cat([real, batch.mask[:, self.n_replaced :]], dim=1)
        longer = replace(batch, ids=ids, mask=mask, lengths=batch.lengths + self.n_added)
        return longer if self._types is None else replace(longer, types=self._typed(longer))

    def _typed(self, batch: Batch) -> Tensor:
        """(batch, length): the types of the names, of the text, of the marks at its end."""
        known = self._types or []
        of_names, (of_text, *at_end) = known[: self._n_before], known[self._n_before :]
        types = torch.full(batch.ids.shape, of_text)
        types[:, : self._n_before] = torch.tensor(of_names)
        rows = torch.arange(len(types))
        for place, kind in enumerate(reversed(at_end), start=1):
            types[rows, batch.lengths - place] = kind
        return types.to(batch.ids.device)

    def pool(self, states: Tensor) -> Tensor:
        """The mean of each name's states, (batch, n_labels, width) of (batch, length, width)."""
        return self.shares.to(states.dtype) @ states[:, : self._n_before]


def _shares(pair: Encoding, names: Sequence[str], n_before: int) -> Tensor:
    """(n_labels, n_before): rows that add up to 1, or 0 where a name has no piece."""
    counts = torch.zeros(len(names), n_before)
    start = 0
    for row, name in enumerate(names):
        span = range(start, start + len(name))
        for place in range(n_before):
            first, end = pair.offsets[place]
            # By its last character: some tokenizers count the blank before a word as its first.
            if pair.sequence_ids[place] == 0 and max(first, end - 1) in span:
                counts[row, place] = 1
        start = span.stop + 1
    return counts / counts.sum(1, keepdim=True).clamp(min=1)


def _check_layout(pair: Encoding, alone: Encoding) -> None:
    """Raise EmocliError where a text is not laid out in a pair as it is alone."""
    n_before = pair.sequence_ids.index(1)
    parted = pair.sequence_ids[n_before - 1] is None
    if not parted or pair.ids[n_before:] != alone.ids[alone.sequence_ids.index(0) :]:
        raise EmocliError(
            "the encoder's tokenizer has no layout for a pair of texts, which the class names "
            "before a text need; choose another encoder."
        )
