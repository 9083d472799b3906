"""`emocli benchmark speed`, and its bad inputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.benchmark.speed import measure

Emocli = Callable[..., Any]


@pytest.fixture
def texts(tmp_path: Path) -> str:
    path = tmp_path / "texts.txt"
    path.write_text("so happy today\nI am sad\n", encoding="utf-8")
    return str(path)


def test_speed_is_measured_with_real_commands(
    emocli: Emocli, tiny_model: Path, texts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "STARTS", 1)
    words = ("--texts", texts, "--rounds", "1", "--precision", "fp32", "-q")
    answer = emocli("benchmark", "--speed", str(tiny_model), *words)
    assert (answer.status, answer.err) == (0, "")
    (told,) = json.loads(answer.out)
    (timing,) = told["timings"]
    assert (told["n_texts"], timing["way"]) == (2, "emocli, fp32, 2,048 tokens")
    assert timing["start"] > 0
    assert timing["peak_memory"] > 2**20
    assert told["slowest_stage"] in told["stages"]


def test_tables_are_for_reading(
    emocli: Emocli, tiny_model: Path, texts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "_run", lambda *_: (1.0, None))
    words = ("--texts", texts, "--rounds", "1", "--batch-tokens", "8,64", "--precision", "fp32")
    answer = emocli("benchmark", "speed", str(tiny_model), *words, "-f", "markdown")
    assert answer.status == 0
    assert "| emocli, fp32, 8 tokens |" in answer.out
    assert "| emocli, fp32, 64 tokens |" in answer.out
    assert "peak MiB" not in answer.out  # nothing is known of it
    assert "transformers.pipeline has no class for this model." in answer.out


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("nobody",), 2, "nobody"),
        (("datn2", "--batch-tokens", "0"), 2, "--batch-tokens '0', expected whole numbers from 1"),
        (("datn2", "--batch-tokens", "1k"), 2, "--batch-tokens '1k', expected whole numbers"),
        (("datn2", "--precision", "fp8"), 2, "unknown precision 'fp8', expected auto, fp32, bf16"),
        (("datn2", "--device", "cuda:9"), 2, "device 'cuda:9' is not available"),
        (("datn2", "--texts", "empty.txt"), 1, "empty.txt: holds no texts."),
        (("datn2", "--texts", "missing.txt"), 2, "missing.txt: no such file"),
    ],
)
def test_what_cannot_be_measured_is_told(
    words: tuple[str, ...],
    status: int,
    told: str,
    emocli: Emocli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").touch()
    answer = emocli("benchmark", "speed", *words)
    assert (answer.status, answer.out) == (status, "")
    assert told in answer.err
