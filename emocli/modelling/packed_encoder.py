"""BERT, RoBERTa and DistilBERT, which answer without padding.

Vaswani et al. 2017, Attention Is All You Need, section 3, with what Devlin et al. 2019 put before
it. The pieces of a batch stand one behind another, (n_pieces, width): all layers but the attention
take each piece by itself, and the attention takes texts of one length together. In training the
padding stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emocli.modelling.attention import attend
from emocli.modelling.batches import Batch
from emocli.modelling.encoder_layout import ACTIVATIONS, Layout
from emocli.modelling.layers import looked_up
from emocli.modelling.packing import Packing
from emocli.modelling.products import Product, floating, precision_inside, product


@dataclass(frozen=True)
class Layer:
    """The weights of one layer; those of query, key and value as one."""

    inward: Product
    attended: Product
    attended_norm: tuple[Tensor, Tensor]
    wide: Product
    narrow: Product
    narrow_norm: tuple[Tensor, Tensor]


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

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: not the weights that were cast, which oneDNN may have put by."""
        return {**self.__dict__, "_kept": None}

    def train(self, mode: bool = True) -> Self:
        """Forget the weights that were cast: fused optimisers change them without a trace."""
        self._kept = None
        return super().train(mode)

    def forward(self, batch: Batch, columns: Tensor | None = None) -> Tensor:
        """The last layer's states, (batch, length, width) float32.

        What stands at padding means nothing; in evaluation it is 0.

        Args:
            columns: (n_columns,) int64: the last layer is computed for these pieces of each text,
                which no text is too short for; what stands elsewhere is 0. None: for all.
        """
        # Batches to learn from hold texts of like length, and sizes that come again and again
        # leave no gaps in memory, as those of packed ones do.
        packing = Packing.padded(batch) if self.training else Packing.of(batch)
        rows = None if columns is None else packing.rows(columns)
        states = self._embed(batch, packing)
        if self.training or torch.is_grad_enabled():
            states = self._through_all(self._layers(), states, packing, rows)
        else:
            states = self._answer(states, packing, rows)
        n_texts, length = batch.ids.shape
        padded = states.new_zeros(n_texts * length, states.shape[-1], dtype=torch.float32)
        index = packing.index if rows is None else packing.index[rows]
        return padded.index_copy(0, index, states.float()).view(n_texts, length, -1)

    def _answer(self, states: Tensor, packing: Packing, rows: Tensor | None) -> Tensor:
        """All layers without gradients, in the precision asked for: weights are cast once."""
        precision = precision_inside(states)
        layers = self._cast_layers(precision)
        with torch.autocast(states.device.type, enabled=False):
            states = packing.filled(states.to(floating(precision)))
            answered = self._through_all(layers, states, packing, rows)
        return answered[: len(packing.index)] if rows is None else answered

    def _through_all(
        self, layers: Iterable[Layer], states: Tensor, packing: Packing, rows: Tensor | None
    ) -> Tensor:
        """States after the last layer, of all pieces or those in `rows`."""
        last = self.config.num_hidden_layers - 1
        for number, layer in enumerate(layers):
            states = self._through(layer, states, packing, rows if number == last else None)
        return states

    def _embed(self, batch: Batch, packing: Packing) -> Tensor:
        """(n_pieces, width)."""
        part = self.get_submodule("embeddings")
        table = part.get_parameter("word_embeddings.weight")
        pieces = looked_up(table, batch.ids.flatten()[packing.index])
        places = packing.places + self.config.first_position
        states: Tensor = pieces + part.get_submodule("position_embeddings")(places)
        if self.config.type_vocab_size:
            types = part.get_submodule("token_type_embeddings")
            given = torch.zeros_like(batch.ids) if batch.types is None else batch.types
            states = states + types(given.flatten()[packing.index])
        normal: Tensor = part.get_submodule("LayerNorm")(states)
        return self._drop(normal)

    def _through(
        self, layer: Layer, states: Tensor, packing: Packing, rows: Tensor | None
    ) -> Tensor:
        """One layer, (n_pieces, width) of (n_pieces, width); (n_rows, width) where given `rows`."""
        kept = states if rows is None else states[rows]
        dropped = self.config.attention_probs_dropout_prob if self.training else 0.0
        taken = attend(
            layer.inward(states), packing, rows, self.config.num_attention_heads, dropped
        )
        attended = layer.attended(taken)
        if self.config.drops_attended:
            attended = self._drop(attended)
        kept = self._norm(kept + attended, layer.attended_norm)
        narrow = layer.narrow(layer.wide(kept))
        return self._norm(kept + self._drop(narrow), layer.narrow_norm)

    def _norm(self, states: Tensor, weights: tuple[Tensor, Tensor]) -> Tensor:
        return F.layer_norm(states, states.shape[-1:], *weights, self.config.layer_norm_eps)

    def _drop(self, states: Tensor) -> Tensor:
        return F.dropout(states, self.config.hidden_dropout_prob, self.training)

    def _cast_layers(self, precision: torch.dtype) -> list[Layer]:
        """The weights in a precision, kept until one of them is written to, or `train`."""
        state = (precision, [(p.data_ptr(), p._version) for p in self.parameters()])
        if self._kept is None or self._kept[0] != state:
            self._kept = (state, list(self._layers(precision)))
        return self._kept[1]

    def _layers(self, precision: torch.dtype | None = None) -> Iterator[Layer]:
        """The weights in a precision; None: as they are, to be learnt."""
        names, gelu = self.config.names, ACTIVATIONS[self.config.hidden_act]
        for number in range(self.config.num_hidden_layers):
            part = self.get_submodule(f"{names.layers}.{number}")
            inward = [_weights(part, name) for name in (names.query, names.key, names.value)]
            weight, bias = torch.cat([one for one, _ in inward]), torch.cat([b for _, b in inward])
            yield Layer(
                inward=product(weight, bias, precision),
                attended=product(*_weights(part, names.attended), precision),
                attended_norm=_cast(_weights(part, names.attended_norm), precision),
                wide=product(*_weights(part, names.wide), precision, gelu),
                narrow=product(*_weights(part, names.narrow), precision),
                narrow_norm=_cast(_weights(part, names.narrow_norm), precision),
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


def answers_in_int8(model: nn.Module) -> bool:
    """Whether a model reads by such an encoder, which `precision_inside` lets answer in int8."""
    return any(isinstance(part, PackedEncoder) for part in model.modules())


def _weights(part: nn.Module, name: str) -> tuple[Tensor, Tensor]:
    found = part.get_submodule(name)
    return found.get_parameter("weight"), found.get_parameter("bias")


def _cast(weights: tuple[Tensor, Tensor], precision: torch.dtype | None) -> tuple[Tensor, Tensor]:
    if precision is None:
        return weights
    weight, bias = (values.to(floating(precision)) for values in weights)
    return weight, bias
