"""The list of plugins and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emocli import plugins
from emocli.data.catalogue import BUILTIN
from emocli.entry_points import EntryPoint
from emocli.plugins import Plugin, Registry, registry

Emocli = Callable[..., Any]


@pytest.fixture
def troubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two plugins beside the real ones: one broken, one that clashes with datn and emocli."""
    real = registry()
    broken = Plugin(EntryPoint("broken", "broken_module", "a-package", "1.0"))
    broken.error, broken.details = "ImportError: no moon", "Traceback:\n  x.py\nImportError"
    method = replace(real.method("bilstm"), source="elsewhere")
    entry = EntryPoint("double", "double_module", "b-package", "2.0")
    double = Plugin(entry, methods=[method])
    double.datasets = [next(one for one in BUILTIN if one.name == "isear")]
    owners = ("'datn' (emocli)", "'double' (b-package)")
    known = {name: one for name, one in real.methods.items() if name != "bilstm"}
    every = Registry(
        (*real.plugins, broken, double), known, real.models, {}, {("method", "bilstm"): owners}
    )
    for module in ("plugins", "datasets", "models", "cli.plugins"):
        monkeypatch.setattr(f"emocli.{module}.registry", lambda: every)
    assert plugins.registry() is every


def test_plugins_are_listed_with_what_they_declare(emocli: Emocli) -> None:
    answer = emocli("plugins")
    rows = {row["name"]: row for row in map(json.loads, answer.out.splitlines())}
    assert answer.status == 0
    assert rows["datn"]["distribution"] == "emocli"
    assert rows["datn"]["models"] == ["datn2", "datn2-goemotions"]
    assert rows["datn"]["declares"] == "8 methods, 2 models"
    assert rows["datn"]["problem"] is None


def test_a_broken_and_a_clashing_plugin_are_named(emocli: Emocli, troubled: None) -> None:
    answer = emocli("plugins", "list", "--json")
    rows = {row["name"]: row for row in json.loads(answer.out)}
    assert answer.status == 0
    assert rows["broken"]["problem"] == "ImportError: no moon"
    assert rows["broken"]["declares"] == "nothing"
    clash = "method 'bilstm' is declared by 'datn' (emocli) and 'double' (b-package)"
    assert rows["datn"]["problem"] == clash
    assert rows["double"]["clashes"] == [
        "data set 'isear' is declared by emocli itself and 'double' (b-package)",
        clash,
    ]


def test_a_plugins_traceback_is_shown_when_asked_for(
    emocli: Emocli, troubled: None, terminal: None
) -> None:
    assert emocli("plugins", "show", "broken").out == (
        "broken: module broken_module\nPackage: a-package 1.0\nTraceback:\n  x.py\nImportError\n"
    )
    out = emocli("plugins", "show", "double").out
    assert "Methods: bilstm\nData sets: isear\nClash: data set 'isear' is declared by " in out


def test_a_table_names_the_trouble(emocli: Emocli, troubled: None, terminal: None) -> None:
    out = emocli("plugins").out
    assert "ImportError: no moon" in out
    assert out.splitlines()[0].split() == ["plugin", "package", "version", "declares", "problem"]


def test_an_unknown_plugin_names_the_nearest(emocli: Emocli, troubled: None) -> None:
    answer = emocli("plugins", "show", "brokn")
    assert answer.status == 2
    assert answer.err.startswith("Error: unknown plugin 'brokn': did you mean 'broken'? Known pl")
