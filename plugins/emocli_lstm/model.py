"""Two bidirectional LSTMs, their states flattened, and a linear layer.

Source: Cherney, Wani and Shang, Text-based Emotion Recognition across BERT Family and LSTM
(bert-family), "The Baseline Model: LSTM", "Implementation": "Max_padding = 117 […] Bidirectional =
True, Lstm_layers = 2, Output_dim = 6, Linear_pre layer's input dim = 2*hidden_dim*seq_len(117),
Gradient clipping turned on".

The linear layer has weights of its own for each place in a text. The slides show nothing that would
keep the LSTM from reading padding; here the states there are 0, so that padding says nothing.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from emocli.modelling.batches import Batch
from emocli.modelling.labels import Labels
from emocli.modelling.recurrent import BidirectionalLSTM
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.word_model import WordModel
from emocli_lstm.config import LstmConfig


class LSTM(WordModel):
    """The slides' LSTM, for texts of at most `tokenizer.max_length` words; loss of `WordModel`."""

    config: LstmConfig

    def __init__(self, config: LstmConfig, labels: Labels, tokenizer: WordTokenizer) -> None:
        """Build the LSTMs and the linear layer upon the lookup table."""
        super().__init__(config, labels, tokenizer)
        width = 2 * config.hidden_width
        widths = [config.embedding_width, *[width] * (config.layers - 1)]
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(BidirectionalLSTM(w, config.hidden_width) for w in widths)
        self.linear = nn.Linear(width * tokenizer.max_length, len(labels))

    def represent(self, batch: Batch) -> Tensor:
        """The last layer's states, flattened, (batch, max_length * 2 * hidden_width).

        The LSTMs read no further than the longest text of the batch; the zeros that are missing
        are set at the end.
        """
        states = self.vectors(batch)  # (batch, length, embedding_width)
        for layer in self.layers:
            states, _ = layer(self.dropout(states), batch.lengths)
        states = states * batch.mask[..., None]  # (batch, length, 2 * hidden_width)
        missing = self.tokenizer.max_length - states.shape[1]
        return F.pad(states, (0, 0, 0, missing)).flatten(1)

    def classify(self, representation: Tensor) -> Tensor:
        """The linear layer: logits, (batch, n_labels)."""
        logits: Tensor = self.linear(self.dropout(representation))
        return logits
