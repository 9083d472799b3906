"""E-c, Jigsaw and BRIGHTER: one column a label, each cell 0 or 1."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from emocli.data.examples import Example
from emocli.data.label_columns import read_brighter, read_ec, read_jigsaw, read_jigsaw_test
from emocli.errors import DataError, UsageError

HEADER = "ID\tTweet\tanger\tjoy\n"
LABELS = ("anger", "joy")


def write(folder: Path, text: str, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def message_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_ec(path, LABELS)
    assert caught.value.exit_status == 1
    return str(caught.value)


def test_an_ec_row_has_the_labels_whose_cell_is_1(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a1\tso glad\t0\t1\nb2\tgrr, fun\t1\t1\nc3\t\t0\t0\n")
    found = read_ec(path, LABELS)
    assert found.examples == (
        Example("a1", "so glad", ("joy",)),
        Example("b2", "grr, fun", ("anger", "joy")),
        Example("c3", "", ()),
    )
    assert (found.rows, found.labelled) == (3, True)


def test_the_labels_keep_the_data_sets_order_whatever_the_columns_order(tmp_path: Path) -> None:
    path = write(tmp_path, "joy\tID\tanger\tTweet\n1\ta\t1\tboth\n")
    assert read_ec(path, LABELS).examples == (Example("a", "both", ("anger", "joy")),)


def test_an_ec_file_with_none_everywhere_is_unlabelled(tmp_path: Path) -> None:
    found = read_ec(write(tmp_path, HEADER + "a\thi\tNONE\tNONE\n"), LABELS)
    assert (found.examples, found.labelled) == ((Example("a", "hi", ()),), False)


def test_an_ec_file_with_windows_line_ends_and_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffID\tTweet\tanger\tjoy\r\na\thi\t1\t0\r\n")
    assert read_ec(path, LABELS).examples == (Example("a", "hi", ("anger",)),)


def test_other_line_separators_stay_inside_a_tweet(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a\tone\u2028two\x85three\x0b\t1\t0\n")
    assert read_ec(path, LABELS).examples[0].text == "one\u2028two\x85three\x0b"


def test_a_label_cell_that_is_neither_0_nor_1_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a\thi\t0\t1\nb\tho\t0\t2\n")
    assert message_of(path) == f"{path}:3: label 'joy' is '2', expected 0 or 1"


def test_a_withheld_cell_among_labelled_rows_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a\thi\t0\t1\nb\tho\tNONE\tNONE\n")
    assert message_of(path) == f"{path}:3: label 'anger' is 'NONE', expected 0 or 1"


def test_a_missing_label_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "ID\tTweet\tanger\na\thi\t0\n")
    assert message_of(path) == (
        f"{path}:1: the header lacks the column 'joy'; it has 'ID', 'Tweet', 'anger'"
    )


def test_a_file_without_a_header_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "a\thi\t0\t1\n")
    assert message_of(path) == (
        f"{path}:1: the header lacks the columns 'ID', 'Tweet', 'anger', 'joy'; "
        "it has 'a', 'hi', '0', '1'"
    )


def test_a_column_named_twice_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "ID\tTweet\tanger\tjoy\tjoy\na\thi\t0\t1\t0\n")
    assert message_of(path) == f"{path}:1: the header names the column 'joy' twice"


def test_a_ragged_row_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a\thi\t0\t1\nb\tho\t0\n")
    assert message_of(path) == f"{path}:3: the row has 3 cells, the header has 4"


@pytest.mark.parametrize("text", ["\n", "\ufeff", "\ufeff \n"])
def test_an_empty_file_is_an_error(tmp_path: Path, text: str) -> None:
    """A byte order mark alone, as Windows writes into an empty file, was an internal error."""
    path = write(tmp_path, text)
    assert message_of(path) == f"{path}: the file is empty"


def test_a_web_page_in_the_place_of_data_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "\n<!DOCTYPE html>\n<html><body>Sign in</body></html>")
    assert message_of(path) == (
        f"{path}: this is a web page, not data; save the file itself, not the page that shows it"
    )


def test_invalid_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(HEADER.encode() + b"a\tcaf\xe9\t0\t1\n")
    assert message_of(path) == f"{path}:2: byte 0xe9 is not UTF-8; save the file as UTF-8"


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_ec(tmp_path / "none.txt", LABELS)


def test_a_jigsaw_comment_may_hold_line_feeds_and_commas(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'id,comment_text,toxic,insult,is_bad\n7,"one, two\n""three""\n",1,0,True\n8,fine,0,0,no\n',
        "train.csv",
    )
    found = read_jigsaw(path, ("toxic", "insult"))
    assert found.examples == (
        Example("7", 'one, two\n"three"\n', ("toxic",)),
        Example("8", "fine", ()),
    )


def test_a_bad_cell_after_a_comment_of_several_lines_is_named_with_its_rows_first_line(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, 'id,comment_text,toxic\n1,"a\nb\nc",0\n2,"d\ne",x\n', "train.csv")
    with pytest.raises(DataError) as caught:
        read_jigsaw(path, ("toxic",))
    assert str(caught.value) == f"{path}:5: label 'toxic' is 'x', expected 0 or 1"


def test_a_comment_whose_quotation_mark_is_never_closed_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, 'id,comment_text,toxic\n1,"a,0\n2,b,0\n', "train.csv")
    with pytest.raises(DataError) as caught:
        read_jigsaw(path, ("toxic",))
    assert str(caught.value) == (
        f"{path}:2: the row that starts here is not valid csv: unexpected end of data"
    )


def test_a_comment_of_a_megabyte_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, f"id,comment_text,toxic\n1,{'x' * 1_000_000},0\n", "train.csv")
    assert len(read_jigsaw(path, ("toxic",)).examples[0].text) == 1_000_000


def test_kaggles_test_comments_get_the_labels_beside_them(tmp_path: Path) -> None:
    path = write(tmp_path, "id,comment_text\na,first\nb,second\nc,third\n", "test.csv")
    write(tmp_path, "id,toxic,insult\nc,1,1\na,0,1\nb,-1,-1\n", "test_labels.csv")
    found = read_jigsaw_test(path, ("toxic", "insult"))
    assert found.examples == (
        Example("a", "first", ("insult",)),
        Example("c", "third", ("toxic", "insult")),
    )
    assert (found.rows, found.left_out) == (3, {"comments that Kaggle did not score": 1})


def test_a_test_comment_without_labels_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "id,comment_text\na,first\n", "test.csv")
    write(tmp_path, "id,toxic\nb,0\n", "test_labels.csv")
    with pytest.raises(DataError) as caught:
        read_jigsaw_test(path, ("toxic",))
    assert str(caught.value) == f"{path}:2: comment 'a' has no labels in test_labels.csv"


def test_brighter_is_read_from_csv_and_from_parquet_alike(tmp_path: Path) -> None:
    csv = write(tmp_path, 'id,text,anger,joy\nz1,"喜欢, 喜欢",0,1\n', "track_a.csv")
    parquet = tmp_path / "track_a.parquet"
    columns = {
        "id": ["z1"],
        "text": ["喜欢, 喜欢"],
        "anger": [0],
        "joy": [1],
        "emotions": [["joy"]],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), parquet)
    expected = (Example("z1", "喜欢, 喜欢", ("joy",)),)
    assert read_brighter(csv, LABELS).examples == expected
    assert read_brighter(parquet, LABELS).examples == expected


def test_a_damaged_parquet_file_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "PAR1 and then nothing", "track_a.parquet")
    with pytest.raises(DataError, match="this is not a whole parquet file"):
        read_brighter(path, LABELS)
