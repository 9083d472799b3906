"""GoEmotions' rows, and the groups of its labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from emocli.data.examples import Example
from emocli.data.goemotions import EKMAN, LABELS, SENTIMENT, read_goemotions
from emocli.errors import DataError


def write(folder: Path, text: str) -> Path:
    path = folder / "dev.tsv"
    path.write_bytes(text.encode("utf-8"))
    return path


def message_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_goemotions(path, LABELS)
    return str(caught.value)


def test_label_indices_become_names(tmp_path: Path) -> None:
    path = write(tmp_path, 'Is it "here"?\t27\tab1\nThanks, wow!\t15,26,0\tab2\n')
    assert read_goemotions(path, LABELS).examples == (
        Example("ab1", 'Is it "here"?', ("neutral",)),
        Example("ab2", "Thanks, wow!", ("gratitude", "surprise", "admiration")),
    )


@pytest.mark.parametrize("index", ["28", "-1", "x", "", "²"])
def test_an_index_that_is_no_labels_is_named_with_its_line(tmp_path: Path, index: str) -> None:
    path = write(tmp_path, f"fine\t0\ta\nodd\t3,{index}\tb\n")
    assert message_of(path) == f"{path}:2: label index '{index}' is not a whole number from 0 to 27"


def test_a_row_of_other_cells_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "fine\t0\n")
    assert message_of(path) == (
        f"{path}:1: the row has 2 cells, expected 3: text<TAB>label indices<TAB>id"
    )


def test_both_groupings_divide_the_28_labels() -> None:
    for groups in (EKMAN, SENTIMENT):
        assert sorted(label for members in groups.values() for label in members) == sorted(LABELS)
    assert len(LABELS) == 28
    assert {group: len(members) for group, members in EKMAN.items()} == {
        "anger": 3,
        "disgust": 1,
        "fear": 2,
        "joy": 12,
        "sadness": 5,
        "surprise": 4,
        "neutral": 1,
    }
    assert {group: len(members) for group, members in SENTIMENT.items()} == {
        "positive": 12,
        "negative": 11,
        "ambiguous": 4,
        "neutral": 1,
    }
