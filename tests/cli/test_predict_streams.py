from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emocli.data.writing import partial_path

Cli = Callable[..., Any]


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


class Pipe:
    """A standard input that is asked for a line only when the one before is answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reader, writer = os.pipe()
        self.writer = os.fdopen(writer, "wb", buffering=0)
        monkeypatch.setattr(sys, "stdin", os.fdopen(reader, "r", encoding="utf-8"))

    def send(self, text: str) -> None:
        self.writer.write(text.encode())

    def end(self) -> None:
        self.writer.close()


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    """The standard input; ended after the test, so that no thread waits for it ever after."""
    made = Pipe(monkeypatch)
    yield made
    made.end()


def test_a_pipe_is_answered_before_it_ends(
    tiny_model: Path, pipe: Pipe, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    from emocli.cli import run
    from emocli.data.row_writers import JsonLinesWriter

    asked: list[list[str]] = []
    write = JsonLinesWriter.write

    def answered(self: JsonLinesWriter, found: Any) -> None:
        write(self, found)
        asked.append([row["text"] for row in found])
        if len(asked) == 1:
            pipe.send("second\nthird\n")
            pipe.end()

    monkeypatch.setattr(JsonLinesWriter, "write", answered)
    pipe.send("first\n")
    # Were the first line held back until the input ends, this would wait for ever.
    assert run(["predict", "--model", str(tiny_model)]) == 0
    assert asked[0] == ["first"]
    assert [text for window in asked[1:] for text in window] == ["second", "third"]


def test_a_broken_off_run_is_gone_on_with(
    predict: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emocli.inference import read_ahead

    monkeypatch.setattr(read_ahead, "N_WINDOW_RECORDS", 10)
    text = "".join(f"so happy {number}\n" for number in range(25))
    path, output = written(tmp_path / "a.txt", text), tmp_path / "out.jsonl"
    expected = rows(predict(path).output)

    path.write_bytes(text.encode().replace(b"happy 15", b"happy \xff"))
    result = predict(path, "--output", output)
    partial = partial_path(output)
    assert result.status == 1
    assert result.errors.splitlines()[0] == (
        f"Warning: {partial}: holds what is done; give the same command with --resume to go on."
    )
    assert not output.exists()
    n_done = len(partial.read_bytes().splitlines())
    assert 10 <= n_done <= 15
    with partial.open("ab") as stream:
        stream.write(b'{"id": "16", "te')

    path.write_bytes(text.encode())
    result = predict(path, "--output", output, "--resume")
    assert result.status == 0
    said = result.errors.splitlines()
    assert said[0] == f"{output}: {n_done} texts done before; going on"
    assert said[1].startswith(f"{output}: {25 - n_done} texts in ")
    found = rows(output.read_text(encoding="utf-8"))
    assert [(row["id"], row["text"], row["labels"]) for row in found] == [
        (row["id"], row["text"], row["labels"]) for row in expected
    ]
    assert not partial.exists()


def test_an_unfinished_run_is_not_lost_unsaid(predict: Cli, tweets: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    partial = written(partial_path(output), '{"id": "1"}\n')
    result = predict(tweets, "-q", "--output", output)
    assert result.status == 0
    assert result.errors == (
        f"Warning: {partial}: is written anew; --resume would go on with it.\n"
    )
    result = predict(tweets, "--output", output, "--resume")
    assert result.errors.splitlines()[0] == (
        f"{output}: there is no interrupted run; beginning anew"
    )


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    tiny_model: Path, pipe: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from emocli.cli import run
    from emocli.data.row_writers import JsonLinesWriter

    output = tmp_path / "out.jsonl"
    write = JsonLinesWriter.write

    def interrupted(self: JsonLinesWriter, found: Any) -> None:
        write(self, found)
        raise KeyboardInterrupt

    monkeypatch.setattr(JsonLinesWriter, "write", interrupted)
    pipe.send("so happy\n")
    assert run(["predict", "--model", str(tiny_model), "--output", str(output)]) == 130
    partial = partial_path(output)
    assert capsys.readouterr().err == (
        f"Warning: {partial}: holds what is done; give the same command with --resume to go on.\n"
        "Interrupted.\n"
    )
    assert len(partial.read_bytes().splitlines()) == 1


@contextmanager
def predicting(model: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`emocli predict` in a process of its own, which does not outlive the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "emocli", "predict", "--model", str(model)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to one process alone")
def test_ctrl_c_ends_a_process_that_waits_for_its_input(tiny_model: Path) -> None:
    with predicting(tiny_model) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"so happy\n")
        assert process.stdout.readline().startswith(b'{"id": "1", "text": "so happy"')
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr.read() == b"Interrupted.\n"


def test_a_closed_pipe_ends_quietly(tiny_model: Path) -> None:
    with predicting(tiny_model) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"so happy\n")
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"so sad\n" * 10)
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == b""
