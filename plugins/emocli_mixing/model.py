"""Embedding mixing around a trained encoder model (fine-grained, sections 3.4.2, 3.5.2 and 3.5.3).

Nothing is learnt: a text and its candidate go through the trained encoder one after the other,
their representations are mixed, and the trained head classifies the mixture. Only the thresholds
are fitted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from emocli.errors import UsageError
from emocli.inference.scoring import BATCH_TOKENS, batches_by_length
from emocli.modelling.batches import Batch, Item
from emocli.modelling.composite import Composite
from emocli.modelling.encoder_model import EncoderModel
from emocli.modelling.labels import Labels
from emocli.modelling.remembering import Memory
from emocli.modelling.tokenizer import Tokenizer
from emocli.modelling.trained import Trained
from emocli.reporting import SILENT, Reporter
from emocli_mixing.candidates import Candidates
from emocli_mixing.config import MixingConfig
from emocli_mixing.nearest import NearestTexts
from emocli_mixing.paraphraser import Paraphraser

if TYPE_CHECKING:
    from emocli.training.run import Run

_OWN = "candidates."


class EmbeddingMixing(Composite):
    """A trained encoder model that sees each text together with its candidate.

    Attributes:
        candidates: where these come from.
    """

    config: MixingConfig
    candidates: Candidates

    def __init__(
        self, config: MixingConfig, labels: Labels, tokenizer: Tokenizer, bases: Sequence[Trained]
    ) -> None:
        """Take the base in.

        Raises:
            UsageError: it is no encoder model, or no paraphraser is named where one is wanted.
        """
        super().__init__(config, labels, tokenizer, bases)
        if not isinstance(bases[0].model, EncoderModel):
            raise UsageError(
                f"the base '{bases[0].method}' is not a pretrained encoder with a head; "
                "expected a model of a method such as bert, auxiliary or label-embedding."
            )
        paraphrased = config.candidates == "paraphrase"
        self.candidates = Paraphraser(config) if paraphrased else NearestTexts(config.most_texts)
        self._on_dev = False
        self._dev_memory: Memory | None = None

    @property
    def base(self) -> EncoderModel:
        """The trained model."""
        return cast("EncoderModel", self.members[0])

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Load a paraphraser's weights."""
        self.candidates.prepare()

    def represent(self, batch: Batch, candidates: Sequence[Sequence[int]] | None = None) -> Tensor:
        """The mixture, (batch, width), or (batch, n_labels, width) if the base's are such.

        Args:
            candidates: the ids of each text's candidate; None: they are looked for.
        """
        if candidates is not None:
            return self._mixture(batch, candidates)
        if self._on_dev and self._dev_memory is not None:
            return self._dev_memory.recall(batch, self._found_and_mixed)
        return self._found_and_mixed(batch)

    def classify(self, representation: Tensor) -> Tensor:
        """The base's logits, (batch, n_labels)."""
        return self.base.classify(representation)

    def probabilities(self, logits: Tensor) -> Tensor:
        """The base's, (batch, n_labels) in [0, 1]."""
        return self.base.probabilities(logits)

    def fit(self, run: Run) -> None:
        """Keep what candidates come from, and answer dev, to which thresholds are fitted next."""
        self.eval()
        self.candidates.keep(self.base, run)
        with self.answering_dev():
            memory = run.read_once(self._found_and_mixed)
        self._dev_memory = memory

    @contextmanager
    def answering_dev(self) -> Iterator[None]:
        """No dev text finds itself among the training texts meanwhile."""
        self._on_dev = True
        try:
            with super().answering_dev():
                yield
        finally:
            self._on_dev = False
            self._dev_memory = None

    def own_state(self) -> dict[str, Tensor]:
        """What candidates come from; the base is kept in a folder of its own."""
        return {_OWN + name: value for name, value in self.candidates.kept().items()}

    def load_own_state(self, state: dict[str, Tensor]) -> None:
        """Take what `own_state` gave; RuntimeError where it does not fit."""
        self.candidates.take({name.removeprefix(_OWN): value for name, value in state.items()})

    def notes(self) -> str:
        """What the folder holds besides a model."""
        return self.candidates.notes()

    def _found_and_mixed(self, batch: Batch) -> Tensor:
        return self._mixture(batch, self.candidates.find(self.base, batch, dev=self._on_dev))

    def _mixture(self, batch: Batch, candidates: Sequence[Sequence[int]]) -> Tensor:
        """weight · text + (1 - weight) · candidate (section 3.4.2)."""
        weight = self.config.weight
        return weight * self.base.represent(batch) + (1 - weight) * self._represent(candidates)

    def _represent(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """The base's representations of texts in their order, read with others of like length."""
        order: list[int] = []
        parts = []
        for rows in batches_by_length([len(ids) for ids in texts], BATCH_TOKENS):
            parts.append(self.base.represent(self.base.batch([Item(texts[row]) for row in rows])))
            order += rows
        return torch.cat(parts)[torch.tensor(order).argsort()]
