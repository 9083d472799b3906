"""Folds and samples of a data set."""

from __future__ import annotations

import pytest

from emocli.data.examples import Example, LabelledData
from emocli.data.folds import fold_of, sample_of
from emocli.errors import UsageError


def texts(n: int) -> LabelledData:
    examples = tuple(Example(str(row), f"text {row}", ("joy",)) for row in range(n))
    return LabelledData("texts.csv", examples, ("joy", "fear"), True, "checksum")


def ids(data: LabelledData) -> set[str]:
    return {example.id for example in data.examples}


def test_every_text_is_tested_on_in_exactly_one_fold() -> None:
    folds = [fold_of(texts(23), fold, 5) for fold in range(5)]
    tested = [example.id for fold in folds for example in fold.test.examples]
    assert sorted(tested, key=int) == [str(row) for row in range(23)]


def test_no_text_is_in_two_parts_of_a_fold() -> None:
    fold = fold_of(texts(23), 2, 5)
    assert [len(part.examples) for part in (fold.train, fold.dev, fold.test)] == [16, 2, 5]
    assert len(ids(fold.train) | ids(fold.dev) | ids(fold.test)) == 23


def test_the_seed_decides_who_is_in_which_fold() -> None:
    assert ids(fold_of(texts(23), 0, 5).test) == ids(fold_of(texts(23), 0, 5).test)
    assert ids(fold_of(texts(23), 0, 5).test) != ids(fold_of(texts(23), 0, 5, seed=1).test)


def test_parts_tell_what_they_are() -> None:
    fold, other = fold_of(texts(4), 0, 2), fold_of(texts(4), 1, 2)
    assert fold.dev.name == "texts.csv (fold 1 of 2, dev)"
    assert len({part.checksum for part in (fold.train, fold.dev, fold.test, other.test)}) == 4


@pytest.mark.parametrize(
    ("fold", "n_folds", "message"),
    [
        (0, 4, "texts.csv: 3 texts cannot make 4 folds."),
        (0, 1, "fold 0 of 1: expected 2 folds or more, counted from 0."),
        (2, 2, "fold 2 of 2: expected 2 folds or more, counted from 0."),
    ],
)
def test_a_fold_that_cannot_be_is_refused(fold: int, n_folds: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        fold_of(texts(3), fold, n_folds)
    assert str(caught.value) == message


def test_a_sample_keeps_the_order_and_is_part_of_a_larger_one() -> None:
    small, large = sample_of(texts(50), 10, seed=3), sample_of(texts(50), 30, seed=3)
    assert [int(e.id) for e in small.examples] == sorted(int(e.id) for e in small.examples)
    assert (len(ids(small)), ids(small) < ids(large)) == (10, True)
    assert small.name == "texts.csv (10 texts, seed 3)"
    assert small.checksum != large.checksum


def test_a_sample_of_all_texts_is_the_data() -> None:
    data = texts(5)
    assert sample_of(data, 5) is data


def test_folds_whose_training_part_would_be_empty_are_refused() -> None:
    with pytest.raises(UsageError, match="2 texts cannot make 2 folds"):
        fold_of(texts(2), 0, 2)
