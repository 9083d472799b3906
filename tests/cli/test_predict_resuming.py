from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.data.writing import partial_path

Cli = Callable[..., Any]
FORMATS = ("jsonl", "csv", "tsv")
ALL = "the labels anger, joy, sadness"
TEXTS = [f"so happy\t{n}" if n % 3 else f"I am sad and angry {n}; 😀" for n in range(50)]


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    lines = [json.dumps({"text": text, "n": n}) for n, text in enumerate(TEXTS)]
    return written(tmp_path / "in.jsonl", "\n".join(lines) + "\n")


@pytest.fixture
def begun(predict: Cli, texts: Path, tmp_path: Path) -> Callable[..., Path]:
    """Answer the first texts, as a run does that is then killed; its output to be."""

    def begin(format: str, *options: str, n_rows: int = 40) -> Path:
        output = tmp_path / f"out.{format}"
        assert predict(texts, "--output", output, *options).status == 0
        lines = output.read_bytes().splitlines(keepends=True)
        partial_path(output).write_bytes(b"".join(lines[: n_rows + (format != "jsonl")]))
        output.unlink()
        return output

    return begin


def refused(partial: Path, held: str, expected: str) -> str:
    return (
        f"Error: {partial}: its {held}, expected {expected}: another command began it; give that "
        "one to go on, or leave out --resume to begin anew"
    )


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
        f"Warning: {partial}: holds what is done; when the cause is mended, give the same command "
        "with --resume to go on."
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
        f"Warning: {partial}: is written anew; --resume would have gone on with it.\n"
    )
    result = predict(tweets, "--output", output, "--resume")
    assert result.errors.splitlines()[0] == (
        f"{output}: there is no interrupted run; beginning anew"
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "options", [(), ("--threshold", "0"), ("--threshold", "1"), ("--top", "3"), ("--top", "2")]
)
def test_every_run_can_be_gone_on_with_by_its_own_command(
    predict: Cli, texts: Path, begun: Callable[..., Path], format: str, options: tuple[str, ...]
) -> None:
    whole = predict(texts, "--format", format, *options).output
    output = begun(format, *options)
    result = predict(texts, "--output", output, "--resume", *options)
    assert (result.status, result.errors.splitlines()[0]) == (
        0,
        f"{output}: 40 texts done before; going on",
    )
    assert output.read_text(encoding="utf-8") == whole


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("column", ["text", "n"])
def test_the_rows_of_another_input_are_not_gone_on_with(
    predict: Cli, texts: Path, begun: Callable[..., Path], format: str, column: str
) -> None:
    """The answers to two inputs used to be mixed."""
    output = begun(format)
    partial = partial_path(output)
    before = partial.read_bytes()
    changed = rows(texts.read_text(encoding="utf-8"))
    changed[36][column] = "other"
    written(texts, "".join(f"{json.dumps(row)}\n" for row in changed))
    result = predict(texts, "-q", "--output", output, "--resume")
    told = refused(partial, "row 37 is of another record", "record 37 of the input")
    assert (result.status, result.errors) == (1, f"{told}\n")
    assert partial.read_bytes() == before


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("began", "goes_on", "held", "expected"),
    [
        (("--threshold", "1"), ("--threshold", "0"), "no label", ALL),
        (("--top", "3"), ("--threshold", "1"), ALL, "no label"),
        (("--threshold", "1"), ("--top", "3"), "no label", ALL),
    ],
)
def test_the_rows_of_other_options_are_not_gone_on_with(
    predict: Cli,
    texts: Path,
    begun: Callable[..., Path],
    format: str,
    began: tuple[str, ...],
    goes_on: tuple[str, ...],
    held: str,
    expected: str,
) -> None:
    output = begun(format, *began)
    result = predict(texts, "-q", "--output", output, "--resume", *goes_on)
    told = refused(partial_path(output), f"row 9 has {held}", expected)
    assert (result.status, result.errors) == (1, f"{told}\n")


def test_the_rows_of_another_model_of_the_same_labels_are_not_gone_on_with(
    command_line: Cli, texts: Path, begun: Callable[..., Path], make_model: Callable[..., Path]
) -> None:
    output = begun("csv")
    other = make_model("other", ("anger", "joy", "sadness"), embedding_width=6)
    result = command_line("predict", texts, "-q", "--model", other, "--output", output, "--resume")
    assert result.status == 1
    assert result.errors.startswith(f"Error: {partial_path(output)}: its row 9 gives 'anger' 0.")
    assert result.errors.endswith(
        ": another command began it; give that one to go on, or leave out --resume to begin anew\n"
    )


@pytest.mark.parametrize(
    ("options", "stdin", "advice"),
    [
        (("--summary",), None, "--resume instead of --summary to go on."),
        ((), b"so happy\n\xff\n", "--resume and the same input to go on."),
        (("--format", "parquet"), None, None),
    ],
)
def test_resuming_is_advised_only_where_it_works(
    predict: Cli,
    tmp_path: Path,
    options: tuple[str, ...],
    stdin: bytes | None,
    advice: str | None,
) -> None:
    path, output = tmp_path / "in.txt", tmp_path / "out"
    path.write_bytes(b"so happy\n\xff\n")
    files = [path] if stdin is None else []
    result = predict(*files, "--output", output, *options, stdin=stdin or b"")
    assert result.status == 1
    first = result.errors.splitlines()[0]
    if advice is None:
        assert first.startswith("Error: ")
    else:
        assert first == (
            f"Warning: {partial_path(output)}: holds what is done; when the cause is mended, give "
            f"the same command with {advice}"
        )
