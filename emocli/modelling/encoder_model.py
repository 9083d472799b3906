"""What models upon a pretrained encoder share: the encoder, its states, and who learns how fast."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Self

import torch
from torch import Tensor, nn

from emocli.common_options import EncoderConfig
from emocli.errors import UsageError
from emocli.modelling.batches import Batch
from emocli.modelling.encoder_kinds import SUMMARY_SEGMENT, summary_is_last
from emocli.modelling.encoder_layout import Layout
from emocli.modelling.encoders import drop_pooler, load_encoder
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.packed_encoder import PackedEncoder
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.modelling.remembering import Memory
from emocli.reporting import SILENT, Reporter

if TYPE_CHECKING:
    from emocli.training.run import Loss, Run

_LAYER = re.compile(r"\.(?:layer|layers|h|block)\.(\d+)\.")


class EncoderModel(Model):
    """A pretrained encoder whose states are pooled to one vector a text.

    Attributes:
        encoder: without a head, emocli's own or the base model of transformers.
        width: of the encoder's states.
        frozen: whether the encoder stays as it is.
        may_be_frozen: whether there is anything to learn with the option `frozen`.
    """

    config: EncoderConfig
    tokenizer: PretrainedTokenizer
    may_be_frozen: ClassVar[bool] = True
    takes_threads = True

    def __init__(
        self,
        config: EncoderConfig,
        labels: Labels,
        tokenizer: PretrainedTokenizer,
        **roles: Labels,
    ) -> None:
        """Build the encoder from the configuration that its tokenizer carries.

        Raises:
            UsageError: it is to be frozen, and the method teaches nothing else.
        """
        super().__init__(config, labels, tokenizer, **roles)
        self.encoder = self.new_encoder()
        self.width = int(self.encoder.config.hidden_size)
        self.dropout = nn.Dropout(config.dropout)
        self.frozen = False
        self._memory: Memory | None = None
        if config.frozen and not self.may_be_frozen:
            raise UsageError(
                "option 'frozen' is 'True', expected false: the method teaches the encoder itself"
            )
        if config.frozen:
            self.freeze()

    @classmethod
    def make_tokenizer(cls, config: EncoderConfig, texts: Iterable[str]) -> PretrainedTokenizer:
        """The encoder's own, whatever the texts."""
        return PretrainedTokenizer.of_encoder(
            config.encoder, tweets=config.tweets, max_length=config.max_length
        )

    def new_encoder(self) -> Any:
        """An encoder as the tokenizer describes it, with random weights.

        It is emocli's own where the architecture is known to it, else that of transformers.
        """
        settings: dict[str, Any] = dict(self.tokenizer.encoder_config)
        layout = Layout.of(settings)
        if layout is not None:
            return PackedEncoder(layout)
        from transformers import AutoConfig, AutoModel

        kind = settings.pop("model_type")
        build: Any = AutoModel.from_config
        encoder = build(AutoConfig.for_model(kind, **settings))
        drop_pooler(encoder)
        return encoder

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Take the encoder's pretrained weights."""
        pretrained, _ = load_encoder(self.config.encoder)
        self.take(pretrained)

    def take(self, pretrained: Any) -> None:
        """Copy the weights of an encoder of the same kind and size."""
        drop_pooler(pretrained)
        self.encoder.load_state_dict(pretrained.state_dict())

    def freeze(self) -> None:
        """From now on the encoder stays as it is, without dropout inside."""
        self.encoder.requires_grad_(False)
        self.encoder.eval()
        self.frozen = True

    def train(self, mode: bool = True) -> Self:
        """Without dropout inside a frozen encoder."""
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self

    def states(self, batch: Batch, columns: Tensor | None = None) -> Tensor:
        """The last layer's states, (batch, length, width).

        Args:
            columns: (n_columns,): others may be left out, and are 0 then; None: all are wanted.
        """
        return encode(self.encoder, batch, columns)

    def columns(self) -> Tensor | None:
        """The pieces of each text that `pool` reads, (n_columns,) int64; None: any."""
        if self._pooling() != "first":
            return None
        return torch.zeros(1, dtype=torch.int64, device=self.device)

    def pool(self, states: Tensor, batch: Batch) -> Tensor:
        """(batch, width) of states (batch, length, width), as the configuration says."""
        return pool(states, batch.mask, self._pooling())

    def _pooling(self) -> str:
        """That of the configuration; `last` for `first` where the encoder's summary is last."""
        pooling: str = self.config.pooling
        is_last = pooling == "first" and summary_is_last(self.encoder.config.model_type)
        return "last" if is_last else pooling

    def represent(self, batch: Batch) -> Tensor:
        """The text's vector, (batch, width)."""
        if self._memory is None:
            return self._read(batch)
        return self._memory.recall(batch, self._read)

    def _read(self, batch: Batch) -> Tensor:
        return self.pool(self.states(batch, self.columns()), batch)

    def groups(self, *layers: nn.Module) -> list[dict[str, Any]]:
        """What learns, as an optimiser takes it: the encoder by layers, then the rest.

        Args:
            layers: what the rest is; none: all but the encoder.
        """
        rate, decay = self.config.learning_rate, self.config.layer_decay
        own = [p for name, p in self.named_parameters() if not name.startswith("encoder.")]
        if layers:
            own = [parameter for layer in layers for parameter in layer.parameters()]
        groups = by_layers(self.encoder, rate, decay)
        return [*groups, {"params": own, "lr": self.config.head_learning_rate}]

    def fit(self, run: Run, loss: Loss | None = None) -> None:
        """Train encoder and head together, by `loss` or the model's own.

        Of a frozen encoder, the head alone.
        """
        with self.remembering(run, "target"):
            run.minimise(loss or self.loss, run.train, parameters=self.groups())

    @contextmanager
    def remembering(self, run: Run, *roles: str) -> Iterator[None]:
        """While a frozen encoder is trained upon, each text of these roles is encoded once."""
        self._memory = run.read_once(self._read, *roles) if self.frozen else None
        try:
            yield
        finally:
            self._memory = None


