"""`--text-column` and `--label-column` of the commands that read labelled files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]

ROWS = "so happy,joy,hm\nsad and angry,anger;sadness,oh\nso sad today,sadness,ah\n"
TEXT, LABEL = ("--text-column", "said"), ("--label-column", "felt")
WORDS = {
    "train": "train -m bilstm --train data.csv --dev data.csv -o epochs=1 --name mine --replace",
    "evaluate": "evaluate {model} data.csv --device cpu",
    "compare": "compare {model} answers.jsonl data.csv --resamples 100 --device cpu",
    "similarity": "data similarity data.csv labels sentiment",
}


@pytest.fixture
def told(
    emocli: Emocli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    tiny_model: Path,
    small: tuple[str, ...],
) -> Callable[..., object]:
    """What a command tells of data.csv: called with its name, the columns, and more options.

    Of a training the weights, of what is refused the error.
    """
    monkeypatch.chdir(tmp_path)
    answers = "".join(f'{{"id": "{n}", "labels": ["joy"]}}\n' for n in (1, 2, 3))
    Path("answers.jsonl").write_text(answers, encoding="utf-8")

    def call(command: str, columns: str, *more: str) -> object:
        Path("data.csv").write_text(f"{columns}\n{ROWS}", encoding="utf-8")
        words = [word.format(model=tiny_model) for word in WORDS[command].split()]
        answer = emocli(*words, *more, *(small if command == "train" else ()))
        if answer.status:
            return answer.err
        weights = home / "models" / "mine" / "model.safetensors"
        return weights.read_bytes() if command == "train" else answer.out

    return call


@pytest.mark.parametrize("command", WORDS)
def test_the_columns_of_a_labelled_file_can_be_named(
    told: Callable[..., object], command: str
) -> None:
    expected = told(command, "text,labels,note")
    assert told(command, "said,felt,note", *TEXT, *LABEL) == expected
    listed = "Columns: said, felt, note."
    assert told(command, "said,felt,note", *LABEL) == (
        f"Error: data.csv:1: which column holds the text? {listed} "
        "Call it 'text' there, or name it with --text-column.\n"
    )
    assert told(command, "said,felt,note", *TEXT) == (
        f"Error: data.csv: which column holds the labels? {listed} Call it 'labels' there, or name "
        "it with --label-column, or give each label a column of its own that holds 0 or 1.\n"
    )
