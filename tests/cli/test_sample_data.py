"""The sample that comes with emocli, trained on and tested on by its name alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Emocli = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_shared_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMOCLI_DATA", raising=False)


def test_a_method_with_a_source_is_trained_and_tested_on_the_sample(
    emocli: Emocli, small: tuple[str, ...]
) -> None:
    data = ("--train", "sample", "--source", "sample-sentiment", "--name", "mine")
    trained = emocli("train", "--method", "ft", *data, *small, "-o", "epochs=1")
    assert trained.status == 0, trained.err
    tested = emocli("evaluate", "mine", "sample:test", "--device", "cpu")
    assert tested.status == 0, tested.err
    assert json.loads(tested.out)["n_examples"] == 72


def test_the_source_half_has_no_dev_split(emocli: Emocli) -> None:
    answer = emocli("train", "--method", "bilstm", "--train", "sample-sentiment", "--name", "mine")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == (
        "Error: data set 'sample-sentiment' has no dev split; choose one of its splits, as in "
        "sample-sentiment:train. Splits: train.\n"
    )
