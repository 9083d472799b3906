"""`emocli benchmark report`: tables and figures of what was run before."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from emocli.benchmark.results import Results
from emocli.benchmark.suite import packaged

Emocli = Callable[..., Any]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, write_mini: Callable[[Path], None]) -> Path:
    """A folder with a suite, its data and, in `kept`, the results of its two rows."""
    folder = tmp_path_factory.mktemp("measured")
    write_mini(folder)
    subprocess.run(
        [sys.executable, "-m", "emocli", "benchmark", "mini.toml", "--results", "kept", "-q"],
        cwd=folder,
        env={**os.environ, "EMOCLI_HOME": str(folder / "home")},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return folder


@pytest.fixture
def mini(measured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, made the working one."""
    folder = copytree(measured, tmp_path / "mini")
    monkeypatch.chdir(folder)
    return folder


def told(answer: Any) -> Any:
    assert (answer.status, answer.err) == (0, "")
    return json.loads(answer.out)


def test_a_suite_by_its_file_has_its_published_numbers(emocli: Emocli, mini: Path) -> None:
    (table,) = told(emocli("benchmark", "report", "mini.toml", "--results", "kept"))
    assert (table["title"], table["data"], table["metrics"]) == ("Mini", "moods", ["jaccard"])
    assert [row["row"] for row in table["rows"]] == ["Base", "cnn"]
    assert table["rows"][0]["published"] == {"jaccard": 0.5}
    measured = [record["metrics"]["jaccard"] for record in Results(mini / "kept").read()]
    means = [row["measured"]["jaccard"]["mean"] for row in table["rows"]]
    assert sorted(means) == sorted(measured)


def test_nothing_is_run_again(emocli: Emocli, mini: Path) -> None:
    before = (mini / "kept" / "results.jsonl").read_bytes()
    told(emocli("benchmark", "report", "mini.toml", "--results", "kept"))
    assert (mini / "kept" / "results.jsonl").read_bytes() == before


@pytest.mark.parametrize("words", [[], ["mini"]])
def test_a_suite_whose_file_is_not_told_is_shown_without_published_numbers(
    emocli: Emocli, mini: Path, words: list[str]
) -> None:
    (table,) = told(emocli("benchmark", "report", *words, "--results", "kept"))
    assert (table["title"], table["metrics"]) == ("mini", ["jaccard", "micro-f1", "macro-f1"])
    assert [row["row"] for row in table["rows"]] == ["Base", "cnn"]
    assert [row["published"] for row in table["rows"]] == [{}, {}]


def test_every_suite_that_has_results_is_shown(emocli: Emocli, mini: Path) -> None:
    results = Results(mini / "kept")
    for record in results.read():
        results.append({**record, "suite": "quick", "data": "sample"})
    mine, quick = told(emocli("benchmark", "report", "--results", "kept"))
    assert (mine["suite"], quick["suite"]) == ("mini", "quick")
    assert quick["title"] == "Every method that needs no download"
    (only,) = told(emocli("benchmark", "report", "quick", "--results", "kept"))
    assert only == quick


def test_labels_that_exclude_one_another_are_shown_by_accuracy(emocli: Emocli, mini: Path) -> None:
    results = Results(mini / "kept")
    for record in results.read():
        metrics = {"accuracy": 0.25, "micro-f1": 0.25, "jaccard": 0.25}
        results.append({**record, "suite": "other", "exclusive": True, "metrics": metrics})
    (table,) = told(emocli("benchmark", "report", "other", "--results", "kept"))
    assert table["metrics"] == ["accuracy", "jaccard", "micro-f1"]


