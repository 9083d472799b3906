"""The nearest training text as a candidate (fine-grained, section 3.4.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from emocli.inference.devices import computing_in
from emocli.inference.scoring import BATCH_TOKENS
from emocli.modelling.batches import Batch, Item
from emocli.modelling.encoder_model import EncoderModel
from emocli.reporting import SILENT, Reporter
from emocli_mixing.bert_score import Group, by_pieces, nearest
from emocli_mixing.candidates import Candidates

if TYPE_CHECKING:
    from emocli.training.run import Run


class NearestTexts(Candidates):
    """Training texts, searched by BERTScore on the encoder's own vectors of their pieces.

    Attributes:
        texts: the ids of each, no text twice.
        most: most texts that are kept, a random sample; 0: all.
    """

    def __init__(self, most: int) -> None:
        """Begin without texts."""
        self.most = most
        self.texts: list[tuple[int, ...]] = []
        self._numbers: dict[tuple[int, ...], int] = {}
        self._groups: list[Group] = []

    def prepare(self) -> None:
        """Nothing: there is nothing pretrained but the base."""

    def keep(self, base: EncoderModel, run: Run) -> None:
        """Keep the training's texts, and read them."""
        texts = list(dict.fromkeys(tuple(item.ids) for item in run.train))
        if 0 < self.most < len(texts):
            random = np.random.default_rng(run.settings.seed)
            chosen = random.choice(len(texts), self.most, replace=False)
            texts = [texts[number] for number in sorted(chosen)]
        self._set(texts)
        with torch.no_grad(), computing_in(run.settings.precision, base.device):
            self._read(base, run.reporter)

    def find(self, base: EncoderModel, batch: Batch, *, dev: bool = False) -> list[Sequence[int]]:
        """The nearest training text of each text; of a dev text, another than itself."""
        own = batch.rows()
        found: list[Sequence[int]] = list(own)
        with torch.no_grad():
            if not self._groups:
                self._read(base)
            for rows, vectors in by_pieces(base, batch):
                places = rows.tolist()
                barred = [self._numbers.get(own[place], -1) if dev else -1 for place in places]
                numbers = nearest(vectors, self._groups, rows.new_tensor(barred))
                for place, number in zip(places, numbers.tolist(), strict=True):
                    if number >= 0:
                        found[place] = self.texts[number]
        return found

    def kept(self) -> dict[str, Tensor]:
        """`ids` of all texts in a row, and the texts' `lengths`, int32."""
        ids = [index for text in self.texts for index in text]
        lengths = [len(text) for text in self.texts]
        return {
            "ids": torch.tensor(ids, dtype=torch.int32),
            "lengths": torch.tensor(lengths, dtype=torch.int32),
        }

    def take(self, kept: Mapping[str, Tensor]) -> None:
        """Take what `kept` gave; RuntimeError where it does not fit."""
        if kept.keys() != {"ids", "lengths"} or int(kept["lengths"].sum()) != len(kept["ids"]):
            raise RuntimeError("the ids and lengths of the training texts are not there")
        ids = iter(kept["ids"].tolist())
        self._set([tuple(islice(ids, length)) for length in kept["lengths"].tolist()])

    def notes(self) -> str:
        """That the folder holds texts, to which their terms apply."""
        return (
            f"This folder holds {len(self.texts):,} training texts as ids of pieces, from which "
            "they can be read again: what the terms of the data say of copies holds for it too."
        )

    def _set(self, texts: list[tuple[int, ...]]) -> None:
        self.texts = texts
        self._numbers = {text: number for number, text in enumerate(texts)}
        self._groups = []

    def _read(self, base: EncoderModel, reporter: Reporter = SILENT) -> None:
        """Work out the vectors of all texts; those of equally many pieces are searched together."""
        alike, groups = defaultdict(list), []
        marks = set(base.tokenizer.encode(""))
        for number, text in enumerate(self.texts):
            alike[sum(index not in marks for index in text)].append(number)
        with reporter.progress("reading the training texts", len(self.texts), "texts") as bar:
            for n_pieces, numbers in sorted(alike.items()):
                if n_pieces:
                    groups.append(self._group(base, numbers, n_pieces))
                bar.advance(len(numbers))
        self._groups = groups  # only now that all are there: memory may have run out before

    def _group(self, base: EncoderModel, numbers: list[int], n_pieces: int) -> Group:
        device = base.device
        shape = (n_pieces, len(numbers), base.width)
        vectors = torch.empty(shape, dtype=torch.float16, device=device)
        longest = max(len(self.texts[number]) for number in numbers)
        size = max(1, BATCH_TOKENS // longest)
        for start in range(0, len(numbers), size):
            part = [Item(self.texts[number]) for number in numbers[start : start + size]]
            [(_, read)] = by_pieces(base, base.batch(part))  # (n_part, n_pieces, width)
            vectors[:, start : start + len(part)] = read.transpose(0, 1)
        return Group(torch.tensor(numbers, device=device), vectors)
