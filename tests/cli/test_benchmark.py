"""`emocli benchmark`: a suite run, its table, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from emocli.benchmark.jobs import Outcome
from emocli.benchmark.trials import Trial, Variant

Emocli = Callable[..., Any]


@pytest.fixture
def mini(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_mini: Callable[[Path], None]
) -> Path:
    """A suite of two small methods in the working folder."""
    monkeypatch.chdir(tmp_path)
    write_mini(tmp_path)
    return tmp_path


def test_a_suite_is_run_and_its_table_printed(emocli: Emocli, mini: Path) -> None:
    answer = emocli("benchmark", "mini.toml", "--results", "kept", "--against", "Base", "-q")
    assert (answer.status, answer.err) == (0, "")
    (table,) = json.loads(answer.out)
    assert [row["row"] for row in table["rows"]] == ["Base", "cnn"]
    assert table["rows"][0]["published"] == {"jaccard": 0.5}
    assert table["rows"][1]["test"]["n_examples"] == 4
    again = emocli("benchmark", "mini.toml", "--results", "kept", "--format", "markdown")
    assert again.err == ""
    assert again.out.startswith("### Mini: moods\n\n| method | Jaccard | Jaccard, published | Δ |")


def test_a_row_to_test_against_must_be_there_before_anything_is_run(
    emocli: Emocli, mini: Path
) -> None:
    answer = emocli("benchmark", "mini.toml", "--results", "kept", "--against", "Bass")
    assert (answer.status, answer.err) == (
        2,
        "Error: unknown row 'Bass': did you mean 'Base'? Known rows: Base, cnn.\n",
    )
    assert not (mini / "kept").exists()


def test_a_dry_run_tells_the_trials_and_runs_none(emocli: Emocli, mini: Path) -> None:
    answer = emocli("benchmark", "mini.toml", "--results", "kept", "--dry-run", "--seeds", "2")
    rows = [json.loads(line) for line in answer.out.splitlines()]
    assert [(row["row"], row["seed"], row["done"]) for row in rows] == [
        ("Base", 1, False),
        ("cnn", 1, False),
        ("Base", 2, False),
        ("cnn", 2, False),
    ]
    assert all(row["minutes"] > 0 for row in rows)
    assert answer.err.splitlines()[-1].startswith("4 of 4 trials are to be run: about ")
    assert not (mini / "kept").exists()


@pytest.fixture
def wished(mini: Path, emocli: Emocli, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What a benchmark with more words has its trials run with: these, and how; none is run."""
    handed: list[tuple[Sequence[Trial], dict[str, Any]]] = []

    def run_none(trials: Sequence[Trial], results: object, **wishes: Any) -> Outcome:
        handed.append((trials, wishes))
        return Outcome(left=list(trials))

    def call(*words: str) -> tuple[Sequence[Trial], dict[str, Any]]:
        assert emocli("benchmark", "mini.toml", "--results", "kept", *words).status == 0
        return handed.pop()

    monkeypatch.setattr("emocli.benchmark.jobs.run_trials", run_none)
    return call


@pytest.mark.parametrize(
    ("words", "variant"),
    [
        ("", Variant()),
        ("--encoder some-bert", Variant(encoder="some-bert")),
        ("--device cpu", Variant(device="cpu")),
        ("--precision fp32", Variant(precision="fp32")),
        ("--limit 3 --folds 2", Variant(limit=3, n_folds=2)),
    ],
)
def test_every_trial_differs_from_the_suite_as_the_command_asks(
    wished: Callable[..., Any], words: str, variant: Variant
) -> None:
    trials, _ = wished("--methods", "bilstm,bert", *words.split())
    assert {trial.variant for trial in trials} == {variant}
    encoders = {trial.options.get("encoder") for trial in trials if trial.method == "bert"}
    assert encoders == {variant.encoder or None}


@pytest.mark.parametrize(
    ("words", "jobs", "keep_models"),
    [("", 1, False), ("--jobs 2", 2, False), ("--keep-models", 1, True)],
)
def test_how_trials_are_run_is_what_the_command_asks(
    wished: Callable[..., Any], words: str, jobs: int, keep_models: bool
) -> None:
    _, wishes = wished(*words.split())
    assert (wishes["jobs"], wishes["keep_models"]) == (jobs, keep_models)


