"""From texts to probabilities and labels, with a trained model on its devices."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import numpy.typing as npt
import torch

from emocli.errors import UsageError
from emocli.inference.devices import PRECISIONS, choose_precision
from emocli.inference.scoring import BATCH_TOKENS, Scored, score_within_memory, share_out
from emocli.modelling.batches import Item
from emocli.modelling.model import Model
from emocli.modelling.packed_encoder import answers_in_int8
from emocli.modelling.reader import Policy, Reader
from emocli.modelling.trained import Trained
from emocli.reporting import SILENT, Reporter


class Predictor:
    """Answers texts with a trained model on its device, or on several.

    Attributes:
        batch_tokens: most tokens a batch, padding counted; halved when memory runs out.
        reader: turns texts into tokens; it knows which were too long.
    """

    def __init__(
        self,
        trained: Trained,
        *,
        precision: torch.dtype | str = torch.float32,
        batch_tokens: int = BATCH_TOKENS,
        max_length: int | None = None,
        long: Policy = "truncate",
        more_devices: Sequence[torch.device] = (),
        reporter: Reporter = SILENT,
    ) -> None:
        """Predict with `trained`.

        Args:
            precision: a type of numbers, or its name as the option --precision takes it.
            max_length: most tokens of a text; None, or too many: what the model's tokenizer allows.
            long: what becomes of texts that have more.
            more_devices: where copies of the model answer, too.

        Raises:
            UsageError: the model does not answer in this precision; or an argument is out of range.
        """
        if batch_tokens < 1:
            raise UsageError(f"batch_tokens is {batch_tokens}, expected 1 or more.")
        precision = _precision_of(precision, trained.model)
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
        copies = (deepcopy(trained.model).to(device) for device in more_devices)
        self._models = (trained.model, *copies)

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Probabilities in the order of `texts`, (n, n_labels).

        Of a text that is split, the windows' mean, each weighted by its tokens. Texts of the same
        tokens, such as retweets, are computed once.

        Raises:
            UsageError: `texts` is one text, not a list of them.
            LongTextError: a text is too long, by the policy.
            EmocliError: memory does not hold a single text.
        """
        if isinstance(texts, str):
            raise UsageError("texts is a single text, expected a list of texts, such as [text].")
        read = self.reader.read(texts)
        places: dict[tuple[int, ...], int] = {}
        rows = [places.setdefault(tuple(ids), len(places)) for windows in read for ids in windows]
        scores = self._score([Item(ids) for ids in places])[rows]
        if len(scores) == len(read):
            return scores
        return _means(scores, [self.reader.tokenizer.weights(windows) for windows in read])

    def decide(self, probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Which labels are predicted, by the thresholds stored with the model, (n, n_labels)."""
        return self.trained.model.labels.decide(probabilities, self.trained.thresholds)

    def _score(self, items: Sequence[Item]) -> npt.NDArray[np.float32]:
        def score_share(model: Model, share: Sequence[Item]) -> Scored:
            return score_within_memory(
                model, share, self.batch_tokens, self.precision, self.reporter
            )

        scores, self.batch_tokens = share_out(self._models, items, score_share)
        return scores


def _precision_of(asked: torch.dtype | str, model: Model) -> torch.dtype:
    if isinstance(asked, str):
        return choose_precision(asked, model.device, bf16_on_cpu=model.quick_in_bf16)
    if asked not in PRECISIONS.values():
        known = ", ".join(map(str, PRECISIONS.values()))
        raise UsageError(f"precision is {asked}, expected one of {known}, or its name.")
    return asked


def _means(
    scores: npt.NDArray[np.float32], weights: Sequence[Sequence[float]]
) -> npt.NDArray[np.float32]:
    """Of the windows' rows one for each text, (n, n_labels)."""
    means = np.empty((len(weights), scores.shape[1]), dtype=np.float32)
    start = 0
    for row, own in enumerate(weights):
        means[row] = np.average(scores[start : start + len(own)], axis=0, weights=own)
        start += len(own)
    return means
