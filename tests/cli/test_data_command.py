"""Data sets listed, shown, made known, forgotten and fetched."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emocli.data import catalogue
from emocli.data.catalogue import BUILTIN, Dataset, Edition, File, Source, Split
from emocli.data.label_columns import read_ec

Emocli = Callable[..., Any]

SAMPLE = Path(catalogue.__file__).parent / "sample"
ROWS = "ID\tTweet\tanger\tjoy\n1\tso happy\t0\t1\n2\tso angry\t1\t0\n"


@pytest.fixture(autouse=True)
def no_shared_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMOCLI_DATA", raising=False)


@pytest.fixture
def moods(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A small data set among the known ones; nobody answers at its address."""
    source = Source("http://127.0.0.1:9/train.txt")
    splits = {"train": Split((File("train.txt", rows=2, source=source),), note="a note")}
    edition = Edition("published", read_ec, splits)
    dataset = replace(
        BUILTIN[0],
        name="moods",
        labels=("anger", "joy"),
        editions=(edition,),
        terms="Be kind.",
        folders=(),
        roles={},
    )
    monkeypatch.setattr("emocli.datasets.BUILTIN", (*BUILTIN, dataset))
    return dataset


def test_data_sets_are_listed_a_line_each(emocli: Emocli) -> None:
    answer = emocli("data")
    rows = {row["name"]: row for row in map(json.loads, answer.out.splitlines())}
    assert answer.status == 0
    assert set(rows) == {dataset.name for dataset in BUILTIN}
    row = rows["semeval2018-ec"]
    assert (row["task"], row["n_labels"], row["exclusive"]) == ("emotion", 11, False)
    assert row["splits"] == ["train", "dev", "test"]
    assert (row["at_hand"], row["folder"]) == (False, None)
    assert json.loads(emocli("data", "--json").out) == list(rows.values())


def test_long_lists_of_splits_are_shortened_on_a_terminal(
    emocli: Emocli, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emocli.cli.data.stdout_is_terminal", lambda: True)
    out = emocli("data").out
    assert "2013-train, 2013-dev, 2013-test" in out
    assert "2016-devtest" not in out


def test_a_data_set_is_shown_with_its_files_and_terms(emocli: Emocli, moods: Dataset) -> None:
    shown = json.loads(emocli("data", "show", "moods").out)
    assert shown["terms"] == "Be kind."
    assert shown["splits"] == [
        {"name": "train", "texts": 2, "files": ["train.txt"], "note": "a note"}
    ]
    assert shown["files"][0]["address"] == "http://127.0.0.1:9/train.txt"


def test_a_part_of_a_file_was_told_to_have_all_its_texts(emocli: Emocli) -> None:
    shown = json.loads(emocli("data", "show", "jigsaw").out)
    sizes = {split["name"]: split["texts"] for split in shown["splits"]}
    assert sizes == {"train": None, "dev": None, "all-train": 159_571, "test": 63_978}


def test_a_data_set_is_described_on_a_terminal(
    emocli: Emocli, moods: Dataset, terminal: None
) -> None:
    lines = emocli("data", "show", "moods").out.splitlines()
    assert lines[0] == f"moods: {moods.title}"
    assert "Labels: anger, joy (any number a text)" in lines
    assert "Terms: Be kind." in lines
    assert "At hand: no" in lines
    assert lines[-1].split() == ["train", "2", "train.txt", "a", "note"]


def test_a_copy_is_verified_made_known_and_forgotten(
    emocli: Emocli, moods: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "train.txt").write_text(ROWS, encoding="utf-8")
    added = emocli("data", "add", "moods", tmp_path)
    assert added.status == 0
    told = json.loads(added.out)
    assert told["files"] == [{"name": "train.txt", "rows": 2, "published": None}]
    assert added.err == f"Data set 'moods' is at hand in {tmp_path}: train.\n"
    rows = {row["name"]: row for row in map(json.loads, emocli("data").out.splitlines())}
    assert rows["moods"]["folder"] == str(tmp_path)
    removed = emocli("data", "remove", "moods")
    assert removed.err == f"Forgot the copy in {tmp_path}; its files stay there.\n"
    assert (tmp_path / "train.txt").is_file()


@pytest.fixture
def gone(emocli: Emocli, moods: Dataset, tmp_path: Path) -> Path:
    """The folder of a registered copy that was deleted since."""
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "train.txt").write_text(ROWS, encoding="utf-8")
    emocli("data", "add", "moods", folder)
    shutil.rmtree(folder)
    return folder


def test_a_file_of_another_name_had_its_whole_folder_searched(
    emocli: Emocli, moods: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "train.txt").write_text(ROWS, encoding="utf-8")
    (tmp_path / "mine.csv").write_text(ROWS, encoding="utf-8")
    answer = emocli("data", "add", "moods", tmp_path / "mine.csv")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == (
        f"Error: {tmp_path / 'mine.csv'}: no file of data set 'moods' is called so, expected "
        "train.txt; give it that name, or give the folder of the data set\n"
    )


def test_a_copy_that_is_gone_was_said_to_be_there_when_forgotten(
    emocli: Emocli, gone: Path
) -> None:
    removed = emocli("data", "remove", "moods")
    assert (removed.status, removed.err) == (
        0,
        f"Forgot the copy in {gone}; it is no longer there.\n",
    )


