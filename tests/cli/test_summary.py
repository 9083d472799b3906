from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
LABELS = ["anger", "joy", "sadness"]


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_summary_counts_texts_and_those_without_a_label(predict: Cli, tweets: Path) -> None:
    labels = [row["labels"] for row in rows(predict(tweets).output)]
    found = rows(predict(tweets, "--summary").output)
    counts = {row["label"]: row["count"] for row in found}
    expected: dict[str | None, int] = {
        **{label: sum(label in part for part in labels) for label in LABELS},
        None: sum(not part for part in labels),
    }
    assert counts == expected
    assert [row["count"] for row in found[:3]] == sorted(
        (row["count"] for row in found[:3]), reverse=True
    )
    assert all(row["share"] == row["count"] / 4 and row["texts"] == 4 for row in found)


def test_a_summary_has_bars_on_a_terminal(predict: Cli, tweets: Path) -> None:
    result = predict(tweets, "--summary", "--threshold", "0", terminals=("stdout",))
    assert [line.rstrip() for line in result.output.splitlines()] == [
        "emotion   texts   share",
        "───────────────────────────────────────────────",
        "anger         4   100.0%   ████████████████████",
        "joy           4   100.0%   ████████████████████",
        "sadness       4   100.0%   ████████████████████",
        "(none)        0     0.0%",
    ]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (40, "anger         4   100.0%   █████████████"),
        (31, "anger         4   100.0%"),
    ],
)
def test_bars_take_what_room_there_is(predict: Cli, tweets: Path, columns: int, row: str) -> None:
    words = (tweets, "--summary", "--threshold", "0")
    result = predict(*words, terminals=("stdout",), columns=columns)
    assert result.output.splitlines()[2].rstrip() == row


def test_a_summary_stands_beside_an_output_file(predict: Cli, tweets: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    result = predict(tweets, "--summary", "--output", output)
    assert rows(result.output) == rows(predict(tweets, "--summary").output)
    assert len(output.read_text(encoding="utf-8").splitlines()) == 5
