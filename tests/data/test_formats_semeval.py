"""EI-reg, and the tweets of tasks A and B with their quoting and escapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from emocli.data.dataset import Contents
from emocli.data.examples import Example
from emocli.data.semeval import (
    SENTIMENTS,
    decode_tweets,
    read_ei_reg,
    read_message_polarity,
    read_topic_polarity,
)
from emocli.errors import DataError

HEADER = "ID\tTweet\tAffect Dimension\tIntensity Score\n"
EMOTIONS = ("anger", "joy")


def write(folder: Path, text: str) -> Path:
    path = folder / "file.txt"
    path.write_bytes(text.encode("utf-8"))
    return path


def ei_reg_message(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_ei_reg(path, EMOTIONS)
    return str(caught.value)


def polarities(folder: Path, text: str) -> Contents:
    return read_message_polarity(write(folder, text), SENTIMENTS)


def test_an_ei_reg_row_has_one_emotion_with_its_intensity(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a\tgrr\tanger\t0.861\nb\tyay\tjoy\t0\nc\twow\tjoy\t1.000\n")
    assert read_ei_reg(path, EMOTIONS).examples == (
        Example("a", "grr", ("anger",), (0.861,)),
        Example("b", "yay", ("joy",), (0.0,)),
        Example("c", "wow", ("joy",), (1.0,)),
    )


def test_an_ei_reg_file_whose_scores_are_none_is_unlabelled(tmp_path: Path) -> None:
    found = read_ei_reg(write(tmp_path, HEADER + "a\tgrr\tanger\tNONE\n"), EMOTIONS)
    assert (found.examples, found.labelled) == ((Example("a", "grr", ()),), False)


@pytest.mark.parametrize("cell", ["1.2", "-0.1", "nan", "much", "", "NONE"])
def test_an_intensity_outside_0_to_1_is_named_with_its_line(tmp_path: Path, cell: str) -> None:
    path = write(tmp_path, HEADER + f"a\tgrr\tanger\t0.5\nb\tgrr\tanger\t{cell}\n")
    assert ei_reg_message(path) == f"{path}:3: intensity '{cell}' is not a number from 0 to 1"


def test_an_unknown_emotion_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a\tgrr\tangre\t0.5\n")
    assert ei_reg_message(path) == (
        f"{path}:2: label 'angre' is not one of the labels; did you mean 'anger'? "
        "Labels: anger, joy."
    )


def test_a_task_a_row_may_end_in_an_empty_or_date_cell(tmp_path: Path) -> None:
    found = polarities(tmp_path, "1\tneutral\tall is well\t\n2\tpositive\tyay\tMon Aug 24\n")
    assert found.examples == (
        Example("1", "all is well", ("neutral",)),
        Example("2", "yay", ("positive",)),
    )


def test_quoted_tweets_lose_their_outer_marks_and_the_doubling_inside(tmp_path: Path) -> None:
    rows = '1\tneutral\t"He said ""hello"", twice"\n2\tneutral\tno marks here\n'
    found = polarities(tmp_path, rows)
    assert [one.text for one in found.examples] == ['He said "hello", twice', "no marks here"]


def test_marks_doubled_twice_and_escaped_come_down_to_one() -> None:
    assert decode_tweets(['"Why is \\""""this\\"""" so?"', '"the """"best"""" day"']) == [
        'Why is "this" so?',
        'the "best" day',
    ]


def test_an_unquoted_file_keeps_every_quotation_mark() -> None:
    tweets = ['"a whole quotation"', 'she said "no" to me', '"begins" so']
    assert decode_tweets(tweets) == tweets


def test_a_quotation_torn_over_two_rows_loses_its_outer_marks() -> None:
    assert decode_tweets(['"so much fun', 'not today, thanks"']) == [
        "so much fun",
        "not today, thanks",
    ]


def test_unicode_escapes_become_their_characters() -> None:
    assert decode_tweets(["it\\u2019s mine\\u002c all mine", "\\ud83d\\ude00!", "C:\\users"]) == [
        "it\u2019s mine, all mine",
        "😀!",
        "C:\\users",
    ]


def test_tweets_that_are_not_available_any_more_are_left_out_and_counted(tmp_path: Path) -> None:
    found = polarities(tmp_path, "1\tneutral\tNot Available\n2\tneutral\thi\n")
    assert found.examples == (Example("2", "hi", ("neutral",)),)
    assert (found.rows, found.left_out) == (2, {"tweets that are not available any more": 1})


def test_a_task_a_row_of_too_few_cells_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        polarities(tmp_path, "1\tneutral\thi\n2\tneutral\n")
    assert str(caught.value) == (
        f"{tmp_path / 'file.txt'}:2: the row has 2 cells, expected 3: id<TAB>label<TAB>text"
    )


def test_an_unknown_sentiment_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        polarities(tmp_path, "1\tobjective\thi\n")
    assert str(caught.value) == (
        f"{tmp_path / 'file.txt'}:1: label 'objective' is not one of the labels. "
        "Labels: negative, neutral, positive."
    )


def test_task_b_leaves_out_neutral_and_off_topic_rows_and_counts_them(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "1\ttea\tpositive\tlovely\t\n2\ttea\tneutral\tit is wet\n3\ttea\toff topic\tbuy\n",
    )
    found = read_topic_polarity(path, ("negative", "positive"))
    assert found.examples == (Example("1", "lovely", ("positive",)),)
    assert found.rows == 3
    assert found.left_out == {
        "rows with the label 'neutral'": 1,
        "rows with the label 'off topic'": 1,
    }