def test_sizes_of_the_source_data_are_a_trial_each(emocli: Emocli) -> None:
    words = ("--methods", "ft", "--source-sizes", "1,20", "--source-sizes", "300", "--dry-run")
    answer = emocli("benchmark", "quick", *words, "--seeds", "1")
    rows = [json.loads(line) for line in answer.out.splitlines()]
    assert [(row["row"], row["source_size"]) for row in rows] == [
        ("ft", size) for size in (1, 20, 300)
    ]


def test_a_method_that_fails_has_a_row_and_exit_status_1(emocli: Emocli, mini: Path) -> None:
    words = ("-o", "embeddings=nowhere.txt", "--results", "kept")
    answer = emocli("benchmark", "mini.toml", *words, "--format", "markdown")
    assert answer.status == 1
    assert "Base failed: " in answer.out
    assert answer.err.splitlines()[-1] == (
        "Error: 2 of 2 trials failed, as told above; the same command tries them again."
    )


def test_time_that_is_over_is_told(emocli: Emocli, mini: Path) -> None:
    answer = emocli("benchmark", "mini.toml", "--max-minutes", "1e-12", "--results", "kept")
    assert answer.status == 0
    (table,) = json.loads(answer.out)
    assert [(row["row"], row["not_run"]) for row in table["rows"]] == [("Base", 1), ("cnn", 1)]
    assert answer.err.splitlines() == [
        "Warning: the time was over before 2 of 2 trials had begun; the same command goes on with "
        "them"
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["mimi.toml"], "mimi.toml: no such file"),
        (["quik"], "unknown suite 'quik': did you mean 'quick'?"),
        (["mini.toml", "--methods", "bilstn"], "unknown row or method 'bilstn': did you mean"),
        (["mini.toml", "-o", "epoch=1"], "unknown option 'epoch': did you mean 'epochs'?"),
        (["mini.toml", "-o", "epochs"], "option 'epochs' has no value: write -o NAME=VALUE."),
        (["mini.toml", "-o", "epochs=few"], "option 'epochs' is 'few', expected a whole number"),
        (
            ["mini.toml", "--source-sizes", "10,many"],
            "--source-sizes holds 'many', expected whole numbers from 1 on.",
        ),
        (["mini.toml", "--folds", "20"], "moods: 12 texts cannot make 20 folds."),
        ([""], "unknown suite ''. Known suites: "),
        (["mini.toml", "--methods", ""], "--methods is empty; leave it out."),
        (["mini.toml", "--datasets", " ,"], "--datasets is empty; leave it out."),
        (["mini.toml", "--source-sizes", ""], "--source-sizes is empty; leave it out."),
        (["mini.toml", "--encoder", ""], "--encoder is empty; leave it out."),
        (
            ["mini.toml", "--dry-run", "--format", "csv"],
            "--dry-run prints trials, and --format is that of the tables; leave out one of them.",
        ),
        (["mini.toml", "--device", "cuda:99"], "device 'cuda:99' is not available; this machine"),
        (
            ["mini.toml", "--device", "cpu", "--precision", "fp16"],
            "precision 'fp16' needs a GPU; use bf16 or fp32 on the CPU.",
        ),
    ],
)
def test_a_wrong_command_is_refused_before_anything_is_run(
    emocli: Emocli, mini: Path, words: list[str], message: str
) -> None:
    answer = emocli("benchmark", *words, "--results", "kept")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith(f"Error: {message}")
    assert not (mini / "kept").exists()


def test_data_that_are_not_there_say_how_to_get_them(
    emocli: Emocli, mini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMOCLI_DATA", raising=False)
    answer = emocli("benchmark", "mini.toml", "--datasets", "goemotions")
    assert answer.status == 1
    assert "emocli data download goemotions" in answer.err


def test_results_that_are_damaged_name_the_line(emocli: Emocli, mini: Path) -> None:
    (mini / "kept").mkdir()
    (mini / "kept" / "results.jsonl").write_text("nothing\n", encoding="utf-8")
    answer = emocli("benchmark", "mini.toml", "--results", "kept")
    assert (answer.status, answer.err) == (
        1,
        "Error: kept/results.jsonl:1: this is no result of a benchmark; remove the line\n",
    )
