"""Groups of labels: those built in, those of a file, and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emocli.data import goemotions
from emocli.data.catalogue import BUILTIN
from emocli.data.dataset import Dataset
from emocli.data.label_mapping import LabelMapping, find_mapping
from emocli.errors import DataError, EmocliError, UsageError

LABELS = ("anger", "joy", "love", "sadness")


def write(folder: Path, text: str, name: str = "groups.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def message_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        find_mapping(str(path), LABELS)
    return str(caught.value)


def test_labels_of_one_group_give_it_once() -> None:
    mapping = LabelMapping({"bad": ("anger", "sadness"), "good": ("joy", "love")})
    assert mapping.names == ("bad", "good")
    assert mapping.of(("love", "joy", "anger")) == ("bad", "good")
    assert mapping.of(("love", "joy")) == ("good",)
    assert mapping.of(()) == ()


@pytest.mark.parametrize(
    ("name", "published"), [("ekman", goemotions.EKMAN), ("sentiment", goemotions.SENTIMENT)]
)
def test_of_goemotions_the_built_in_groups_are_the_published_ones(
    name: str, published: dict[str, tuple[str, ...]]
) -> None:
    assert find_mapping(name, goemotions.LABELS).groups == published


def test_the_labels_of_e_c_have_a_sentiment_each() -> None:
    labels = next(one.labels for one in BUILTIN if one.name == "semeval2018-ec")
    assert find_mapping("sentiment", labels).groups == {
        "positive": ("joy", "love", "optimism", "trust"),
        "negative": ("anger", "disgust", "fear", "sadness", "pessimism"),
        "ambiguous": ("surprise", "anticipation"),
    }


@pytest.mark.parametrize(
    "dataset", [d for d in BUILTIN if d.task == "emotion"], ids=lambda d: d.name
)
def test_every_emotion_of_the_catalogue_has_one_sentiment(dataset: Dataset) -> None:
    mapping = find_mapping("sentiment", dataset.labels)
    assert all(len(mapping.of([label])) == 1 for label in dataset.labels)


def test_a_built_in_mapping_without_a_label_says_what_it_knows() -> None:
    with pytest.raises(UsageError) as caught:
        find_mapping("ekman", ("joy", "shame"))
    assert str(caught.value) == (
        "the label mapping 'ekman' has no group for the label 'shame', expected labels among: "
        f"{', '.join(sorted(goemotions.LABELS))}. Give the path of a TOML or JSON file instead."
    )


def test_an_unknown_mapping_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        find_mapping("sentimant", LABELS)
    assert str(caught.value) == (
        "unknown label mapping 'sentimant': did you mean 'sentiment'? Known label mappings: "
        "ekman, sentiment. A TOML or JSON file is given by its path."
    )


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EmocliError) as caught:
        find_mapping("no-folder/groups.toml", LABELS)
    assert str(caught.value) == "no-folder/groups.toml: no such file: there is no folder no-folder"


def test_toml_and_json_hold_the_same_groups(tmp_path: Path) -> None:
    groups = {"good": ["joy", "love"], "bad": ["anger", "sadness"]}
    toml = write(tmp_path, 'good = ["joy", "love"]\nbad = ["anger", "sadness"]\n')
    other = write(tmp_path, json.dumps(groups), "groups.json")
    read = [find_mapping(str(path), LABELS) for path in (toml, other)]
    assert read[0] == read[1]
    assert read[0].groups == {"good": ("joy", "love"), "bad": ("anger", "sadness")}


def test_a_file_is_taken_before_a_built_in_mapping_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, 'any = ["joy", "love", "anger", "sadness"]\n', "sentiment")
    assert find_mapping("sentiment", LABELS).names == ("any",)


def test_a_mapping_written_out_is_read_again() -> None:
    mapping = find_mapping("sentiment", LABELS)
    assert find_mapping(mapping.as_text(), LABELS) == mapping
    assert mapping.as_text() == '{"positive": ["joy", "love"], "negative": ["anger", "sadness"]}'


def test_a_label_that_the_data_does_not_have_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, 'good = ["joy", "lovee"]\nbad = ["anger", "sadness"]\n')
    assert message_of(path) == (
        f"{path}:1: label 'lovee' is not one of the labels; did you mean 'love'? "
        "Labels: anger, joy, love, sadness."
    )


def test_a_label_without_a_group_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, 'good = ["joy", "love"]\nbad = ["anger"]\n')
    assert message_of(path) == (
        f"{path}: label 'sadness' is in no group, expected it in one of: good, bad."
    )


def test_a_label_in_two_groups_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, 'good = ["joy", "love"]\nbad = ["anger", "sadness", "love"]\n')
    assert message_of(path) == (
        f"{path}:2: label 'love' is in the groups 'good' and 'bad', expected it in exactly one."
    )


@pytest.mark.parametrize("value", ["3", '"joy"', "[]", "[1]"])
def test_a_group_that_is_no_list_of_labels_is_an_error(tmp_path: Path, value: str) -> None:
    path = write(tmp_path, f"good = {value}\n")
    told = {"3": "3", '"joy"': "'joy'", "[]": "[]", "[1]": "[1]"}[value]
    assert message_of(path) == (
        f'{path}:1: group \'good\' is {told}, expected a list of labels: positive = ["joy", "love"]'
    )


@pytest.mark.parametrize("text", ["[]", "{}", '"joy"'])
def test_a_file_without_groups_is_an_error(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text, "groups.json")
    assert message_of(path) == (
        f'{path}: there are no groups, expected one a line: positive = ["joy", "love"]'
    )


def test_a_file_that_is_neither_toml_nor_json_is_an_error(tmp_path: Path) -> None:
    assert message_of(write(tmp_path, "good: joy\n")).startswith(
        f"{tmp_path / 'groups.toml'}:1: this is not TOML: "
    )
    assert message_of(write(tmp_path, "good: joy\n", "groups.json")).startswith(
        f"{tmp_path / 'groups.json'}:1: this is not JSON: Expecting value (column 1)"
    )
