from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
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


NO_INPUT = (
    "there is no input: name files, pipe texts in, or give - to type them; "
    "for example: emocli predict tweets.txt"
)


def test_a_terminal_is_read_only_where_that_is_asked_for(predict: Cli) -> None:
    result = predict(terminals=("stdin",))
    assert (result.status, result.output, result.errors) == (2, "", f"Error: {NO_INPUT}\n")
    result = predict("-", stdin=b"so happy\n", terminals=("stdin",))
    assert [row["text"] for row in rows(result.output)] == ["so happy"]
    key = "Ctrl-Z and Enter end it" if os.name == "nt" else "Ctrl-D ends it"
    assert result.errors == f"reading from the terminal, one text a line; {key}\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ("--top", "1", "--threshold", "0.5"),
            "--top and --threshold exclude each other; leave out one of them.",
        ),
        (("--resume",), "--resume goes on with a file; name it with --output."),
        (
            ("--summary", "--format", "csv"),
            "--summary is shown as table or jsonl, not csv; with --output FILE, the records go "
            "there in that format.",
        ),
        (
            ("--output", "x.csv", "--format", "table"),
            "--format table is for reading on a terminal; give one of jsonl, csv, tsv, parquet "
            "with --output.",
        ),
        (
            ("--output", "x.csv", "--resume", "--summary"),
            "--summary would count only what --resume adds; leave out one of them, or run "
            "`emocli predict` with --summary afterwards.",
        ),
        (
            ("--output", "x.parquet", "--resume"),
            "--resume: half a parquet file cannot be gone on with; give --format jsonl, csv or "
            "tsv, or leave out --resume",
        ),
        (
            ("--device", "cuda:99"),
            "device 'cuda:99' is not available; this machine has: {devices}.",
        ),
        (("-", "-"), "standard input ('-') is given more than once."),
        (("--input-format", "csv"), "stdin:1: which column holds the text? Columns: a, b. "
         "Call it 'text' there, or name it with --text-column."),
    ],
)  # fmt: skip
def test_a_wrong_command_is_told_in_whole(
    predict: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    text: str,
) -> None:
    from emocli.inference.devices import available_devices

    monkeypatch.chdir(tmp_path)
    result = predict(*arguments, stdin=b"a,b\n1,2\n")
    expected = text.replace("{devices}", ", ".join(available_devices()))
    assert (result.status, result.output, result.errors) == (2, "", f"Error: {expected}\n")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_model_names_the_nearest_before_anything_is_written(
    command_line: Cli, tweets: Path, tmp_path: Path, home: Path
) -> None:
    (home / "models" / "my-model").mkdir(parents=True)
    written(home / "models" / "my-model" / "model.json", "{}")
    output = tmp_path / "out.csv"
    result = command_line("predict", tweets, "--model", "my-modl", "--output", output)
    assert result.status == 2
    assert result.errors.startswith("Error: unknown model 'my-modl': did you mean 'my-model'? ")
    assert not output.exists() and not partial_path(output).exists()


def test_a_threshold_lies_between_0_and_1(predict: Cli) -> None:
    result = predict("--threshold", "1.5")
    assert (result.status, result.output) == (2, "")
    assert result.errors == (
        "Usage: emocli predict [OPTIONS] [FILES]...\n"
        "Try 'emocli predict --help' for help.\n\n"
        "Error: Invalid value for '--threshold': 1.5 is not in the range 0<=x<=1.\n"
    )


def test_a_missing_file_is_told_before_the_others_are_answered(
    predict: Cli, tweets: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "tweet.txt"
    result = predict(tweets, missing)
    assert (result.status, result.output) == (2, "")
    assert result.errors == f"Error: {missing}: no such file; did you mean {tweets}?\n"


def test_an_input_is_never_overwritten(predict: Cli, tweets: Path) -> None:
    before = tweets.read_bytes()
    result = predict(tweets, "--output", tweets)
    assert (result.status, result.output) == (2, "")
    assert result.errors == f"Error: {tweets}: is an input too; give --output another name.\n"
    assert tweets.read_bytes() == before


def test_an_input_that_has_the_name_of_what_is_not_whole_is_never_overwritten(
    predict: Cli, tweets: Path
) -> None:
    """It used to be emptied and answered as an empty input."""
    before = tweets.read_bytes()
    partial = tweets.rename(tweets.with_name("out.jsonl.partial"))
    result = predict(partial, "--output", tweets.with_name("out.jsonl"))
    assert (result.status, result.output) == (2, "")
    assert result.errors == f"Error: {partial}: is an input too; give --output another name.\n"
    assert partial.read_bytes() == before


def test_what_comes_in_by_a_shells_sign_is_never_overwritten(
    tiny_model: Path, tweets: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from emocli.cli import run

    before = tweets.read_bytes()
    arguments = ["predict", "--model", str(tiny_model)]
    with tweets.open(encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert run([*arguments, "--output", str(tweets)]) == 2
        told = f"Error: {tweets}: is an input too; give --output another name.\n"
        assert capsys.readouterr().err == told
        with tweets.open("a", encoding="utf-8") as stdout, monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", stdout)
            assert run(arguments) == 2
        told = "Error: stdout: is an input too; send it to another file.\n"
        assert capsys.readouterr().err == told
    assert tweets.read_bytes() == before


def test_an_output_that_cannot_be_written_is_known_at_once(
    predict: Cli, tweets: Path, tmp_path: Path
) -> None:
    output = tmp_path / "nowhere" / "out.csv"
    result = predict(tweets, "--output", output)
    assert (result.status, result.output) == (1, "")
    assert result.errors == (
        f"Error: {output}: cannot be written: its folder does not exist; create it first\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error(predict: Cli, tweets: Path, tiny_model: Path) -> None:
    result = predict(tweets, "--output", "/dev/full")
    assert (result.status, result.output) == (1, "")
    assert result.errors == (
        "Error: /dev/full: cannot be written: the disk is full; free some space or choose "
        "another place\n"
    )


def test_closed_standard_input_is_no_input(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from emocli.cli import run

    monkeypatch.setattr(sys, "stdin", None)
    assert run(["predict", "--model", str(tiny_model)]) == 2
    assert capsys.readouterr().err == (
        "Error: standard input is closed; name files, or pipe texts in.\n"
    )
