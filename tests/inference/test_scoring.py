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
