"""Learning from trained models besides gold labels (Hinton et al. 2015).

Teachers label texts with their probabilities; these become the targets of more training items,
so every method whose loss takes targets between 0 and 1 learns from them unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from emocli.data.examples import LabelledData
from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Item
from emocli.modelling.cached import keep, recall
from emocli.modelling.labels import Floats, Labels
from emocli.modelling.reader import LongTextError, Reader
from emocli.modelling.trained import Trained, about_model, refuse_other_labels, state_digest
from emocli.reporting import SILENT, Reporter

_KEPT = "teachers' answers"


@dataclass(frozen=True)
class Lesson:
    """Teachers, and texts for them to label.

    Attributes:
        teachers: their probabilities are averaged.
        unlabelled: texts that only the teachers label.
        gold_weight: weight in [0, 1] of the gold label in a labelled text's target.
    """

    teachers: Sequence[Trained]
    unlabelled: Sequence[str] = ()
    gold_weight: float = 0.5
    precision: torch.dtype = torch.float32
    reporter: Reporter = SILENT

    def items(
        self, data: LabelledData, gold: Sequence[Item], labels: Labels, reader: Reader
    ) -> list[Item]:
        """The gold items with softened targets, then the unlabelled texts' items.

        Raises:
            UsageError: a teacher has other labels.
            LongTextError: an unlabelled text is too long, by the reader's policy.
        """
        taught = self._probabilities([example.text for example in data.examples], labels)
        weight = self.gold_weight
        blended = [
            Item(item.ids, (weight * np.array(item.target) + (1 - weight) * row).tolist())
            for item, row in zip(gold, taught, strict=True)
        ]
        rows = self._probabilities(self.unlabelled, labels)
        return blended + [
            Item(ids, row.tolist()) for (ids,), row in zip(self._read(reader), rows, strict=True)
        ]

    def about(self) -> dict[str, Any]:
        """What the model card tells of the lesson."""
        return {
            "teachers": [about_model(teacher) for teacher in self.teachers],
            "unlabelled": len(self.unlabelled),
            "gold_weight": self.gold_weight,
        }

    def _read(self, reader: Reader) -> list[list[list[int]]]:
        try:
            return reader.read(self.unlabelled)
        except LongTextError as error:
            raise error.of(f"unlabelled text {error.row + 1}") from None

    def _probabilities(self, texts: Sequence[str], labels: Labels) -> Floats:
        total = np.zeros((len(texts), len(labels)))
        for teacher in self.teachers:
            refuse_other_labels(teacher, labels, "the teacher")
            total += self._said(teacher, texts)
        return total / len(self.teachers)

    def _said(self, teacher: Trained, texts: Sequence[str]) -> Floats:
        """What one teacher says, (n, n_labels); kept for the next student of the same texts."""
        who = f"a teacher ({teacher.method})"
        read = Reader(teacher.model.tokenizer).read(texts)
        name = state_digest(teacher, str(self.precision), read)
        kept = recall(_KEPT, name)
        if kept is not None:
            self.reporter.say(f"{who} has labelled {len(texts)} texts before")
            return kept.numpy()
        self.reporter.say(f"{who} labels {len(texts)} texts")
        predictor = Predictor(teacher, precision=self.precision)
        said = predictor.probabilities(texts)
        if predictor.reader.n_long:
            self.reporter.warn(f"{who}: {predictor.reader.note()}")
        else:
            keep(_KEPT, name, torch.from_numpy(said), self.reporter)
        return said
