"""Data sets of emocli and of plugins under one roof."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emocli import datasets
from emocli.data.catalogue import BUILTIN
from emocli.entry_points import EntryPoint
from emocli.errors import UsageError
from emocli.plugins import Plugin, Registry


def install(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let a plugin `thirdparty` declare data sets with these names."""
    like = BUILTIN[0]
    declared = [replace(like, name=name) for name in names]
    entry = EntryPoint("thirdparty", "thirdparty", "a-package", "1.0")
    plugin = Plugin(entry, datasets=declared)
    known = {dataset.name: dataset for dataset in declared}
    registry = Registry((plugin,), {}, {}, known, {})
    monkeypatch.setattr(datasets, "registry", lambda: registry)


def test_a_plugins_data_set_is_known_beside_those_of_emocli(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, "mine")
    assert set(datasets.known()) == {"mine", *(dataset.name for dataset in BUILTIN)}
    assert datasets.find("mine").name == "mine"
    named = datasets.named_by("mine:train")
    assert named is not None
    assert named.name == "mine"


def test_a_data_set_declared_twice_belongs_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "goemotions")
    assert "goemotions" not in datasets.known()
    for ask in (datasets.find, datasets.named_by):
        with pytest.raises(UsageError) as caught:
            ask("goemotions")
        assert str(caught.value) == (
            "data set 'goemotions' is declared by emocli itself and 'thirdparty' (a-package); "
            "uninstall one of the plugins (`emocli plugins` lists them)."
        )


def test_a_file_is_no_data_set_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert datasets.named_by("goemotions") is not None
    Path("goemotions").write_text("text,label\n", encoding="utf-8")
    assert datasets.named_by("goemotions") is None
    assert datasets.named_by("no-such-set") is None


def test_the_names_of_emocli_do_not_clash_with_one_another() -> None:
    names = [dataset.name for dataset in BUILTIN]
    assert len(names) == len(set(names))
