"""`emocli benchmark list`, `show` and `validate`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.benchmark.suite import packaged

Emocli = Callable[..., Any]

MINE = """title = "Mine"
source = "A paper, table 7"
data = ["isear"]
seeds = 2
folds = 5
notes = "Of little use."
[options]
epochs = 5
frozen = true
[[rows]]
method = "bert"
[[rows]]
name = "mixed"
method = "embedding-mixing"
bases = ["bert"]
options = { weight = 0.9 }
published = { micro-f1 = 0.5 }
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    return tmp_path / "mine.toml"


def test_suites_are_listed_a_line_each(emocli: Emocli) -> None:
    answer = emocli("benchmark", "list")
    rows = [json.loads(line) for line in answer.out.splitlines()]
    assert (answer.status, answer.err) == (0, "")
    assert [row["name"] for row in rows] == list(packaged())
    assert rows[0]["data"] == ["sample"]
    assert json.loads(emocli("benchmark", "list", "--json").out) == rows


def test_suites_are_a_table_on_a_terminal(emocli: Emocli, terminal: None) -> None:
    lines = emocli("benchmark", "list").out.splitlines()
    assert lines[0].split() == ["suite", "what", "it", "compares", "rows"]
    assert lines[2].split()[:2] == ["quick", "Every"]


def test_a_suite_that_cannot_be_used_does_not_spoil_the_list(
    emocli: Emocli, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = mine.with_name("broken.toml")
    broken.write_text(MINE.replace("seeds", "sedes"), encoding="utf-8")
    monkeypatch.setattr("emocli.benchmark.suite.packaged", lambda: {"broken": broken, "mine": mine})
    answer = emocli("benchmark", "list")
    assert (answer.status, json.loads(answer.out)["name"]) == (0, "mine")
    assert answer.err.startswith(f"Warning: {broken}:4: unknown key 'sedes'")


def test_a_suite_is_shown_whole_as_json(emocli: Emocli, mine: Path) -> None:
    told = json.loads(emocli("benchmark", "show", "mine.toml").out)
    assert told["rows"][1] == {
        "name": "mixed",
        "method": "embedding-mixing",
        "options": {"weight": 0.9},
        "bases": ["bert"],
        "published": {"isear": {"micro-f1": 0.5}},
    }
    assert (told["title"], told["path"], told["seeds"]) == ("Mine", "mine.toml", 2)
    assert told["data"] == [
        {"name": "isear", "train": "isear", "dev": None, "test": None, "roles": {}}
    ]


def test_a_suite_is_drawn_on_a_terminal(emocli: Emocli, mine: Path, terminal: None) -> None:
    assert emocli("benchmark", "show", "mine.toml").out.splitlines() == [
        "mine: Mine",
        "Source: A paper, table 7",
        "File: mine.toml",
        "Metrics: jaccard, micro-f1, macro-f1",
        "Seeds: 2, folds: 5",
        "",
        "Data:",
        "  isear",
        "",
        "Options of every method that has them:",
        "  epochs=5, frozen=true",
        "",
        "Rows:",
        "  bert",
        "  mixed  (embedding-mixing)",
        "      weight=0.9",
        "      builds upon: bert",
        "      published: micro-f1 0.5",
        "",
        "Notes:",
        "",
        "Of little use.",
        "",
    ]


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_suite_fits_a_narrow_terminal(
    emocli: Emocli, terminal: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = emocli("benchmark", "show", name).out.splitlines()
    assert max(len(line) for line in lines if ".toml" not in line) <= 60
    assert "…" not in "".join(lines)


def test_numbers_and_parts_of_several_data_are_told_apart(emocli: Emocli, terminal: None) -> None:
    out = emocli("benchmark", "show", "bert-variants-table-1").out
    assert "      test: jigsaw:dev\n" in out
    assert "published on jigsaw: micro-f1 0.7749, macro-f1 0.6562\n" in out


def test_a_sound_suite_is_told_on_stderr(emocli: Emocli, mine: Path) -> None:
    answer = emocli("benchmark", "validate", "mine.toml")
    assert (answer.status, answer.out, answer.err) == (
        0,
        "",
        "mine.toml: nothing is wrong with it: 2 rows, 1 data set, 2 seeds.\n",
    )


def test_every_fault_of_a_suite_is_told_with_its_line(emocli: Emocli, mine: Path) -> None:
    mine.write_text(MINE.replace("0.5", "50").replace("epochs = 5", "epochs = 0"), encoding="utf-8")
    answer = emocli("benchmark", "validate", "mine.toml")
    assert (answer.status, answer.out) == (1, "")
    assert answer.err == (
        "Error: mine.toml:8: option 'epochs' is '0', expected 1 or more\n"
        "mine.toml:17: published micro-f1 is 50, expected a number from 0 to 1\n"
    )


def test_an_unknown_suite_is_a_wrong_command(emocli: Emocli) -> None:
    answer = emocli("benchmark", "show", "datn-table-3-chinse")
    assert answer.status == 2
    assert answer.err.startswith(
        "Error: unknown suite 'datn-table-3-chinse': did you mean 'datn-table-3-chinese'? "
    )


def test_help_shows_an_example(emocli: Emocli) -> None:
    for name, example in {
        "list": "Examples:\n    emocli benchmark list\n    emocli benchmark list --json\n",
        "show": "Example:\n    emocli benchmark show common-space-table-1\n",
        "validate": "Example:\n    emocli benchmark validate mine.toml\n",
    }.items():
        assert emocli("benchmark", name, "--help").out.endswith(example)