def test_tables_are_printed_as_people_paste_them(emocli: Emocli, mini: Path) -> None:
    words = ("benchmark", "report", "mini.toml", "--results", "kept")
    answer = emocli(*words, "--format", "markdown")
    assert answer.out.startswith("### Mini: moods\n\n| method | Jaccard | Jaccard, published | Δ |")
    answer = emocli(*words, "--format", "latex")
    assert answer.out.startswith("% Mini: moods\n\\begin{tabular}{l")
    assert emocli(*words, "--format", "csv").out.startswith("suite,data,variant,row,")
    assert emocli(*words, "--format", "html").out.startswith("<!DOCTYPE html>\n")
    lines = emocli(*words, "--format", "rich").out.splitlines()
    assert lines[0].strip() == "Mini: moods"


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("report.md", "markdown"),
        ("report.csv", "csv"),
        ("report.tex", "latex"),
        ("report.html", "html"),
        ("report.json", "json"),
    ],
)
def test_the_ending_of_a_file_is_the_format_of_the_tables(
    emocli: Emocli, mini: Path, name: str, format: str
) -> None:
    words = ("benchmark", "report", "mini.toml", "--results", "kept")
    printed = emocli(*words, "--format", format).out
    answer = emocli(*words, "--output", name)
    assert (answer.status, answer.out, answer.err) == (0, "", "")
    assert (mini / name).read_text(encoding="utf-8") == printed
    emocli(*words, "--output", "other", "--format", format)
    assert (mini / "other").read_text(encoding="utf-8") == printed


def test_a_page_is_the_same_in_every_process_and_at_any_time(mini: Path) -> None:
    command = [sys.executable, "-m", "emocli", "benchmark", "report", "mini.toml"]
    pages = [
        subprocess.run(
            [*command, "--results", "kept", "--format", "html"],
            env={**os.environ, "PYTHONHASHSEED": number, "SOURCE_DATE_EPOCH": number},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for number in ("1", "100000")
    ]
    assert pages[0] == pages[1]


def test_a_page_has_the_figures_of_the_results(emocli: Emocli, mini: Path) -> None:
    emocli("benchmark", "report", "mini.toml", "--results", "kept", "--output", "report.html")
    page = (mini / "report.html").read_text(encoding="utf-8")
    assert "<figcaption>Correlations between the gold labels of the scored texts" in page
    assert "<figcaption>F1 of each label" in page
    assert ">Training texts</text>" in page


def test_figures_are_files_in_a_folder(emocli: Emocli, mini: Path) -> None:
    words = ("benchmark", "report", "mini.toml", "--results", "kept", "--figures", "figures")
    answer = emocli(*words)
    n_files = len(list((mini / "figures").iterdir()))
    assert (answer.status, answer.err) == (0, f"{n_files} figures are in figures.\n")
    names = {path.name for path in (mini / "figures").iterdir()}
    assert names >= {
        "mini-moods-scores.svg",
        "mini-moods-learning-curves.svg",
        "mini-moods-labels.svg",
        "mini-moods-gold-correlations.svg",
        "mini-moods-speed.svg",
    }
    emocli(*words, "--figure-format", "pdf")
    assert (mini / "figures" / "mini-moods-scores.pdf").read_bytes().startswith(b"%PDF-")


def test_rows_are_tested_against_one(emocli: Emocli, mini: Path) -> None:
    words = ("benchmark", "report", "mini.toml", "--results", "kept", "--against")
    (table,) = told(emocli(*words, "Base"))
    assert table["against"] == "Base"
    assert [row["test"] is None for row in table["rows"]] == [True, False]
    answer = emocli(*words, "Bass")
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        "Error: unknown row 'Bass': did you mean 'Base'? Known rows: Base, cnn.\n",
    )


def test_what_was_measured_on_one_text_is_reported_untested(emocli: Emocli, mini: Path) -> None:
    words = ("benchmark", "mini.toml", "--limit", "1", "--results", "one", "--against", "Base")
    note = "cnn is not tested against Base: they were scored on one text, and a test takes two or "
    first = emocli(*words, "-q")
    again = emocli("benchmark", "report", "mini.toml", *words[4:])
    for answer in (first, again):
        (table,) = told(answer)
        assert table["notes"] == [f"{note}more.", "Here at most 1 text of each part."]


def test_a_table_without_that_row_is_shown_untested(emocli: Emocli, mini: Path) -> None:
    results = Results(mini / "kept")
    for record in results.read():
        results.append({**record, "suite": "quick", "row": "x", "method": "lstm"})
    words = ("benchmark", "report", "--results", "kept", "--against", "Base")
    assert [table["against"] for table in told(emocli(*words))] == ["Base", ""]


