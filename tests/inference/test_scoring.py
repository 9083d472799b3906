"""Batches that are computed at once."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from emocli.inference import scoring
from emocli.inference.scoring import score
from emocli.modelling.batches import Batch, Item
from emocli.modelling.trained import Trained
from emocli.models import load

TEXTS = ["so happy today", "", "I am sad", "😀", "angry " * 9 + "I am so sad today", "happy"]


@pytest.fixture
def trained(tiny_model: Path) -> Trained:
    return load(str(tiny_model))


@pytest.fixture
def threads_set(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let torch have three threads and batches be small; the numbers that are set meanwhile."""
    asked: list[int] = []
    monkeypatch.setattr("emocli.inference.scoring.LEAST_TOKENS", 2)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    return asked


def items_of(trained: Trained, texts: list[str]) -> list[Item]:
    return [Item(trained.model.tokenizer.encode(text)) for text in texts]


def test_batches_at_once_have_the_scores_of_single_ones(
    trained: Trained, threads_set: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    items = items_of(trained, TEXTS)
    trained.model.eval()
    alone = [score(trained.model, [item], 1, torch.float32)[0] for item in items]
    assert threads_set == []
    forward, seen = trained.model.forward, set()
    together = threading.Barrier(3)

    def meet(batch: Batch) -> Tensor:
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            together.wait(timeout=60)
        return forward(batch)

    monkeypatch.setattr(trained.model, "forward", meet)
    found = score(trained.model, items, 6, torch.float32)
    np.testing.assert_allclose(found, np.array(alone), atol=1e-6)
    assert len(seen) == 3
    assert threads_set == [1, 3]


def test_when_one_of_several_batches_fails_the_others_are_not_begun(
    trained: Trained, threads_set: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def fail(batch: Batch) -> Tensor:
        calls.append(1)
        raise IndexError("index out of range in self")

    monkeypatch.setattr(trained.model, "forward", fail)
    with pytest.raises(IndexError, match="out of range"):
        score(trained.model, items_of(trained, TEXTS * 20), 6, torch.float32)
    assert len(calls) <= 3
    assert threads_set == [1, 3]


@pytest.mark.parametrize(
    ("batch_tokens", "n_tokens", "expected"),
    [(2048, 10**6, 2), (8192, 10**6, 4), (2048, 100, 1), (512, 10**6, 1), (8192, 3000, 2)],
)
def test_as_many_batches_at_once_as_threads_and_tokens_allow(
    trained: Trained,
    batch_tokens: int,
    n_tokens: int,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    assert scoring._n_at_once(trained.model, batch_tokens, n_tokens) == expected
    monkeypatch.setattr(type(trained.model), "takes_threads", False)
    assert scoring._n_at_once(trained.model, batch_tokens, n_tokens) == 1


def test_batches_of_many_windows_have_the_same_few_sizes(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes: list[tuple[int, ...]] = []

    class Seeing(type(trained.model)):  # type: ignore[misc]
        def forward(self, batch: Batch) -> Tensor:
            shapes.append(tuple(batch.ids.shape))
            return super().forward(batch)

    monkeypatch.setattr(trained.model, "__class__", Seeing)
    trained.model.eval()
    random = np.random.default_rng(0)
    for _ in range(100):
        lengths = random.integers(1, 33, random.integers(200, 400)).tolist()
        score(trained.model, [Item([1] * length) for length in lengths], 256, torch.float32)
    assert len(shapes) > 2000
    assert len({length for _, length in shapes}) == 24
    assert sorted(set(shapes)) == [(256 // length, length) for _, length in sorted(set(shapes))]


def test_what_is_left_of_few_texts_is_filled_up_by_an_eighth_at_most(trained: Trained) -> None:
    assert [len(rows) for rows in scoring._of_few_sizes([8] * 51, 256)] == [32, 20]
    assert scoring._of_few_sizes([8] * 51, 256)[-1] == [*range(32, 51), 50]
    assert [len(rows) for rows in scoring._of_few_sizes([8] * 31, 250)] == [31]
    assert [len(rows) for rows in scoring._of_few_sizes([8] * 257, 256)] == [32] * 9
    assert scoring._of_few_sizes([], 256) == []
