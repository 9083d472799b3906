"""Labelled texts that fit together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emocli.data.examples import Example, LabelledData, check_exclusive
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
