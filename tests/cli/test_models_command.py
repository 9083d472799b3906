"""The list of trained models, a model's card, and removing a model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]


@pytest.fixture
def own(home: Path, tiny_model: Path) -> Path:
    """A model of the user's called `own`."""
    folder = home / "models" / "own"
    shutil.copytree(tiny_model, folder)
    return folder


def rows_of(out: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in map(json.loads, out.splitlines())}


def test_models_are_listed_a_line_each(emocli: Emocli, own: Path) -> None:
    answer = emocli("models")
    rows = rows_of(answer.out)
    assert answer.status == 0
    assert rows["datn2"]["bundled"] is True
    row = rows["own"]
    assert (row["bundled"], row["method"], row["folder"]) == (False, "bilstm", str(own))
    assert (row["labels"], row["metric"], row["score"]) == (
        ["anger", "joy", "sadness"],
        "jaccard",
        None,
    )
    assert rows_of("\n".join(map(json.dumps, json.loads(emocli("models", "--json").out)))) == rows


def test_a_damaged_model_is_listed_with_what_is_wrong(emocli: Emocli, own: Path) -> None:
    (own / "model.json").write_text("{", encoding="utf-8")
    row = rows_of(emocli("models", "list").out)["own"]
    assert row["method"] is None
    assert row["problem"].startswith(f"{own / 'model.json'}: is not JSON (")


def test_models_are_a_table_on_a_terminal(emocli: Emocli, own: Path, terminal: None) -> None:
    lines = emocli("models").out.splitlines()
    assert lines[0].split()[:4] == ["model", "method", "labels", "dev"]
    assert any(line.split()[:3] == ["own", "bilstm", "3"] for line in lines)


def test_what_is_wrong_with_a_model_stands_below_the_table(
    emocli: Emocli, own: Path, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emocli.cli.models.stdout_is_terminal", lambda: True)
    (own / "model.json").write_text("[]", encoding="utf-8")
    answer = emocli("models")
    assert answer.out.splitlines()[-1].split() == ["own", "no"]
    assert answer.err == (
        f"Warning: {own / 'model.json'}: describes no emocli model; copy or train the model "
        "again, or remove it.\n"
    )


def test_megabytes_have_one_decimal_on_a_terminal(
    emocli: Emocli, own: Path, terminal: None
) -> None:
    (own / "more").write_bytes(bytes(1_234_567))
    (row,) = (line.split() for line in emocli("models").out.splitlines() if line[:4] == "own ")
    assert row[-2:] == ["1.2", "no"]


def test_a_model_is_shown_by_its_card(emocli: Emocli, own: Path) -> None:
    card = (own / "README.md").read_text(encoding="utf-8")
    assert emocli("models", "show", "own").out == card
    assert emocli("models", "show", str(own)).out == card
    told = json.loads(emocli("models", "show", "own", "--json").out)
    assert told["labels"] == {"names": ["anger", "joy", "sadness"], "exclusive": False}


def test_a_card_cannot_send_orders_to_the_terminal(emocli: Emocli, own: Path) -> None:
    (own / "README.md").write_text("# own\x1b[2J\n", encoding="utf-8")
    assert emocli("models", "show", "own").out == "# own␛[2J\n"


def test_a_model_without_its_card_says_so(emocli: Emocli, own: Path) -> None:
    (own / "README.md").unlink()
    answer = emocli("models", "show", "own")
    assert answer.status == 1
    assert answer.err.startswith(f"Error: {own / 'README.md'}: cannot be read (")
    assert answer.err.endswith("; --json shows what is known.\n")


def test_a_model_is_removed_when_yes_is_said(emocli: Emocli, own: Path) -> None:
    answer = emocli("models", "remove", "own", "--yes")
    assert (answer.status, answer.err) == (0, f"Deleted {own}.\n")
    assert not own.exists()


def test_nothing_is_removed_where_nobody_can_be_asked(emocli: Emocli, own: Path) -> None:
    answer = emocli("models", "remove", "own")
    assert (answer.status, answer.err) == (
        2,
        f"Error: nobody can be asked whether to delete {own}: add --yes.\n",
    )
    assert own.exists()


@pytest.mark.parametrize(("said", "stays"), [("y\n", False), ("n\n", True)])
def test_a_user_at_a_terminal_is_asked(
    emocli: Emocli, own: Path, monkeypatch: pytest.MonkeyPatch, said: str, stays: bool
) -> None:
    import io

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Keyboard(said))
    answer = emocli("models", "remove", "own")
    assert answer.out == ""
    answered = "Error: the answer was no; nothing was changed." if stays else f"Deleted {own}."
    assert answer.err == f"Delete {own}? [y/N]: {answered}\n"
    assert own.exists() is stays
    assert answer.status == (1 if stays else 0)


def test_neither_a_bundled_nor_an_unknown_model_is_removed(emocli: Emocli, own: Path) -> None:
    bundled = emocli("models", "remove", "datn2")
    assert (bundled.status, bundled.err) == (
        2,
        "Error: model 'datn2' comes with a package; it cannot be removed.\n",
    )
    unknown = emocli("models", "remove", "owm", "--yes")
    assert (unknown.status, unknown.err) == (
        2,
        "Error: unknown model 'owm': did you mean 'own'? "
        "Known models: datn2, datn2-goemotions, own.\n",
    )


def test_a_path_is_never_removed(emocli: Emocli, own: Path) -> None:
    answer = emocli("models", "remove", str(own), "--yes")
    assert answer.status == 2
    assert own.exists()


def test_a_model_whose_plugin_is_gone_is_listed_with_that(emocli: Emocli, own: Path) -> None:
    told = json.loads((own / "model.json").read_text(encoding="utf-8"))
    (own / "model.json").write_text(json.dumps({**told, "method": "gone"}), encoding="utf-8")
    rows = rows_of(emocli("models").out)
    assert rows["datn2"]["problem"] is None
    assert rows["own"]["problem"] == (
        "model 'own' cannot answer: its method 'gone' is not installed."
    )
