"""ISEAR, the CARER tweets, sentiment140 and Kaggle's tweets."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from emocli.data.examples import Example
from emocli.data.single_label import (
    by_hash,
    distinct,
    read_carer,
    read_isear,
    read_kaggle_sentiment,
    read_label_file,
    read_semicolons,
    read_sentiment140,
)
from emocli.errors import DataError

EMOTIONS = ("joy", "fear")
POLARITIES = ("negative", "positive")


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_isear_is_read_from_its_tab_separated_form(tmp_path: Path) -> None:
    path = write(tmp_path, "isear.tsv", 'id\tlabel\ttext\n011\tfear\tA dog "barked".\n')
    assert read_isear(path, EMOTIONS).examples == (Example("011", 'A dog "barked".', ("fear",)),)


def test_isears_table_loses_its_line_break_marks_and_empty_reports(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "isear.csv",
        "ID|Field1|MYKEY|SIT|\n1|joy|011|We met and á danced at the café á bar.|\n1|fear|012| |\n",
    )
    found = read_isear(path, EMOTIONS)
    assert found.examples == (Example("011", "We met and danced at the café bar.", ("joy",)),)
    assert (found.rows, found.left_out) == (2, {"rows without a text": 1})


def test_a_carer_tweets_label_stands_after_its_last_semicolon(tmp_path: Path) -> None:
    path = write(tmp_path, "val.txt", "i feel fine; really;joy\n;fear\n")
    assert read_carer(path, EMOTIONS).examples == (
        Example("val-1", "i feel fine; really", ("joy",)),
        Example("val-2", "", ("fear",)),
    )


def test_carer_parquet_gives_labels_by_index_or_by_name(tmp_path: Path) -> None:
    for labels in ([1, 0], ["fear", "joy"]):
        path = tmp_path / "test-00000-of-00001.parquet"
        pyarrow.parquet.write_table(pyarrow.table({"text": ["a", "b"], "label": labels}), path)
        assert [one.labels for one in read_carer(path, EMOTIONS).examples] == [("fear",), ("joy",)]


def test_a_line_without_a_semicolon_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "train.txt", "fine;joy\nno label here\n")
    with pytest.raises(DataError) as caught:
        read_semicolons(path, EMOTIONS)
    assert str(caught.value) == f"{path}:2: the line has no semicolon, expected text;label"


def test_sentiment140_is_latin_1_and_its_neutral_tweets_are_left_out(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "test.csv",
        '"4","3","Mon","q","ann","déjà vu, again"\n"2","5","Mon","q","bo","a table"\n'
        '"0","6","Mon","q","cy","oh ""no"""\n',
        "latin-1",
    )
    found = read_sentiment140(path, POLARITIES)
    assert found.examples == (
        Example("3", "déjà vu, again", ("positive",)),
        Example("6", 'oh "no"', ("negative",)),
    )
    assert (found.rows, found.left_out) == (3, {"neutral tweets": 1})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            '"4","3","Mon","q","ann"',
            "the row has 5 cells, expected 6: polarity, id, date, query, user, text",
        ),
        ('"3","3","Mon","q","ann","hi"', "polarity '3' is none of 0, 2, 4"),
    ],
)
def test_a_row_that_is_not_sentiment140s_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = write(tmp_path, "train.csv", f"{row}\n")
    with pytest.raises(DataError) as caught:
        read_sentiment140(path, POLARITIES)
    assert str(caught.value) == f"{path}:1: {message}"


def test_a_file_named_after_its_label_is_split_at_line_feeds_only(tmp_path: Path) -> None:
    path = write(tmp_path, "positive.txt", "one\x0bstill\x1cone\u2029\n\nthree")
    assert read_label_file(path, POLARITIES).examples == (
        Example("positive-1", "one\x0bstill\x1cone\u2029", ("positive",)),
        Example("positive-2", "", ("positive",)),
        Example("positive-3", "three", ("positive",)),
    )


def test_kaggles_codes_become_the_labels_in_order(tmp_path: Path) -> None:
    path = write(
        tmp_path, "train.csv", "ItemID,Sentiment,SentimentText\n1,0,  oh no \n2,1,olé\n", "latin-1"
    )
    assert read_kaggle_sentiment(path, POLARITIES).examples == (
        Example("1", "oh no", ("negative",)),
        Example("2", "olé", ("positive",)),
    )


def test_the_hash_splits_are_disjoint_whole_and_do_not_depend_on_order() -> None:
    examples = [Example(str(number), "", ()) for number in range(1000)]
    parts = [list(by_hash(*tenths)(examples)) for tenths in ((0, 8), (8, 9), (9, 10))]
    assert sorted(one.id for part in parts for one in part) == sorted(one.id for one in examples)
    assert [len(part) for part in parts] == [797, 94, 109]
    assert set(by_hash(8, 9)(examples[::-1])) == set(parts[1])


def test_the_tenth_of_an_id_never_changes() -> None:
    # sha256sum gives eb66c623… for it, and 0xeb66c623 is 3949381155.
    example = Example("id-1", "", ())
    assert [tenth for tenth in range(10) if by_hash(tenth, tenth + 1)([example])] == [5]


def test_the_first_of_equal_examples_is_kept() -> None:
    first, again, other = (
        Example("1", "hi", ("joy",)),
        Example("1", "hi", ("fear",)),
        Example("1", "ho", ("fear",)),
    )
    assert list(distinct([first, again, other])) == [first, other]
