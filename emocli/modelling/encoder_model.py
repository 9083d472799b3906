"""What models upon a pretrained encoder share: the encoder, its states, and who learns how fast."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from emocli.common_options import EncoderConfig
from emocli.modelling.batches import Batch
from emocli.modelling.encoders import load_encoder
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.modelling.remembering import Memory
from emocli.reporting import SILENT, Reporter

if TYPE_CHECKING:
    from emocli.training.run import Run

_LAYER = re.compile(r"\.(?:layer|layers|h|block)\.(\d+)\.")


class EncoderModel(Model):
    """A pretrained encoder whose states are pooled to one vector a text.

    Attributes:
        encoder: the base model of transformers, without a head.
        width: of the encoder's states.
    """

    config: EncoderConfig
    tokenizer: PretrainedTokenizer

    def __init__(
        self,
        config: EncoderConfig,
        labels: Labels,
        tokenizer: PretrainedTokenizer,
        **roles: Labels,
    ) -> None:
        """Build the encoder from the configuration that its tokenizer carries."""
        super().__init__(config, labels, tokenizer, **roles)
        self.encoder = self.new_encoder()
        self.width = int(self.encoder.config.hidden_size)
        self.dropout = nn.Dropout(config.dropout)
        self._memory: Memory | None = None

    @classmethod
    def make_tokenizer(cls, config: EncoderConfig, texts: Iterable[str]) -> PretrainedTokenizer:
        """The encoder's own, whatever the texts."""
        return PretrainedTokenizer.of_encoder(
            config.encoder, tweets=config.tweets, max_length=config.max_length
        )

    def new_encoder(self) -> Any:
        """An encoder as the tokenizer describes it, with random weights."""
        settings: dict[str, Any] = dict(self.tokenizer.encoder_config)
        kind = settings.pop("model_type")
        build: Any = AutoModel.from_config
        return build(AutoConfig.for_model(kind, **settings))

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Take the encoder's pretrained weights."""
        pretrained, _ = load_encoder(self.config.encoder)
        self.encoder.load_state_dict(pretrained.state_dict())
        if self.config.frozen:
            self.encoder.requires_grad_(False)

    def train(self, mode: bool = True) -> Self:
        """Without dropout inside a frozen encoder."""
        super().train(mode)
        if self.config.frozen:
            self.encoder.eval()
        return self

    def states(self, batch: Batch) -> Tensor:
        """The last layer's states, (batch, length, width)."""
        return encode(self.encoder, batch)

    def pool(self, states: Tensor, batch: Batch) -> Tensor:
        """(batch, width) of states (batch, length, width), as the configuration says."""
        return pool(states, batch.mask, self.config.pooling)

    def represent(self, batch: Batch) -> Tensor:
        """The text's vector, (batch, width)."""
        if self._memory is None:
            return self.pool(self.states(batch), batch)
        return self._memory.recall(batch, lambda part: self.pool(self.states(part), part))

    def groups(self) -> list[dict[str, Any]]:
        """All that learns, as an optimiser takes it: the encoder by layers, then the rest."""
        rate, decay = self.config.learning_rate, self.config.layer_decay
        own = [p for name, p in self.named_parameters() if not name.startswith("encoder.")]
        groups = by_layers(self.encoder, rate, decay)
        return [*groups, {"params": own, "lr": self.config.head_learning_rate}]

    def fit(self, run: Run) -> None:
        """Train encoder and head together; of a frozen encoder, the head alone."""
        with self.remembering():
            run.minimise(self.loss, run.train, parameters=self.groups())

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """While a frozen encoder is trained upon, each text is encoded once."""
        self._memory = Memory() if self.config.frozen else None
        try:
            yield
        finally:
            self._memory = None


def encode(encoder: Any, batch: Batch) -> Tensor:
    """The last layer's states of a batch, (batch, length, width)."""
    states: Tensor = encoder(
        input_ids=batch.ids, attention_mask=batch.mask.long()
    ).last_hidden_state
    return states


def pool(states: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """(batch, width): `mean` of the states (batch, length, width) in the mask, or the `first`."""
    if pooling == "first":
        return states[:, 0]
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
