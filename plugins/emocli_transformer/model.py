"""A pretrained encoder, a pooled representation and a linear head, all fine-tuned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from emocli.modelling.batches import Batch
from emocli.modelling.encoders import load_encoder
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.reporting import SILENT, Reporter

if TYPE_CHECKING:
    from emocli.training.run import Run
    from emocli_transformer.config import TransformerConfig


class FineTunedEncoder(Model):
    """Devlin et al. 2019, section 3.2, with the pooling of the configuration."""

    config: TransformerConfig

    def __init__(
        self, config: TransformerConfig, labels: Labels, tokenizer: PretrainedTokenizer
    ) -> None:
        """Build the encoder from the configuration that its tokenizer carries."""
        super().__init__(config, labels, tokenizer)
        settings: dict[str, Any] = dict(tokenizer.encoder_config)
        kind = settings.pop("model_type")
        build: Any = AutoModel.from_config
        self.encoder = build(AutoConfig.for_model(kind, **settings))
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(self.encoder.config.hidden_size, len(labels))

    @classmethod
    def make_tokenizer(cls, config: TransformerConfig, texts: Iterable[str]) -> PretrainedTokenizer:
        """The encoder's own, whatever the texts."""
        return PretrainedTokenizer.of_encoder(
            config.encoder, tweets=config.tweets, max_length=config.max_length
        )

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Take the encoder's pretrained weights."""
        pretrained, _ = load_encoder(self.config.encoder)
        self.encoder.load_state_dict(pretrained.state_dict())

    def represent(self, batch: Batch) -> Tensor:
        """Mean or first of the last hidden states, (batch, hidden_size)."""
        states = self.encoder(
            input_ids=batch.ids, attention_mask=batch.mask.long()
        ).last_hidden_state  # (batch, length, hidden_size)
        if self.config.pooling == "first":
            first: Tensor = states[:, 0]
            return first
        real = batch.mask[..., None].to(states.dtype)
        mean: Tensor = (states * real).sum(1) / real.sum(1)
        return mean

    def classify(self, representation: Tensor) -> Tensor:
        """Logits, (batch, n_labels)."""
        logits: Tensor = self.head(self.dropout(representation))
        return logits

    def fit(self, run: Run) -> None:
        """Fine-tune everything; the new head learns faster."""
        groups: list[dict[str, Any]] = [
            {"params": list(self.encoder.parameters())},
            {"params": list(self.head.parameters()), "lr": self.config.head_learning_rate},
        ]
        run.minimise(self.loss, run.train, parameters=groups)
