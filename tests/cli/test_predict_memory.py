"""Predicting holds a window of texts and their answers, however many there are."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
LINE = "so happy today, i am\n"


@pytest.mark.parametrize(
    "options",
    [
        ("--output", "answers.jsonl"),
        ("--output", "answers.csv"),
        ("--output", "answers.parquet"),
        ("--summary",),
    ],
    ids=lambda options: options[-1],
)
def test_memory_does_not_grow_with_the_file(
    predict: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)

    def peak(n_lines: int) -> int:
        Path("texts.txt").write_text(LINE * n_lines, encoding="utf-8")
        tracemalloc.start()
        result = predict("texts.txt", *options)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert result.status == 0
        for file in tmp_path.glob("answers.*"):
            file.unlink()
        return held

    peak(10)
    # Two windows of 4,096 and more; an answer that is kept takes several hundred bytes.
    assert peak(20_000) < peak(10_000) + 2_000_000
