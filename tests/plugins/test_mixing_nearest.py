"""Candidates among the training texts: which are kept, which is found, and how they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from emocli_mixing.model import EmbeddingMixing
from emocli_mixing.nearest import NearestTexts
from torch.nn import functional as F

from emocli.data.examples import Example, LabelledData
from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Item
from emocli.modelling.encoder_model import EncoderModel
from emocli.modelling.trained import Trained
from emocli.reporting import Bar, Reporter
from emocli.testing import sample_data
from emocli.training.run import Run
from emocli.training.settings import Settings
from emocli.training.train import TrainingData

WORDS = ("so", "happy", "today", "i", "hate", "love", "this", "morning", "cry", "miss", "awful")


def written(n: int, seed: int = 0) -> list[str]:
    """Different texts of one to nine words."""
    random = np.random.default_rng(seed)
    texts: dict[str, None] = {}
    while len(texts) < n:
        texts[" ".join(random.choice(WORDS, random.integers(1, 10)))] = None
    return list(texts)


def labelled(texts: list[str]) -> LabelledData:
    rows = tuple(Example(str(number), text, ("joy",)) for number, text in enumerate(texts))
    return LabelledData("texts", rows, ("anger", "joy", "sadness"), False, "texts")


def nearest_texts(trained: Trained) -> tuple[EncoderModel, NearestTexts]:
    model = trained.model
    assert isinstance(model, EmbeddingMixing)
    assert isinstance(model.candidates, NearestTexts)
    return model.base, model.candidates


def found(trained: Trained, texts: list[str], *, dev: bool = False) -> list[tuple[int, ...]]:
    """The ids of each text's candidate."""
    base, candidates = nearest_texts(trained)
    batch = base.batch([Item(base.tokenizer.encode(text)) for text in texts])
    return [tuple(ids) for ids in candidates.find(base, batch, dev=dev)]


def ids_of(trained: Trained, texts: list[str]) -> list[tuple[int, ...]]:
    return [tuple(trained.model.tokenizer.encode(text)) for text in texts]


def obvious_nearest(base: EncoderModel, text: str, others: list[str]) -> str:
    """One text at a time, one similarity after the other."""

    def read(one: str) -> torch.Tensor:
        with torch.no_grad():
            states = base.states(base.batch([Item(base.tokenizer.encode(one))]))[0]
        return F.normalize(states[1:-1], dim=-1)

    def f1(one: torch.Tensor, other: torch.Tensor) -> float:
        recall = sum(max(float(x @ y) for y in other) for x in one) / len(one)
        precision = sum(max(float(x @ y) for x in one) for y in other) / len(other)
        # Below 0 the harmonic mean means nothing: of 0.10 and -0.14 it would be 0.64.
        return 2 * precision * recall / (precision + recall) if min(precision, recall) > 0 else 0

    asked = read(text)
    return max(others, key=lambda other: f1(asked, read(other)))


@pytest.fixture(scope="module")
def trained(mix: Callable[..., Trained]) -> Trained:
    """A mixture with 40 training texts, of which the last comes twice."""
    texts = written(40)
    return mix(data=TrainingData(labelled([*texts, texts[-1]]), sample_data()))


def test_the_candidate_is_what_the_obvious_search_finds(trained: Trained) -> None:
    asked = written(12, seed=1)
    base, _ = nearest_texts(trained)
    expected = [obvious_nearest(base, text, written(40)) for text in asked]
    assert found(trained, asked) == ids_of(trained, expected)


def test_a_training_text_finds_itself_but_not_among_dev_texts(trained: Trained) -> None:
    texts = written(40)
    assert found(trained, texts) == ids_of(trained, texts)
    base, _ = nearest_texts(trained)
    others = texts[:5] + texts[6:]
    assert found(trained, [texts[5]], dev=True) == ids_of(
        trained, [obvious_nearest(base, texts[5], others)]
    )
    new = written(12, seed=1)
    assert found(trained, new, dev=True) == found(trained, new)


def test_a_text_without_pieces_is_its_own_candidate(trained: Trained) -> None:
    assert found(trained, ["", "so happy"])[0] == ids_of(trained, [""])[0]
    base, _ = nearest_texts(trained)
    unmixed = Predictor(Trained("bert", base, trained.thresholds)).probabilities([""])
    assert Predictor(trained).probabilities([""]) == pytest.approx(unmixed, abs=1e-6)


def test_each_training_text_is_kept_once_and_in_order(trained: Trained) -> None:
    _, candidates = nearest_texts(trained)
    assert candidates.texts == ids_of(trained, written(40))


def test_fewer_texts_are_a_sample_by_the_seed(mix: Callable[..., Trained]) -> None:
    data = TrainingData(labelled(written(40)), sample_data())
    first, again, other = (
        nearest_texts(mix(data=data, seed=seed, most_texts=10))[1].texts for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(set(first)) == 10
    everything = ids_of(mix(data=data), written(40))
    assert [text for text in everything if text in first] == first
    assert len(nearest_texts(mix(data=data, most_texts=50))[1].texts) == 40


def test_the_texts_are_kept_as_whole_numbers_one_after_the_other() -> None:
    candidates = NearestTexts(0)
    candidates.take({"ids": torch.tensor([2, 7, 3, 2, 3]), "lengths": torch.tensor([3, 2])})
    assert candidates.texts == [(2, 7, 3), (2, 3)]
    kept = candidates.kept()
    assert {name: value.tolist() for name, value in kept.items()} == {
        "ids": [2, 7, 3, 2, 3],
        "lengths": [3, 2],
    }
    assert {value.dtype for value in kept.values()} == {torch.int32}


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"ids": torch.tensor([1, 2])},
        {"ids": torch.tensor([1, 2]), "lengths": torch.tensor([1])},
    ],
)
def test_texts_that_are_not_whole_are_refused(damaged: dict[str, torch.Tensor]) -> None:
    with pytest.raises(RuntimeError, match=r"^the ids and lengths of the training texts are not"):
        NearestTexts(0).take(damaged)


def test_reading_the_texts_tells_its_progress(make_base: Callable[..., Trained]) -> None:
    base = make_base().model
    assert isinstance(base, EncoderModel)
    heard = Listener()
    items = [Item(base.tokenizer.encode(text)) for text in written(30)]
    NearestTexts(0).keep(base, Run(base, {"target": items}, [], Settings(), heard))
    assert heard.begun == [("reading the training texts", 30, "texts")]
    assert heard.done == 30


class Listener(Reporter):
    """Remembers which work began, and how much of it was done."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float | None, str]] = []
        self.done = 0.0

    @contextmanager
    def progress(self, description: str, total: float | None, unit: str) -> Iterator[Bar]:
        self.begun.append((description, total, unit))
        yield _Counter(self)


class _Counter(Bar):
    def __init__(self, listener: Listener) -> None:
        self.listener = listener

    def advance(self, n: float = 1, **values: float | str) -> None:
        self.listener.done += n


def test_texts_are_read_again_whole_when_memory_ran_out(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What had been read until then was searched alone."""
    _, candidates = nearest_texts(trained)
    whole = found(trained, written(9, seed=5))
    candidates._set(candidates.texts)
    group, calls = candidates._group, iter(range(100))

    def once(*arguments: Any) -> Any:
        if next(calls) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return group(*arguments)

    monkeypatch.setattr(candidates, "_group", once)
    with pytest.raises(torch.OutOfMemoryError):
        found(trained, written(9, seed=5))
    assert found(trained, written(9, seed=5)) == whole
