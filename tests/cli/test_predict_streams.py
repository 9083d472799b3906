from __future__ import annotations

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
        f"Warning: {partial}: holds what is done; give the same command with --resume and the same "
        "input to go on.\nInterrupted.\n"
    )
    assert len(partial.read_bytes().splitlines()) == 1


@pytest.mark.parametrize(("words", "seconds"), [((), 1.0), (("--max-latency", "0.25"), 0.25)])
def test_a_text_from_a_pipe_waits_as_long_as_is_asked_and_one_of_a_file_for_its_batch(
    predict: Cli,
    tweets: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    seconds: float,
) -> None:
    from emocli.inference import read_ahead

    told = []
    read = read_ahead.read_ahead

    def remembering(records: Any, *, max_latency: float | None) -> Any:
        told.append(max_latency)
        return read(records, max_latency=max_latency)

    monkeypatch.setattr(read_ahead, "read_ahead", remembering)
    assert predict(*words, stdin=b"so happy\n").status == 0
    assert predict(tweets, *words).status == 0
    assert told == [seconds, None]


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
