"""From texts to probabilities: sort by length, run in batches of equal cost, put back in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from emocli.errors import EmocliError, UsageError
from emocli.inference.devices import computing_in, out_of_memory
from emocli.modelling.batches import Item
from emocli.modelling.model import Model
from emocli.modelling.packed_encoder import answers_in_int8
from emocli.modelling.reader import Policy, Reader
from emocli.modelling.trained import Trained
from emocli.reporting import SILENT, Reporter

BATCH_TOKENS = 2048


class Predictor:
    """Answers texts with a trained model on its device.

    Attributes:
        batch_tokens: most tokens a batch, padding counted; halved when memory runs out.
        reader: turns texts into tokens; it knows which were too long.
    """

    def __init__(
        self,
        trained: Trained,
        *,
        precision: torch.dtype = torch.float32,
        batch_tokens: int = BATCH_TOKENS,
        max_length: int | None = None,
        long: Policy = "truncate",
        reporter: Reporter = SILENT,
    ) -> None:
        """Predict with `trained`.

        Args:
            max_length: most tokens of a text; None, or too many: what the model's tokenizer allows.
            long: what becomes of texts that have more.

        Raises:
            UsageError: the model does not answer in this precision.
        """
        if precision == torch.int8 and not answers_in_int8(trained.model):
            raise UsageError(
                "precision 'int8' is for models upon encoders like BERT, RoBERTa and DistilBERT; "
                f"{trained.method} has none: use fp32 or bf16."
            )
        self.trained = trained
        self.precision = precision
        self.batch_tokens = batch_tokens
        self.reader = Reader(trained.model.tokenizer, long, max_length)
        self.reporter = reporter
        trained.model.eval()

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Probabilities in the order of `texts`, (n, n_labels).

        Of a text that is split, the windows' mean, each weighted by its tokens. Texts of the same
        tokens, such as retweets, are computed once.

        Raises:
            LongTextError: a text is too long, by the policy.
            EmocliError: memory does not hold a single text.
        """
        read = self.reader.read(texts)
        places: dict[tuple[int, ...], int] = {}
        rows = [places.setdefault(tuple(ids), len(places)) for windows in read for ids in windows]
        scores = self._score([Item(ids) for ids in places])[rows]
        return scores if len(scores) == len(read) else _means(scores, read)

    def decide(self, probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Which labels are predicted, by the thresholds stored with the model, (n, n_labels)."""
        return self.trained.model.labels.decide(probabilities, self.trained.thresholds)

    def _score(self, items: Sequence[Item]) -> npt.NDArray[np.float32]:
        scores, self.batch_tokens = score_within_memory(
            self.trained.model, items, self.batch_tokens, self.precision, self.reporter
        )
        return scores


def _means(
    scores: npt.NDArray[np.float32], read: Sequence[Sequence[Sequence[int]]]
) -> npt.NDArray[np.float32]:
    """Of the windows' rows one for each text, (n, n_labels)."""
    means = np.empty((len(read), scores.shape[1]), dtype=np.float32)
    start = 0
    for row, windows in enumerate(read):
        lengths = [len(ids) for ids in windows]
        means[row] = np.average(scores[start : start + len(windows)], axis=0, weights=lengths)
        start += len(windows)
    return means


def score_within_memory(
    model: Model,
    items: Sequence[Item],
    batch_tokens: int,
    precision: torch.dtype,
    reporter: Reporter = SILENT,
) -> tuple[npt.NDArray[np.float32], int]:
    """As `score`, the batches halved as often as memory runs out; the scores and `batch_tokens`.

    Raises:
        EmocliError: memory does not hold a single text.
    """
    longest = max((len(item.ids) for item in items), default=0)
    while True:
        try:
            return score(model, items, batch_tokens, precision), batch_tokens
        except RuntimeError as error:
            if not out_of_memory(error):
                raise
            if batch_tokens <= longest:
                raise EmocliError(
                    f"out of memory even with one text at a time (the longest has {longest} "
                    "tokens); use another --device or --precision."
                ) from error
        batch_tokens = max(batch_tokens // 2, longest)
        reporter.warn(f"out of memory; going on with batches of {batch_tokens} tokens")


def score(
    model: Model, items: Sequence[Item], batch_tokens: int, precision: torch.dtype
) -> npt.NDArray[np.float32]:
    """Probabilities of encoded texts in their order, (n, n_labels); the model must be in eval."""
    scores = np.zeros((len(items), len(model.labels)), dtype=np.float32)
    with torch.inference_mode(), computing_in(precision, model.device):
        for rows in batches_by_length([len(item.ids) for item in items], batch_tokens):
            logits = model(model.batch([items[row] for row in rows]))
            scores[rows] = model.probabilities(logits.float()).cpu().numpy()
    return scores


def batches_by_length(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Row numbers in batches of at most `batch_tokens` tokens with padding, longest first.

    A text longer than `batch_tokens` is a batch of its own.
    """
    rows = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(rows):
        size = max(1, batch_tokens // lengths[rows[start]])
        yield rows[start : start + size]
        start += size
