"""Five blocks of convolution, dropout and max-pooling, a dense layer and a softmax.

Source: Atha, Gampa and Vaidya, Emotion Recognition using BERT and its variants (bert-variants),
section 5.3, "CNN": "5 layers of Convolution, Dropout and Max Pooling Layers. The Convolution
layers were passed with filter size equal to Max sequence length and kernel size of 5. The dropout
ratio was 0.2 and maxpooling of 35. After these layers, we flatten the respective output, add a
dense layer of num_classes and a softmax activation function. For the other layers the activation
function used was relu."

A text has 128 words at most there. The first pooling by 35 leaves 3 positions, fewer than the
kernel's 5: a second block has nothing to read. So here each pooling makes one position of two, a
convolution answers at every position (the text goes on with zeros at both its ends), and a last
window may be cut short: 128 positions become 64, 32, 16, 8 and 4.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from emocli.modelling.batches import Batch
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.word_model import WordModel
from emocli_cnn.config import CnnConfig


class Block(nn.Module):
    """Convolution, ReLU, dropout and max-pooling."""

    def __init__(self, input_width: int, config: CnnConfig) -> None:
        """Build the filters upon `input_width` channels."""
        super().__init__()
        self.convolution = nn.Conv1d(input_width, config.filters, config.kernel)
        self.ends = ((config.kernel - 1) // 2, config.kernel // 2)
        self.dropout = nn.Dropout(config.dropout)
        self.pool = config.pool

    def forward(self, values: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """The answer (batch, filters, ⌈length / pool⌉), and which of its positions are real.

        Padding is 0 in both: a convolution at the end of a text sees what it would see if nothing
        followed, and zeros are never above what a ReLU says, so that max-pooling passes them over.

        Args:
            values: (batch, input_width, length), 0 at padding.
            real: (batch, 1, length), 1 at real positions and 0 at padding.
        """
        answers = self.convolution(F.pad(values, self.ends)).relu()  # (batch, filters, length)
        found = self.dropout(answers) * real
        return self.pooled(found), self.pooled(real)

    def pooled(self, values: Tensor) -> Tensor:
        """The largest of each window, (batch, any, ⌈length / pool⌉)."""
        return F.max_pool1d(values, self.pool, ceil_mode=True)


class CNN(WordModel):
    """The paper's CNN, for texts of at most `tokenizer.max_length` words.

    Attributes:
        positions: how many the last block leaves of the longest text.
    """

    config: CnnConfig

    def __init__(self, config: CnnConfig, labels: Labels, tokenizer: WordTokenizer) -> None:
        """Build the blocks and the dense layer upon the lookup table."""
        super().__init__(config, labels, tokenizer)
        widths = [config.embedding_width, *[config.filters] * (config.blocks - 1)]
        self.blocks = nn.ModuleList(Block(width, config) for width in widths)
        self.positions = tokenizer.max_length
        for _ in range(config.blocks):
            self.positions = -(-self.positions // config.pool)
        self.dense = nn.Linear(self.positions * config.filters, len(labels))

    def represent(self, batch: Batch) -> Tensor:
        """The last block's answer, flattened, (batch, filters * positions).

        The paper pads every text to the greatest length. Positions after a text's end are 0 in
        every block, so the blocks read no further than the longest text of the batch, and the
        zeros that are missing are set at the end.
        """
        real = batch.mask[:, None].to(self.embedding.weight.dtype)  # (batch, 1, length)
        values = self.vectors(batch).transpose(1, 2) * real  # (batch, width, length)
        for block in self.blocks:
            values, real = block(values, real)
        return F.pad(values, (0, self.positions - values.shape[-1])).flatten(1)

    def classify(self, representation: Tensor) -> Tensor:
        """The dense layer: logits, (batch, n_labels)."""
        logits: Tensor = self.dense(representation)
        return logits
