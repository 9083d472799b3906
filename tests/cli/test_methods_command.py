"""The list of methods and the description of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from emocli.plugins import registry

Emocli = Callable[..., Any]


def test_methods_are_listed_a_line_each_with_what_they_need(emocli: Emocli) -> None:
    answer = emocli("methods")
    rows = {row["name"]: row for row in map(json.loads, answer.out.splitlines())}
    assert answer.status == 0
    assert rows["bilstm"]["needs"] == ["train", "dev"]
    assert rows["datn2"]["needs"] == ["train", "dev", "source"]
    assert rows["datn2"]["plugin"] == "datn"
    assert json.loads(emocli("methods", "--json").out) == list(rows.values())
    assert emocli("methods", "list", "--json").out == emocli("methods", "--json", "-q").out


def test_methods_are_a_table_on_a_terminal(emocli: Emocli, terminal: None) -> None:
    lines = emocli("methods").out.splitlines()
    assert lines[0].split() == ["method", "what", "it", "is", "needs", "plugin"]
    assert any(line.split()[:4] == ["bilstm", "attentive", "BiLSTM", "(Base)"] for line in lines)


def test_a_method_is_shown_with_every_option_and_its_default(emocli: Emocli) -> None:
    shown = json.loads(emocli("methods", "show", "datn2").out)
    options = {option["name"]: option for option in shown["options"]}
    assert shown["summary"] == "dual attention, target-specific first (DATN-2)"
    assert options["similarity_weight"]["default"] == 0.05
    assert options["thresholds"]["kind"] == "global|per-label|fixed"
    assert all(option["help"] for option in options.values())


def test_options_on_a_terminal_are_written_as_o_takes_them(emocli: Emocli, terminal: None) -> None:
    out = emocli("methods", "show", "bilstm").out
    assert out.startswith("bilstm: attentive BiLSTM (Base)\nSource: Yu et al. 2018")
    assert "Needs: --train, --dev\n" in out
    assert "  tune_embeddings=true  (bool)\n      train the word vectors too\n" in out
    assert "  learning_rate=0.001  (float)\n" in out
    assert "Presets" not in out


def test_nothing_is_cut_off_on_a_narrow_terminal(
    emocli: Emocli, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = emocli("methods", "show", "bert").out
    assert max(map(len, out.splitlines())) <= 60
    assert "…" not in out
    assert "  head_learning_rate=0.001  (float)\n      first learning rate of the other" in out
    assert "  preset=none  (none|bert-family|fine-grained|bert-variants)\n" in out


def test_presets_are_shown_with_what_they_set(emocli: Emocli, terminal: None) -> None:
    out = emocli("methods", "show", "bert").out
    presets = out[out.index("\nPresets, other defaults together:\n") :]
    assert "\n  bert-family\n      batch_size=16, epochs=10, learning_rate=4e-05," in presets
    assert "threshold=0.3" in presets
    shown = json.loads(emocli("methods", "show", "bert", "--json").out)
    assert shown["presets"]["bert-variants"]["patience"] == 4


def test_an_unknown_method_or_command_names_the_nearest(emocli: Emocli) -> None:
    method = emocli("methods", "show", "dant2")
    assert (method.status, method.err) == (
        2,
        "Error: unknown method 'dant2': did you mean 'datn2'? "
        f"Known methods: {', '.join(sorted(registry().methods))}.\n",
    )
    command = emocli("methods", "shwo", "datn2")
    assert (command.status, command.err) == (
        2,
        "Error: unknown methods command 'shwo': did you mean 'show'? "
        "Known methods commands: list, show.\n",
    )


def test_help_shows_an_example_at_every_level(emocli: Emocli) -> None:
    assert "Examples:\n    emocli methods\n" in emocli("methods", "--help").out
    assert "Example:\n    emocli methods list --json\n" in emocli("methods", "list", "-h").out
    assert "Example:\n    emocli methods show datn2\n" in emocli("methods", "show", "--help").out