def test_a_record_tells_how_many_training_texts_have_each_label(mini: Path) -> None:
    for record in Results(mini / "kept").read():
        assert record["train_support"] == {"anger": 2, "joy": 1, "sadness": 2}


def test_kept_answers_can_be_scored_and_compared_and_hold_no_text(
    emocli: Emocli, mini: Path
) -> None:
    records = Results(mini / "kept").read()
    paths = [f"kept/predictions/{record['key']}.jsonl.gz" for record in records]
    jaccard = [record["metrics"]["jaccard"] for record in records]
    for path, expected in zip(paths, jaccard, strict=True):
        assert told(emocli("evaluate", "test.csv", "--predictions", path))["jaccard"] == expected
        rows = map(json.loads, gzip.decompress(Path(path).read_bytes()).splitlines())
        assert [set(row) for row in rows] == [{"id", "gold", "labels", "scores"}] * 4
    (metric,) = told(emocli("compare", *paths, "test.csv", "--metric", "jaccard"))["metrics"]
    assert [metric["a"], metric["b"]] == jaccard


def test_without_results_it_says_how_to_get_some(emocli: Emocli, home: Path) -> None:
    answer = emocli("benchmark", "report")
    assert (answer.status, answer.out, answer.err) == (
        1,
        "",
        f"Error: {home}/benchmark/results.jsonl: there are no results yet. Run a benchmark first: "
        "emocli benchmark\n",
    )


def test_a_suite_that_was_never_run_says_so(emocli: Emocli, mini: Path) -> None:
    answer = emocli("benchmark", "report", "bert-family-isear", "--results", "kept")
    assert (answer.status, answer.out, answer.err) == (
        1,
        "",
        "Error: kept/results.jsonl: there are no results of suite 'bert-family-isear' yet. Run it "
        "first: emocli benchmark bert-family-isear\n",
    )


def test_an_unknown_suite_is_a_wrong_command(emocli: Emocli, mini: Path) -> None:
    answer = emocli("benchmark", "report", "quik", "--results", "kept")
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        "Error: unknown suite 'quik': did you mean 'quick'? Known suites: "
        f"{', '.join(sorted(packaged()))}. A file is given by its path.\n",
    )


def test_a_format_that_a_file_cannot_have_is_refused(emocli: Emocli, mini: Path) -> None:
    words = ("benchmark", "report", "mini.toml", "--results", "kept", "--output")
    answer = emocli(*words, "report.txt")
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        "Error: --output report.txt: its ending tells no format, expected one of .md, .csv, .tex, "
        ".html, .json; or give --format, one of markdown, csv, latex, html, json.\n",
    )
    answer = emocli(*words, "report.md", "--format", "rich")
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        "Error: --format rich is for reading on a terminal; give one of markdown, csv, latex, "
        "html, json with --output.\n",
    )


def test_a_format_of_figures_that_nobody_asked_for_is_refused(emocli: Emocli, mini: Path) -> None:
    words = ("benchmark", "report", "mini.toml", "--results", "kept", "--figure-format", "pdf")
    answer = emocli(*words)
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        "Error: --figure-format is that of --figures: add --figures FOLDER, or leave it out.\n",
    )


def test_without_matplotlib_figures_are_refused(
    emocli: Emocli, mini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    answer = emocli("benchmark", "report", "--results", "kept", "--figures", "figures")
    assert (answer.status, answer.out, answer.err) == (
        1,
        "",
        "Error: Figures need matplotlib, which is not installed: pip install 'emocli[plots]'.\n",
    )
    assert not (mini / "figures").exists()


def test_a_narrow_terminal_gets_several_tables(
    emocli: Emocli, mini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    answer = emocli("benchmark", "report", "mini.toml", "--results", "kept", "--format", "rich")
    lines = answer.out.splitlines()
    assert max(map(len, lines)) <= 40
    heads = [line.split() for line in lines if line.lstrip().startswith("method")]
    assert len(heads) > 1
    assert [word for head in heads for word in head if word == "trials"] == ["trials"]
