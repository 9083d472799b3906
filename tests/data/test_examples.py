"""Labelled texts that fit together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emocli.data.examples import Example, LabelledData, check_exclusive, join, n_shared
from emocli.errors import UsageError

TRAIN = LabelledData("train.csv", (Example("1", "hm", ("joy",)),), ("joy", "fear"), True, "")


def dev(*labels: str) -> LabelledData:
    return replace(TRAIN, name="dev.csv", examples=(Example("7", "ah", labels),))


@pytest.mark.parametrize("labels", [(), ("joy", "fear")])
def test_a_dev_text_has_one_label_where_training_texts_have(labels: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as caught:
        check_exclusive(dev(*labels), TRAIN)
    assert str(caught.value) == (
        f"dev.csv: text '7' has {len(labels)} labels; every text of train.csv has exactly one."
    )


def test_a_dev_text_may_have_any_number_where_training_texts_may() -> None:
    check_exclusive(dev("joy", "fear"), replace(TRAIN, exclusive=False))
    check_exclusive(dev("joy"), TRAIN)


def test_withheld_labels_are_not_missed() -> None:
    check_exclusive(replace(dev(), labelled=False), TRAIN)


def some(name: str, labels: tuple[str, ...], exclusive: bool = True) -> LabelledData:
    examples = tuple(Example(str(n), f"{name} {n}", (label,)) for n, label in enumerate(labels))
    return LabelledData(name, examples, labels, exclusive, checksum=name * 8)


def test_joined_data_keep_the_larger_set_of_labels() -> None:
    three, two = some("three", ("bad", "so-so", "good")), some("two", ("good", "bad"))
    both = join([two, three])
    assert both.labels == ("bad", "so-so", "good")
    assert (both.name, len(both.examples), both.exclusive) == ("two + three", 5, True)
    assert both.checksum not in (two.checksum, three.checksum)
    assert join([three]) is three


def test_data_of_different_tasks_are_not_joined() -> None:
    with pytest.raises(UsageError) as caught:
        join([some("moods", ("good", "bad", "none")), some("colours", ("blue", "good"))])
    assert str(caught.value) == (
        "colours and moods cannot be one task: the second does not have the label blue."
    )


def test_texts_are_shared_whatever_their_case_and_blanks() -> None:
    def of(*texts: str) -> LabelledData:
        return replace(TRAIN, examples=tuple(Example("1", text, ("joy",)) for text in texts))

    assert n_shared(of("So  happy ", "so happy", "so sad"), of("SO HAPPY", "not so sad")) == 2
