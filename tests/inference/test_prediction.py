from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from emocli.errors import EmocliError
from emocli.inference.prediction import Predictor
from emocli.inference.scoring import batches_by_length, score
from emocli.modelling.batches import Batch, Item
from emocli.modelling.trained import Trained
from emocli.models import load
from emocli.reporting import Reporter

TEXTS = ["so happy today", "", "I am sad", "😀", "angry " * 9 + "I am so sad today", "happy"]


class Warned(Reporter):
    """Remembers the warnings."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def warn(self, text: str) -> None:
        self.texts.append(text)


@pytest.fixture
def trained(tiny_model: Path) -> Trained:
    return load(str(tiny_model))


@pytest.fixture
def memory_for(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[int]]:
    """Let the model hold so many tokens; returns the sizes of the batches it is given."""
    forward = trained.model.forward

    def limit(n_tokens: int) -> list[int]:
        sizes: list[int] = []

        def limited(batch: Batch) -> Tensor:
            sizes.append(batch.ids.numel())
            if batch.ids.numel() > n_tokens:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return forward(batch)

        monkeypatch.setattr(trained.model, "forward", limited)
        return sizes

    return limit


@pytest.mark.parametrize("n_more", [1, 2, 9])
def test_several_devices_answer_as_one_does(trained: Trained, n_more: int) -> None:
    expected = Predictor(trained).probabilities(TEXTS)
    found = Predictor(trained, more_devices=[torch.device("cpu")] * n_more).probabilities(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_memory_that_runs_out_on_one_of_several_devices_makes_all_batches_smaller(
    trained: Trained, memory_for: Callable[[int], list[int]]
) -> None:
    expected = Predictor(trained).probabilities(TEXTS)
    predictor = Predictor(trained, batch_tokens=80, more_devices=[torch.device("cpu")])
    sizes = memory_for(20)
    np.testing.assert_allclose(predictor.probabilities(TEXTS), expected, atol=1e-6)
    assert max(sizes) > 20
    assert predictor.batch_tokens <= 20


@pytest.mark.parametrize(
    ("lengths", "batch_tokens", "batches"),
    [
        ([], 8, []),
        ([3], 8, [[0]]),
        ([1, 5, 2, 4, 3], 8, [[1], [3, 4], [2, 0]]),
        ([2, 2, 2, 2, 2], 4, [[0, 1], [2, 3], [4]]),
        ([9, 1, 9], 4, [[0], [2], [1]]),
        ([3, 1, 2], 1, [[0], [2], [1]]),
        ([1, 2, 3], 100, [[2, 1, 0]]),
    ],
)
def test_texts_are_batched_by_length_the_longest_first(
    lengths: list[int], batch_tokens: int, batches: list[list[int]]
) -> None:
    assert list(batches_by_length(lengths, batch_tokens)) == batches


def test_no_batch_holds_more_tokens_than_it_may() -> None:
    lengths = np.random.default_rng(0).integers(1, 40, 200).tolist()
    batches = list(batches_by_length(lengths, 64))
    assert sorted(row for rows in batches for row in rows) == list(range(200))
    assert all(len(rows) * max(lengths[row] for row in rows) <= 64 for rows in batches)


def test_scores_come_in_the_order_of_the_texts(trained: Trained) -> None:
    together = Predictor(trained).probabilities(TEXTS)
    singly = [Predictor(trained).probabilities([text])[0] for text in TEXTS]
    assert together.shape == (6, 3)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, np.array(singly), atol=1e-6)
    assert len({tuple(row) for row in together.round(4).tolist()}) == 6


@pytest.mark.parametrize("batch_tokens", [1, 4, 16])
def test_the_size_of_a_batch_changes_no_score(trained: Trained, batch_tokens: int) -> None:
    expected = Predictor(trained).probabilities(TEXTS)
    found = Predictor(trained, batch_tokens=batch_tokens).probabilities(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("long", ["truncate", "split"])
@given(rows=st.lists(st.integers(0, len(TEXTS) - 1), max_size=24))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_repeated_texts_have_the_scores_of_single_ones(
    trained: Trained, long: Any, rows: list[int]
) -> None:
    predictor = Predictor(trained, max_length=3, long=long)
    alone = Predictor(trained, max_length=3, long=long).probabilities(TEXTS)
    found = predictor.probabilities([TEXTS[row] for row in rows])
    np.testing.assert_allclose(found, alone[rows], atol=1e-6)
    assert predictor.reader.n_long == rows.count(4)


def test_repeated_texts_are_computed_once(
    trained: Trained, memory_for: Callable[[int], list[int]]
) -> None:
    sizes = memory_for(1000)
    Predictor(trained).probabilities(["I am sad", "happy", "I am sad", "i  AM sad"])
    assert sizes == [6]  # two rows, the second padded


def test_no_texts_have_no_scores(trained: Trained) -> None:
    predictor = Predictor(trained)
    assert predictor.probabilities([]).shape == (0, 3)
    assert predictor.decide(predictor.probabilities([])).shape == (0, 3)


def test_decisions_are_made_by_the_models_own_thresholds(trained: Trained) -> None:
    trained.thresholds = np.array([0.2, 0.5, 0.7])
    chosen = Predictor(trained).decide(np.array([[0.3, 0.5, 0.8], [0.1, 0.6, 0.6]]))
    assert chosen.tolist() == [[True, False, True], [False, True, False]]


def test_a_predictor_switches_dropout_off(trained: Trained) -> None:
    trained.model.train()
    predictor = Predictor(trained)
    assert not trained.model.training
    first, second = (predictor.probabilities(TEXTS) for _ in range(2))
    assert np.array_equal(first, second)


def test_bf16_scores_are_near_those_of_fp32(trained: Trained) -> None:
    expected = Predictor(trained).probabilities(TEXTS)
    found = Predictor(trained, precision=torch.bfloat16).probabilities(TEXTS)
    assert found.dtype == np.float32
    assert not np.array_equal(found, expected)
    np.testing.assert_allclose(found, expected, atol=0.05)


def test_long_texts_are_cut_and_counted(trained: Trained) -> None:
    predictor = Predictor(trained, max_length=2)
    found = predictor.probabilities(["so happy", "so happy today", "I am sad", "sad"])
    assert predictor.reader.n_long == 2
    assert np.array_equal(found[0], found[1])
    predictor.probabilities(["I am so sad"])
    assert predictor.reader.n_long == 3


def test_a_long_text_is_the_mean_of_its_windows_weighted_by_their_tokens(trained: Trained) -> None:
    predictor = Predictor(trained, max_length=2, long="split")
    found = predictor.probabilities(["so happy today", "sad", "I am sad angry so"])
    windows = Predictor(trained).probabilities(
        ["so happy", "today", "sad", "I am", "sad angry", "so"]
    )
    expected = [
        (2 * windows[0] + windows[1]) / 3,
        windows[2],
        (2 * windows[3] + 2 * windows[4] + windows[5]) / 5,
    ]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32
    assert predictor.reader.n_long == 2


def test_exclusive_labels_add_up_to_1_over_windows_too(exclusive_model: Path) -> None:
    predictor = Predictor(load(str(exclusive_model)), max_length=2, long="split")
    np.testing.assert_allclose(predictor.probabilities(["so happy today", "sad"]).sum(1), 1, 1e-6)


def test_splitting_changes_no_text_that_is_short_enough(trained: Trained) -> None:
    expected = Predictor(trained).probabilities(TEXTS)
    assert np.array_equal(Predictor(trained, long="split").probabilities(TEXTS), expected)


def test_a_text_is_read_as_far_as_the_models_tokenizer_allows(trained: Trained) -> None:
    predictor = Predictor(trained, max_length=1000)
    assert predictor.reader.max_length == trained.model.tokenizer.max_length == 256
    predictor.probabilities(["happy sad " * 128])
    assert predictor.reader.n_long == 0
    predictor.probabilities(["happy sad " * 128 + "sad"])
    assert predictor.reader.n_long == 1


def test_running_out_of_memory_halves_the_batch(
    trained: Trained, memory_for: Callable[[int], list[int]]
) -> None:
    words = ("happy", "sad", "angry", "today")
    texts = [f"{first} {second}" for first in words for second in words]
    expected = Predictor(trained).probabilities(texts)
    sizes, warned = memory_for(10), Warned()
    predictor = Predictor(trained, batch_tokens=32, reporter=warned)
    np.testing.assert_allclose(predictor.probabilities(texts), expected, atol=1e-6)
    assert sizes == [32, 16, 8, 8, 8, 8]
    assert warned.texts == [
        "out of memory; going on with batches of 16 tokens",
        "out of memory; going on with batches of 8 tokens",
    ]
    predictor.probabilities(texts)
    assert sizes[6:] == [8, 8, 8, 8]


def test_batches_are_halved_down_to_the_longest_text(
    trained: Trained, memory_for: Callable[[int], list[int]]
) -> None:
    """It used to give up at 512 tokens, with a traceback, however short the texts."""
    sizes, warned = memory_for(5), Warned()
    texts = ["I am so sad today", "so happy", "so sad", "so angry", "am sad"]
    Predictor(trained, batch_tokens=8, reporter=warned).probabilities(texts)
    assert warned.texts == ["out of memory; going on with batches of 5 tokens"]
    assert sizes == [5, 8, 5, 4, 4]


def test_a_text_that_does_not_fit_into_memory_is_told(
    trained: Trained, memory_for: Callable[[int], list[int]]
) -> None:
    memory_for(2)
    with pytest.raises(EmocliError) as caught:
        Predictor(trained, batch_tokens=64).probabilities(["so happy today", "I am"])
    assert str(caught.value) == (
        "out of memory even with one text at a time (the longest has 3 tokens); "
        "use another --device or --precision."
    )


def test_another_fault_of_the_model_is_not_hidden(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(batch: Batch) -> Tensor:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(trained.model, "forward", broken)
    with pytest.raises(RuntimeError, match=r"^shapes do not match$"):
        Predictor(trained).probabilities(TEXTS)


def test_encoded_texts_are_scored_without_a_gradient(trained: Trained) -> None:
    seen: list[Any] = []
    trained.model.register_forward_hook(lambda *parts: seen.append(parts[2].requires_grad))
    items = [Item(trained.model.tokenizer.encode(text)) for text in TEXTS]
    found = score(trained.model, items, 8192, torch.float32)
    assert np.array_equal(found, Predictor(trained).probabilities(TEXTS))
    assert seen == [False, False]
