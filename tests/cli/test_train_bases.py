"""`emocli train --base`: models that are built upon."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]

EMOTIONS = ("anger", "joy", "sadness")


@pytest.fixture
def ensemble(
    emocli: Emocli, labelled: Path, tiny_model: Path, make_model: Callable[..., Path]
) -> tuple[Path, ...]:
    """The folders of an ensemble trained by the command, and of its two members, in order."""
    members = (make_model("wide", EMOTIONS, hidden_width=6), tiny_model)
    named = [word for member in members for word in ("--base", str(member))]
    data = ("--train", "train.csv", "--dev", "dev.csv", "--name", "./both", "--device", "cpu")
    answer = emocli("train", "--method", "ensemble", *named, *data)
    assert answer.status == 0, answer.err
    return labelled / "both", *members


def test_the_models_named_are_the_members_in_that_order(
    ensemble: tuple[Path, ...], described: Callable[[Path], dict[str, Any]]
) -> None:
    both, *members = ensemble
    kept = [described(both / name)["weights"]["sha256"] for name in described(both)["bases"]]
    assert kept == [described(member)["weights"]["sha256"] for member in members]


def test_the_answer_is_the_mean_of_theirs(emocli: Emocli, ensemble: tuple[Path, ...]) -> None:
    Path("texts.txt").write_text("so happy today\nI am sad\n", encoding="utf-8")

    def scores(model: Path) -> list[float]:
        words = ("--device", "cpu", "--precision", "fp32", "--format", "jsonl")
        lines = emocli("predict", "texts.txt", "--model", model, *words).out.splitlines()
        return [json.loads(line)["scores"][label] for line in lines for label in EMOTIONS]

    together, first, second = map(scores, ensemble)
    assert together == pytest.approx(
        [(one + other) / 2 for one, other in zip(first, second, strict=True)], abs=2e-6
    )
    assert len(together) == 6 and first != pytest.approx(second, abs=1e-3)
