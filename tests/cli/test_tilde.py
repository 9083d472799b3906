"""`~` in names of files that no shell expands: those after an equals sign, or in quotes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]


@pytest.fixture
def answered(emocli: Emocli, tilde: Path) -> Path:
    """The home folder, with gold.csv and answers.jsonl written by `predict`."""
    gold = "id,text,labels\n1,so happy,joy\n2,so sad,sadness\n3,the bus leaves,\n"
    (tilde / "gold.csv").write_text(gold, encoding="utf-8")
    assert emocli("predict", "~/gold.csv", "--output=~/answers.jsonl").status == 0
    return tilde


def test_predict_reads_and_writes_there(answered: Path) -> None:
    lines = (answered / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["1", "2", "3"]


def test_a_pattern_is_looked_for_there(emocli: Emocli, answered: Path) -> None:
    assert emocli("predict", "~/go*.csv", "--format", "jsonl").out.count("\n") == 3


def test_predictions_are_scored_and_compared_there(emocli: Emocli, answered: Path) -> None:
    scoring = ("evaluate", "--predictions=~/answers.jsonl", "~/gold.csv", "--format", "json")
    scored = emocli(*scoring)
    assert scored.status == 0
    assert json.loads(scored.out)["exact_match"] > 0
    compared = emocli("compare", "~/answers.jsonl", "~/answers.jsonl", "~/gold.csv")
    assert compared.status == 0


def test_a_config_is_read_there(emocli: Emocli, tilde: Path) -> None:
    (tilde / "mine.toml").write_text("metod = 'cnn'\n", encoding="utf-8")
    assert str(tilde / "mine.toml") in emocli("train", "--config=~/mine.toml").err


def test_results_are_kept_and_reported_there(
    emocli: Emocli,
    tilde: Path,
    write_mini: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_mini(tilde)
    monkeypatch.chdir(tilde)
    assert emocli("benchmark", "mini.toml", "--results=~/kept").status == 0
    assert (tilde / "kept" / "results.jsonl").is_file()
    report = ("benchmark", "report", "mini.toml", "--results=~/kept", "--output=~/it.md")
    assert emocli(*report).status == 0
    assert "| Base |" in (tilde / "it.md").read_text(encoding="utf-8")
