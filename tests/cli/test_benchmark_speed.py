"""`emocli benchmark speed`, and its bad inputs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.benchmark.drawing import NOT_INSTALLED
from emocli.benchmark.speed import measure, scaling, ways

Emocli = Callable[..., Any]


@pytest.fixture
def texts(tmp_path: Path) -> str:
    path = tmp_path / "texts.txt"
    path.write_text("so happy today\nI am sad\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def speed(emocli: Emocli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`emocli benchmark speed` with more words, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: emocli("benchmark", "speed", *words)


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
    assert "transformers.pipeline was left out, or has no class for this model." in answer.out


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("nobody",), 2, "nobody"),
        (("datn2", "--batch-tokens", "0"), 2, "--batch-tokens '0', expected whole numbers from 1"),
        (("datn2", "--batch-tokens", "1k"), 2, "--batch-tokens '1k', expected whole numbers"),
        (("datn2", "--batch-tokens", ""), 2, "--batch-tokens is empty; leave it out."),
        (("datn2", "--precision", ""), 2, "--precision is empty; leave it out."),
        (("datn2", "--precision", "fp8"), 2, "unknown precision 'fp8', expected auto, fp32, bf16"),
        (("datn2", "--device", "cuda:9"), 2, "device 'cuda:9' is not available"),
        (("datn2", "--texts", "empty.txt"), 1, "empty.txt: holds no texts."),
        (("datn2", "--texts", "missing.txt"), 2, "missing.txt: no such file"),
    ],
)
def test_what_cannot_be_measured_is_told(
    words: tuple[str, ...], status: int, told: str, speed: Callable[..., Any]
) -> None:
    Path("empty.txt").touch()
    answer = speed(*words)
    assert (answer.status, answer.out) == (status, "")
    assert told in answer.err


@pytest.mark.parametrize(
    ("words", "engines"), [((), ["emocli", "pipeline"]), (("--no-pipeline",), ["emocli"])]
)
def test_the_pipeline_can_be_left_out(
    speed: Callable[..., Any],
    tiny_model: Path,
    texts: str,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    engines: list[str],
) -> None:
    pipeline = ways.Way("pipeline", "fp32", "batch 1", lambda source, target: None)
    monkeypatch.setattr(ways, "pipeline_ways", lambda trained: [pipeline])
    monkeypatch.setattr(measure, "_run", lambda *_: (1.0, None))
    few = ("--texts", texts, "--rounds", "1", "--precision", "fp32", "-f", "json")
    answer = speed(str(tiny_model), *few, *words)
    (told,) = json.loads(answer.out)
    assert [one["way"].partition(",")[0] for one in told["timings"]] == engines


@pytest.fixture
def scaled(
    speed: Callable[..., Any], tiny_model: Path, texts: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """That of the tiny model, without a command's start and with few texts of a length."""
    monkeypatch.setattr(measure, "_run", lambda *_: (1.0, None))
    monkeypatch.setattr(scaling, "N_TEXTS", 20)
    words = ("--texts", texts, "--rounds", "1", "--precision", "fp32", "--batch-tokens", "8,64")
    return lambda *more: speed(str(tiny_model), *words, *more)


def test_the_cost_against_work_is_told_in_json_and_drawn(
    scaled: Callable[..., Any], tmp_path: Path
) -> None:
    answer = scaled("--lines", "30, 5,5", "--pieces", "4,999", "--plot", "cost.svg", "-f", "json")
    assert (answer.status, answer.err) == (0, "The figure is in cost.svg.\n")
    (told,) = json.loads(answer.out)
    assert [(one["way"], one["work"]["number"]) for one in told["scaling"]["rates"]] == [
        (f"emocli, fp32, {budget} tokens", number) for number in (5, 30, 4) for budget in (8, 64)
    ]
    assert told["scaling"]["left_out"] == ["999 pieces: the model reads at most 256 of a text."]
    drawn = (tmp_path / "cost.svg").read_text(encoding="utf-8")
    assert ">lines of a file</text>" in drawn
    assert ">emocli, fp32, 64 tokens</text>" in drawn


def test_the_cost_against_work_is_a_table(scaled: Callable[..., Any]) -> None:
    answer = scaled("--lines", "5,30", "-f", "markdown")
    assert (answer.status, answer.err) == (0, "")
    *_, head, _, five, thirty = [line for line in answer.out.splitlines() if line.startswith("|")]
    ways = "emocli, fp32, 8 tokens | emocli, fp32, 64 tokens"
    assert head == f"| work | texts | pieces a text | {ways} |"
    assert five.startswith("| 5 lines | 5 | ")
    assert thirty.startswith("| 30 lines | 30 | ")


def test_without_being_asked_no_cost_against_work_is_measured(scaled: Callable[..., Any]) -> None:
    answer = scaled("-f", "markdown")
    assert "against work" not in answer.out
    (told,) = json.loads(scaled("-f", "json").out)
    assert "scaling" not in told


def test_tables_come_although_nothing_can_be_drawn(
    scaled: Callable[..., Any], tmp_path: Path
) -> None:
    answer = scaled("--pieces", "999", "--plot", "cost.svg", "-f", "markdown")
    assert "Left out: 999 pieces: the model reads at most 256 of a text." in answer.out
    assert (answer.status, answer.err) == (
        1,
        "Error: cost.svg: not written, since everything to draw was left out.\n",
    )
    assert not (tmp_path / "cost.svg").exists()


_NO_ENDING = "its ending tells no format, expected one of .svg, .png, .pdf."
_NO_FOLDER = "cannot be written: its folder does not exist; create it first"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--lines", "1k"), 2, "--lines '1k', expected whole numbers from 1 on: 1000,100000."),
        (("--lines", "0"), 2, "--lines '0', expected whole numbers from 1 on: 1000,100000."),
        (("--lines", ","), 2, "--lines is empty; leave it out."),
        (("--pieces", "8,²"), 2, "--pieces '²', expected whole numbers from 1 on: 8,32,128."),
        (
            ("--plot", "cost.svg"),
            2,
            "--plot draws what --lines and --pieces measure: give at least one of these.",
        ),
        (("--lines", "9", "--plot", "cost"), 2, f"--plot cost: {_NO_ENDING}"),
        (("--lines", "9", "--plot", "cost.gif"), 2, f"--plot cost.gif: {_NO_ENDING}"),
        (("--lines", "9", "--plot", "no/cost.svg"), 1, f"no/cost.svg: {_NO_FOLDER}"),
    ],
)
def test_what_cannot_be_drawn_is_told_before_anything_is_measured(
    words: tuple[str, ...], status: int, told: str, speed: Callable[..., Any]
) -> None:
    """The model, which is not there, is not even looked for."""
    answer = speed("nobody", *words)
    assert (answer.status, answer.out, answer.err) == (status, "", f"Error: {told}\n")


def test_without_matplotlib_a_plot_is_refused_before_anything_is_measured(
    speed: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    answer = speed("nobody", "--lines", "9", "--plot", "cost.svg")
    assert (answer.status, answer.out, answer.err) == (1, "", f"Error: {NOT_INSTALLED}\n")
