"""An encoder that classifies: its representation, dropout, a head."""

from __future__ import annotations

from torch import Tensor, nn

from emocli.common_options import EncoderConfig
from emocli.modelling.encoder_model import EncoderModel
from emocli.modelling.labels import Labels
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer


class ClassifyingEncoder(EncoderModel):
    """A linear head on the text's vector (Devlin et al. 2019, section 3.2), or a method's own.

    Attributes:
        head: from representations to logits (batch, n_labels).
    """

    def __init__(
        self,
        config: EncoderConfig,
        labels: Labels,
        tokenizer: PretrainedTokenizer,
        **roles: Labels,
    ) -> None:
        """Add the head."""
        super().__init__(config, labels, tokenizer, **roles)
        self.head = self.new_head()

    def new_head(self) -> nn.Module:
        """A linear layer from the text's vector, (batch, width), to (batch, n_labels)."""
        return nn.Linear(self.width, len(self.labels))

    def classify(self, representation: Tensor) -> Tensor:
        """Logits, (batch, n_labels)."""
        logits: Tensor = self.head(self.dropout(representation))
        return logits
