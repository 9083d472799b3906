"""A pretrained encoder, a pooled representation and a linear head (Devlin et al. 2019)."""

from __future__ import annotations

from torch import Tensor, nn

from emocli.common_options import EncoderConfig
from emocli.modelling.encoder_model import EncoderModel
from emocli.modelling.labels import Labels
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer


class FineTunedEncoder(EncoderModel):
    """Devlin et al. 2019, section 3.2, with the pooling of the configuration."""

    def __init__(
        self, config: EncoderConfig, labels: Labels, tokenizer: PretrainedTokenizer
    ) -> None:
        """Add the classification head."""
        super().__init__(config, labels, tokenizer)
        self.head = nn.Linear(self.width, len(labels))

    def classify(self, representation: Tensor) -> Tensor:
        """Logits, (batch, n_labels)."""
        logits: Tensor = self.head(self.dropout(representation))
        return logits
