from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_terminal_gets_a_table_of_its_width(
    command_line: Cli, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    model = make_model("even", ("joy", "love"), output="softmax", dropout=0.0)
    path = written(
        tmp_path / "a.txt", f"so happy\n\n我很高兴😀 {'long ' * 30}\n\x1b[31m [b]red[/b]\n"
    )
    result = command_line(
        "predict", path, "--model", model, "--top", "1", terminals=("stdout", "stderr")
    )
    assert result.errors == ""
    lines = [line.rstrip() for line in result.output.splitlines()]
    assert lines[0] == "text                                emotions"
    assert lines[1].startswith("so happy                            ")
    assert lines[2].startswith("                                    ")
    assert lines[3].startswith("我很高兴😀 long long long long lo…  ")
    assert lines[4].startswith("␛[31m [b]red[/b]                    ")
    assert all(line.split()[-2] in ("joy", "love") for line in lines[1:])
    assert len(lines) == 5


def test_the_table_shows_ids_and_files_where_there_is_room(
    predict: Cli, tweets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "b.csv", "id,text\nid-1,so sad\n")
    result = predict("tweets.txt", "b.csv", "--format", "table", columns=100)
    assert result.output.splitlines()[0].split() == ["file", "id", "text", "emotions"]
    assert result.output.splitlines()[-1].startswith("b.csv       id-1  so sad ")
    narrow = predict("tweets.txt", "b.csv", "--format", "table", columns=50)
    assert narrow.output.splitlines()[0].split() == ["text", "emotions"]
    assert narrow.errors.splitlines()[0] == (
        "No room for file and id: widen the terminal, or choose another --format."
    )


def test_no_emotion_is_a_dash_in_the_table(predict: Cli) -> None:
    result = predict("--format", "table", "--threshold", "1", stdin=b"so happy\n")
    assert result.output.splitlines()[1].split() == ["so", "happy", "—"]