def test_what_was_never_added_cannot_be_forgotten(
    emocli: Emocli, moods: Dataset, home: Path
) -> None:
    told = "Error: no copy of data set 'moods' was made known with `emocli data add`"
    nowhere = emocli("data", "remove", "moods")
    assert (nowhere.status, nowhere.err) == (2, f"{told}\n")
    (home / "datasets" / "moods").mkdir(parents=True)
    fetched = emocli("data", "remove", "moods")
    place = home / "datasets" / "moods"
    assert fetched.err == f"{told}; the one at hand, in {place}, is found without it\n"


def test_a_copy_that_is_cut_short_is_refused_with_the_numbers(
    emocli: Emocli, moods: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "train.txt").write_text(ROWS.rpartition("2\t")[0], encoding="utf-8")
    answer = emocli("data", "add", "moods", tmp_path)
    assert (answer.status, answer.out) == (1, "")
    start = f"Error: {tmp_path}: this is not a whole copy of data set 'moods':\n"
    assert answer.err.startswith(start)
    assert "train.txt: 1 row, the published one has 2: it was cut short\n" in answer.err


def test_a_registered_copy_that_is_gone_is_no_harm_to_the_list(emocli: Emocli, gone: Path) -> None:
    rows = {row["name"]: row for row in map(json.loads, emocli("data").out.splitlines())}
    assert rows["moods"]["at_hand"] is False
    assert rows["moods"]["problem"].startswith(f"{gone}: the registered folder of data set")


def test_nothing_is_fetched_before_the_terms_are_accepted(
    emocli: Emocli, moods: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = emocli("data", "download", "moods")
    assert (refused.status, refused.out) == (2, "")
    assert "Terms: Be kind.\n" in refused.err
    assert refused.err.endswith(
        "Error: nobody can be asked to accept these terms: add --yes to accept them.\n"
    )

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Keyboard("n\n"))
    declined = emocli("data", "download", "moods")
    assert declined.status == 1
    assert declined.err.endswith(
        "Do you accept these terms? [y/N]: Error: the answer was no; nothing was changed.\n"
    )


def test_an_address_that_does_not_answer_is_an_error_that_says_what_else_to_do(
    emocli: Emocli, moods: Dataset
) -> None:
    answer = emocli("data", "download", "moods", "--yes")
    assert answer.status == 1
    assert "Terms: Be kind.\n" in answer.err
    assert answer.err.endswith("emocli data add moods FOLDER\n")


def test_a_data_set_at_hand_is_not_fetched_again(
    emocli: Emocli, moods: Dataset, home: Path
) -> None:
    folder = home / "datasets" / "moods"
    folder.mkdir(parents=True)
    answer = emocli("data", "download", "moods")
    assert (answer.status, answer.err) == (
        0,
        f"Data set 'moods' is at hand: {folder}. --again fetches it all the same.\n",
    )


def test_a_data_set_without_an_address_says_how_to_get_it(emocli: Emocli) -> None:
    answer = emocli("data", "download", "ren-cecps")
    assert answer.status == 2
    assert answer.err.startswith("Error: data set 'ren-cecps' cannot be fetched by a program; ")


def test_the_sample_is_listed_and_shown_as_one_that_comes_with_emocli(
    emocli: Emocli, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {row["name"]: row for row in json.loads(emocli("data", "--json").out)}
    assert [name for name, row in rows.items() if row["bundled"]] == ["sample", "sample-sentiment"]
    assert rows["sample"]["at_hand"] is True
    assert rows["sample"]["folder"] == str(SAMPLE)
    monkeypatch.setattr("emocli.cli.data.stdout_is_terminal", lambda: True)
    table = emocli("data").out.splitlines()
    assert table[-2].split() == ["sample", "emotion", "en", "6", "train,", "dev,", "test", "always"]
    lines = emocli("data", "show", "sample").out.splitlines()
    assert "To get it: it comes with emocli" in lines
    assert not any(line.startswith("Published at") for line in lines)


@pytest.mark.parametrize("more", [(), ("--again",), ("--yes",)])
def test_the_sample_needs_no_download(emocli: Emocli, home: Path, more: tuple[str, ...]) -> None:
    answer = emocli("data", "download", "sample", *more)
    assert (answer.status, answer.out) == (0, "")
    assert answer.err == (
        f"Data set 'sample' needs no download: it comes with emocli, in {SAMPLE}.\n"
    )
    assert not (home / "datasets").exists()


def test_no_other_copy_takes_the_samples_place(emocli: Emocli, tmp_path: Path) -> None:
    answer = emocli("data", "add", "sample-sentiment", tmp_path)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == (
        f"Error: data set 'sample-sentiment' is always read from {SAMPLE}: it comes with emocli, "
        "and no other copy takes its place\n"
    )


def test_an_unknown_data_set_names_the_nearest(emocli: Emocli) -> None:
    answer = emocli("data", "show", "goemotion")
    assert answer.status == 2
    assert answer.err.startswith(
        "Error: unknown data set 'goemotion': did you mean 'goemotions'? Known data sets: "
    )


def test_what_needs_no_download_is_told_as_json_too(emocli: Emocli) -> None:
    told = json.loads(emocli("data", "download", "sample", "--json").out)
    assert (told["name"], told["bundled"]) == ("sample", True)
