"""BERT, RoBERTa and DistilBERT, which answer without padding.

Vaswani et al. 2017, Attention Is All You Need, section 3, with what Devlin et al. 2019 put before
it. The pieces of a batch stand one behind another, (n_pieces, width): all layers but the attention
take each piece by itself, and the attention takes texts of one length together. In training the
padding stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emocli.modelling.batches import Batch
from emocli.modelling.encoder_layout import ACTIVATIONS, Layout


@dataclass(frozen=True)
class Packing:
    """Where the pieces of a batch are.

    Attributes:
        index: (n_pieces,) int64: the place of each in the batch laid flat, (batch * length).
        places: (n_pieces,) int64: its number in its own text, from 0.
        groups: how many texts of which length follow one another.
        seen: (n_texts, 1, 1, length) bool, the pieces that may be looked at; None: all.
    """

    index: Tensor
    places: Tensor
    groups: Sequence[tuple[int, int]]
    seen: Tensor | None = None

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
        return cls(
            index.to(device, non_blocking=True), places.to(device, non_blocking=True), groups
        )

    @classmethod
    def padded(cls, batch: Batch) -> Packing:
        """The batch as it is, padding and all."""
        n_texts, length = batch.ids.shape
        index = torch.arange(n_texts * length, device=batch.ids.device)
        return cls(index, index % length, [(n_texts, length)], batch.mask[:, None, None])


@dataclass(frozen=True)
class Layer:
    """The weights of one layer, each with its bias; query, key and value as one."""

    inward: tuple[Tensor, Tensor]
    attended: tuple[Tensor, Tensor]
    attended_norm: tuple[Tensor, Tensor]
    wide: tuple[Tensor, Tensor]
    narrow: tuple[Tensor, Tensor]
    narrow_norm: tuple[Tensor, Tensor]

    def to(self, precision: torch.dtype) -> Layer:
        """The same in another precision."""
        pairs = (getattr(self, part.name) for part in fields(self))
        return Layer(*((weight.to(precision), bias.to(precision)) for weight, bias in pairs))


class PackedEncoder(nn.Module):
    """An encoder whose weights go by the names that transformers gives them.

    Attributes:
        config: its sizes.
    """

    def __init__(self, layout: Layout) -> None:
        """Build it with random weights."""
        super().__init__()
        self.config = layout
        c, width = layout, layout.hidden_size
        self._add("embeddings.word_embeddings", nn.Embedding(c.vocab_size, width))
        self._add("embeddings.position_embeddings", nn.Embedding(c.max_position_embeddings, width))
        if c.type_vocab_size:
            self._add("embeddings.token_type_embeddings", nn.Embedding(c.type_vocab_size, width))
        self._add("embeddings.LayerNorm", nn.LayerNorm(width, c.layer_norm_eps))
        for number in range(c.num_hidden_layers):
            self._add_layer(f"{c.names.layers}.{number}")
        self._kept: tuple[object, list[Layer]] | None = None

    def train(self, mode: bool = True) -> Self:
        """Forget the weights that were cast: fused optimisers change them without a trace."""
        self._kept = None
        return super().train(mode)

    def forward(self, batch: Batch) -> Tensor:
        """The last layer's states, (batch, length, width) float32.

        What stands at padding means nothing; in evaluation it is 0.
        """
        # Batches to learn from hold texts of like length, and sizes that come again and again
        # leave no gaps in memory, as those of packed ones do.
        packing = Packing.padded(batch) if self.training else Packing.of(batch)
        states = self._embed(batch, packing)
        if self.training or torch.is_grad_enabled():
            for layer in self._layers():
                states = self._through(layer, states, packing)
        else:
            states = self._answer(states, packing)
        n_texts, length = batch.ids.shape
        padded = states.new_zeros(n_texts * length, states.shape[-1], dtype=torch.float32)
        return padded.index_copy(0, packing.index, states.float()).view(n_texts, length, -1)

    def _answer(self, states: Tensor, packing: Packing) -> Tensor:
        """All layers without gradients, in the precision asked for: weights are cast once."""
        kind = states.device.type
        lowered = torch.is_autocast_enabled(kind)
        precision = torch.get_autocast_dtype(kind) if lowered else states.dtype
        states = states.to(precision)
        with torch.autocast(kind, enabled=False):
            for layer in self._cast_layers(precision):
                states = self._through(layer, states, packing)
        return states

    def _embed(self, batch: Batch, packing: Packing) -> Tensor:
        """(n_pieces, width)."""
        part = self.get_submodule("embeddings")
        states: Tensor = part.get_submodule("word_embeddings")(
            batch.ids.flatten()[packing.index]
        ) + part.get_submodule("position_embeddings")(packing.places + self.config.first_position)
        if self.config.type_vocab_size:
            types = part.get_submodule("token_type_embeddings")
            given = torch.zeros_like(batch.ids) if batch.types is None else batch.types
            states = states + types(given.flatten()[packing.index])
        normal: Tensor = part.get_submodule("LayerNorm")(states)
        return self._drop(normal)

    def _through(self, layer: Layer, states: Tensor, packing: Packing) -> Tensor:
        """One layer, (n_pieces, width) of (n_pieces, width)."""
        attended = F.linear(self._attend(layer, states, packing), *layer.attended)
        states = self._norm(states + self._drop(attended), layer.attended_norm)
        approximate = ACTIVATIONS[self.config.hidden_act]
        wide = F.gelu(F.linear(states, *layer.wide), approximate=approximate)
        narrow = F.linear(wide, *layer.narrow)
        return self._norm(states + self._drop(narrow), layer.narrow_norm)

    def _attend(self, layer: Layer, states: Tensor, packing: Packing) -> Tensor:
        """What each piece takes from those of its text, (n_pieces, width)."""
        n_heads = self.config.num_attention_heads
        inward = F.linear(states, *layer.inward)  # (n_pieces, 3 * width)
        dropped = self.config.attention_probs_dropout_prob if self.training else 0.0
        found = []
        start = 0
        for n_texts, length in packing.groups:
            part = inward[start : start + n_texts * length]
            start += n_texts * length
            # (n_texts, n_heads, length, width of a head) each
            query, key, value = part.view(n_texts, length, 3, n_heads, -1).permute(2, 0, 3, 1, 4)
            attended = F.scaled_dot_product_attention(
                query, key, value, attn_mask=packing.seen, dropout_p=dropped
            )
            found.append(attended.transpose(1, 2).reshape(n_texts * length, -1))
        return torch.cat(found)

    def _norm(self, states: Tensor, weights: tuple[Tensor, Tensor]) -> Tensor:
        return F.layer_norm(states, states.shape[-1:], *weights, self.config.layer_norm_eps)

    def _drop(self, states: Tensor) -> Tensor:
        return F.dropout(states, self.config.hidden_dropout_prob, self.training)

    def _cast_layers(self, precision: torch.dtype) -> list[Layer]:
        """The weights in a precision, kept until one of them is written to, or `train`."""
        state = (precision, [(p.data_ptr(), p._version) for p in self.parameters()])
        if self._kept is None or self._kept[0] != state:
            self._kept = (state, [layer.to(precision) for layer in self._layers()])
        return self._kept[1]

    def _layers(self) -> Iterator[Layer]:
        names = self.config.names
        for number in range(self.config.num_hidden_layers):
            part = self.get_submodule(f"{names.layers}.{number}")
            inward = [_weights(part, name) for name in (names.query, names.key, names.value)]
            yield Layer(
                (torch.cat([weight for weight, _ in inward]), torch.cat([b for _, b in inward])),
                _weights(part, names.attended),
                _weights(part, names.attended_norm),
                _weights(part, names.wide),
                _weights(part, names.narrow),
                _weights(part, names.narrow_norm),
            )

    def _add_layer(self, place: str) -> None:
        c, names, width = self.config, self.config.names, self.config.hidden_size
        for name in (names.query, names.key, names.value, names.attended):
            self._add(f"{place}.{name}", nn.Linear(width, width))
        for name in (names.attended_norm, names.narrow_norm):
            self._add(f"{place}.{name}", nn.LayerNorm(width, c.layer_norm_eps))
        self._add(f"{place}.{names.wide}", nn.Linear(width, c.intermediate_size))
        self._add(f"{place}.{names.narrow}", nn.Linear(c.intermediate_size, width))

    def _add(self, path: str, module: nn.Module) -> None:
        """Put a module at the end of a path of names."""
        *parents, name = path.split(".")
        place: nn.Module = self
        for parent in parents:
            if not hasattr(place, parent):
                place.add_module(parent, nn.Module())
            place = place.get_submodule(parent)
        place.add_module(name, module)


def _weights(part: nn.Module, name: str) -> tuple[Tensor, Tensor]:
    found = part.get_submodule(name)
    return found.get_parameter("weight"), found.get_parameter("bias")
