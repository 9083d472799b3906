"""The model of Joulin et al. 2017, section 2: a linear classifier over averaged words."""

from collections.abc import Iterable

from torch import Tensor, nn

from emocli.modelling.batches import Batch
from emocli.modelling.labels import Labels
from emocli.modelling.model import Model
from emocli.modelling.tokenizer import WordTokenizer
from emocli_bow import BowConfig


class BagOfWords(Model):
    """Words, their mean, a linear layer; loss and training are those of `Model`."""

    def __init__(self, config: BowConfig, labels: Labels, tokenizer: WordTokenizer) -> None:
        super().__init__(config, labels, tokenizer)
        self.words = nn.Embedding(len(tokenizer), config.width, padding_idx=tokenizer.pad)
        self.output = nn.Linear(config.width, len(labels))

    @classmethod
    def make_tokenizer(cls, config: BowConfig, texts: Iterable[str]) -> WordTokenizer:
        """A vocabulary of the words of the training texts."""
        return WordTokenizer.build(texts, min_count=1)

    def represent(self, batch: Batch) -> Tensor:
        """The mean vector of the words, (batch, width)."""
        words = self.words(batch.ids) * batch.mask[..., None]  # (batch, length, width)
        return words.sum(1) / batch.mask.sum(1, keepdim=True)

    def classify(self, representation: Tensor) -> Tensor:
        """Logits, (batch, n_labels)."""
        return self.output(representation)