def encode(encoder: Any, batch: Batch, columns: Tensor | None = None) -> Tensor:
    """The last layer's states of a batch, (batch, length, width); see `EncoderModel.states`."""
    if isinstance(encoder, PackedEncoder):
        own: Tensor = encoder(batch, columns)
        return own
    types = _types(encoder, batch)
    more = {} if types is None else {"token_type_ids": types}
    states: Tensor = encoder(
        input_ids=batch.ids, attention_mask=batch.mask.long(), **more
    ).last_hidden_state
    return states


def _types(encoder: Any, batch: Batch) -> Tensor | None:
    """The segment of each piece, (batch, length) int64; None: all are in the encoder's first."""
    if batch.types is not None or not summary_is_last(encoder.config.model_type):
        return batch.types
    ends = batch.mask.sum(1, keepdim=True) - 1  # (batch, 1)
    return torch.zeros_like(batch.ids).scatter(1, ends, SUMMARY_SEGMENT)


def pool(states: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """(batch, width) of states (batch, length, width) in the mask.

    Their `mean`, or the state of the `first` or of the `last` piece.
    """
    if pooling == "first":
        return states[:, 0]
    if pooling == "last":
        return states[torch.arange(len(states), device=states.device), mask.sum(1) - 1]
    real = mask[..., None].to(states.dtype)  # (batch, length, 1)
    mean: Tensor = (states * real).sum(1) / real.sum(1)
    return mean


def by_layers(encoder: nn.Module, rate: float, decay: float) -> list[dict[str, Any]]:
    """The encoder's parameters that learn, in groups as an optimiser takes them, top layer last.

    The top layer learns at `rate`, each layer below at `decay` of the one above it, the embeddings
    at that of one more layer below.
    """
    layers: dict[int, list[nn.Parameter]] = {}
    named = [(name, p) for name, p in encoder.named_parameters() if p.requires_grad]
    found = {name: _LAYER.search(f".{name}") for name, _ in named}
    top = max((int(match[1]) for match in found.values() if match), default=-1)
    for name, parameter in named:
        match = found[name]
        embeds = "embed" in name
        layer = int(match[1]) if match else (-1 if embeds else top)
        layers.setdefault(layer, []).append(parameter)
    return [
        {"params": layers[layer], "lr": rate * decay ** (top - layer)} for layer in sorted(layers)
    ]
