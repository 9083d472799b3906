"""`emocli data similarity`: its numbers, its table, and what it refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]

ROWS = ("so happy,joy", "my love,love", "in a rage,anger", "glad and furious,joy;anger", "a bus,")


@pytest.fixture
def moods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, made the working one, with moods.csv and groups.toml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "moods.csv").write_text("\n".join(["text,labels", *ROWS, ""]), encoding="utf-8")
    groups = 'good = ["joy", "love"]\nbad = ["anger"]\n'
    (tmp_path / "groups.toml").write_text(groups, encoding="utf-8")
    return tmp_path


def test_a_mapping_is_compared_with_the_labels(emocli: Emocli, moods: Path) -> None:
    answer = emocli("data", "similarity", "moods.csv", "groups.toml", "--json")
    told = json.loads(answer.out)
    assert (answer.status, told["texts"], told["pairs"]) == (0, 5, 7)
    assert told["first"]["labels"] == ["good", "bad"]
    assert told["second"]["mapping"] == "labels"
    assert told["second"]["labels"] == ["anger", "joy", "love"]
    assert told["contingency"] == [[1, 2, 1], [2, 1, 0]]
    # H(good, bad) of 4 and 3 of 7; H(labels) of 3, 3 and 1; H(both) of 1, 2, 1, 2 and 1.
    assert told["first"]["entropy"] == pytest.approx(0.9852, abs=1e-4)
    assert told["second"]["entropy"] == pytest.approx(1.4488, abs=1e-4)
    assert told["joint_entropy"] == pytest.approx(2.2359, abs=1e-4)
    assert told["mutual_information"] == pytest.approx(0.1981, abs=1e-4)
    assert told["nmi_joint"] == pytest.approx(0.0886, abs=1e-4)
    assert told["nmi_max"] == pytest.approx(0.1367, abs=1e-4)


def test_two_mappings_are_compared_with_each_other(emocli: Emocli, moods: Path) -> None:
    told = json.loads(emocli("data", "similarity", "moods.csv", "sentiment", "groups.toml").out)
    assert told["first"]["labels"] == ["positive", "negative"]
    assert told["contingency"] == [[3, 1], [1, 2]]


def test_a_terminal_shows_the_table_with_the_longer_set_downwards(
    emocli: Emocli, moods: Path, terminal: None
) -> None:
    lines = emocli("data", "similarity", "moods.csv", "groups.toml").out.splitlines()
    assert [line.split() for line in (lines[0], *lines[2:5])] == [
        ["labels", "/", "groups.toml", "good", "bad", "sum"],
        ["anger", "1", "2", "3"],
        ["joy", "2", "1", "3"],
        ["love", "1", "0", "1"],
    ]
    assert lines[-4:] == [
        "moods.csv: 5 texts, 7 pairs",
        "NMI_joint: 0.0886",
        "NMI_max: 0.1367",
        "Mutual information: 0.1981 bits",
    ]


def test_data_without_labels_cannot_be_compared(emocli: Emocli, moods: Path) -> None:
    (moods / "bare.txt").write_text("ID\tTweet\tjoy\n1\ta bus\tNONE\n", encoding="utf-8")
    answer = emocli("data", "similarity", "bare.txt", "labels")
    assert (answer.status, answer.out, answer.err) == (
        1,
        "",
        "Error: bare.txt: no text has a label; there is nothing to compare.\n",
    )


def test_a_mapping_that_does_not_fit_is_an_error(emocli: Emocli, moods: Path) -> None:
    (moods / "groups.toml").write_text('good = ["joy", "love"]\n', encoding="utf-8")
    answer = emocli("data", "similarity", "moods.csv", "groups.toml")
    assert (answer.status, answer.out, answer.err) == (
        1,
        "",
        "Error: groups.toml: label 'anger' is in no group, expected it in one of: good.\n",
    )


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("mapping", "joint", "largest"), [("sentiment", 0.2487, 0.2917), ("ekman", 0.2890, 0.3493)]
)
def test_the_numbers_on_the_page_are_those_of_goemotions(
    emocli: Emocli, mapping: str, joint: float, largest: float
) -> None:
    if not os.environ.get("EMOCLI_DATA"):
        pytest.skip("EMOCLI_DATA names no folder with the published data")
    told = json.loads(emocli("data", "similarity", "goemotions:dev", mapping).out)
    assert told["nmi_joint"] == pytest.approx(joint, abs=5e-5)
    assert told["nmi_max"] == pytest.approx(largest, abs=5e-5)
