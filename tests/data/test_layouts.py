"""Labelled files of no published data set, in every layout."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from emocli.data.examples import Example, LabelledData
from emocli.data.labelled import read_labelled
from emocli.errors import DataError, EmocliError

EC_HEADER = "ID\tTweet\tanger\tjoy\n"


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path


def read(path: Path, **options: object) -> LabelledData:
    return read_labelled(str(path), **options)  # type: ignore[arg-type]


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(EmocliError) as caught:
        read(path, **options)
    return str(caught.value)


def test_an_ec_file_is_recognised_by_its_header(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.txt", EC_HEADER + "a\tgrr\tNONE\tNONE\n")
    found = read(path)
    assert (found.labels, found.labelled, found.exclusive) == (("anger", "joy"), False, False)
    assert found.notes == ("mine.txt was read in the layout 'e-c'",)
    assert found.checksum == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_ec_column_outside_the_labels_names_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.txt", "ID\tTweet\tanger\tjoi\na\thi\t1\t0\n")
    assert refusal(path, labels=("anger", "joy")) == (
        f"{path}:1: label 'joi' is not one of the labels; did you mean 'joy'? Labels: anger, joy."
    )


def test_ei_reg_4a_goemotions_and_semicolon_rows_are_recognised(tmp_path: Path) -> None:
    cases = {
        "ei-reg": (
            "ID\tTweet\tAffect Dimension\tIntensity Score\na\tyay\tjoy\t0.5\n",
            Example("a", "yay", ("joy",), (0.5,)),
            True,
        ),
        "4a": ("7\tneutral\tso so\n", Example("7", "so so", ("neutral",)), True),
        "goemotions": ("hello\t27,17\tx1\n", Example("x1", "hello", ("neutral", "joy")), False),
        "text;label": ("i feel; well;joy\n", Example("rows-1", "i feel; well", ("joy",)), True),
    }
    for layout, (text, example, exclusive) in cases.items():
        found = read(write(tmp_path / "rows.txt", text))
        assert found.examples == (example,)
        assert found.exclusive is exclusive
        assert found.notes == (f"rows.txt was read in the layout '{layout}'",)


def test_a_label_column_of_one_label_a_row_is_exclusive(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", 'id,text,label\n1,"hi, you",joy\n2,ho,anger\n')
    found = read(path)
    assert found.examples == (Example("1", "hi, you", ("joy",)), Example("2", "ho", ("anger",)))
    assert (found.labels, found.exclusive, found.notes) == (("anger", "joy"), True, ())


@pytest.mark.parametrize("separator", [", ", ";", " | "])
def test_several_labels_in_a_cell_are_parted(tmp_path: Path, separator: str) -> None:
    path = write(tmp_path / "mine.tsv", f"Text\tEmotion\nhi\tjoy{separator}anger\nho\tjoy\nhm\t\n")
    found = read(path)
    assert [one.labels for one in found.examples] == [("joy", "anger"), ("joy",), ()]
    assert found.exclusive is False


def test_a_column_called_labels_is_never_exclusive(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.csv", "text,labels\nhi,joy\n")).exclusive is False


def test_jsonl_labels_may_be_a_list_or_a_string_also_gzipped(tmp_path: Path) -> None:
    rows = [
        {"id": 5, "text": "hi", "labels": ["joy, or so", "anger"]},
        {"id": None, "text": "ho", "labels": []},
        {"text": "hm", "labels": "anger"},
    ]
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    assert read(path).examples == (
        Example("5", "hi", ("joy, or so", "anger")),
        Example("2", "ho", ()),
        Example("3", "hm", ("anger",)),
    )


def test_a_known_label_that_holds_a_comma_is_not_cut(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", 'text,label\nhi,"joy, or so"\n')
    found = read(path, labels=("anger", "joy, or so"))
    assert found.examples[0].labels == ("joy, or so",)


def test_columns_of_0_and_1_are_labels_and_other_columns_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "id,text,joy,anger,author\nx,hi,1,1,ann\ny,ho,0,1,bo\n")
    found = read(path)
    assert found.examples == (Example("x", "hi", ("joy", "anger")), Example("y", "ho", ("anger",)))
    assert (found.labels, found.exclusive) == (("joy", "anger"), False)
    assert found.notes == ("columns not read: author",)


def test_columns_of_0_and_1_in_parquet_and_jsonl_are_labels(tmp_path: Path) -> None:
    rows = [{"text": "hi", "joy": 1, "anger": 0}, {"text": "ho", "joy": 0, "anger": 1}]
    parquet = tmp_path / "mine.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), parquet)
    jsonl = write(tmp_path / "mine.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    expected = (Example("1", "hi", ("joy",)), Example("2", "ho", ("anger",)))
    assert read(parquet).examples == read(jsonl).examples == expected


def test_a_slip_in_a_column_of_0_and_1_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "text,joy\na,1\nb,0\nc,2\n")
    assert refusal(path) == f"{path}:4: label 'joy' is '2', expected 0 or 1"


@pytest.mark.parametrize("slip", ["x", "2", "1.0", ""])
def test_a_label_column_with_many_slips_was_not_read_and_not_missed(
    tmp_path: Path, slip: str
) -> None:
    cells = [slip] * 12 + ["1"] * 20
    rows = "".join(f"hi {number},{cell},1\n" for number, cell in enumerate(cells))
    path = write(tmp_path / "mine.csv", f"text,joy,anger\n{rows}")
    assert refusal(path) == f"{path}:2: label 'joy' is '{slip}', expected 0 or 1"


def test_columns_of_words_or_of_other_numbers_are_no_labels(tmp_path: Path) -> None:
    rows = "".join(f"hi {number},{number % 2},{number},a{number},\n" for number in range(30))
    found = read(write(tmp_path / "mine.csv", f"text,joy,likes,author,seen\n{rows}"))
    assert found.labels == ("joy",)
    assert found.notes == ("columns not read: likes, author, seen",)


def test_only_labels_that_were_found_may_be_fewer_than_the_set_has(tmp_path: Path) -> None:
    column = write(tmp_path / "a.csv", "text,label\nhi,joy\nho,anger\n")
    flags = write(tmp_path / "b.csv", "text,joy\nhi,1\n")
    assert (read(column).open_labels, read(flags).open_labels) == (True, False)
    assert read(column, labels=("anger", "joy", "fear")).open_labels is False


def test_an_example_of_a_file_says_on_which_line_it_begins(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.csv", 'id,text,label\nx,"hi\nyou",joy\ny,ho,anger\n'))
    first, second = found.examples
    assert found.where(first) == f"{tmp_path / 'a.csv'}:2: text 'x'"
    assert found.where(second) == f"{tmp_path / 'a.csv'}:4: text 'y'"


def test_the_wanted_labels_give_order_and_must_all_be_there(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "text,joy,anger,seen\na,1,1,1\n")
    assert read(path, labels=("anger", "joy")).examples[0].labels == ("anger", "joy")
    assert refusal(path, labels=("anger", "joi")) == (
        f"{path}:1: label 'joy' is not one of the labels; did you mean 'joi'? Labels: anger, joi."
    )


def test_a_label_outside_those_wanted_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "text,label\na,joy\nb,jox\n")
    with pytest.raises(DataError) as caught:
        read(path, labels=("anger", "joy"))
    assert str(caught.value) == (
        f"{path}:3: label 'jox' is not one of the labels; did you mean 'joy'? Labels: anger, joy."
    )


def test_columns_can_be_named(tmp_path: Path) -> None:
    for name, separator in (("mine.csv", ","), ("mine.tsv", "\t")):
        path = write(tmp_path / name, f"said{separator}mood\nhi{separator}joy\n")
        found = read(path, text_column="said", label_column="mood")
        assert found.examples == (Example("1", "hi", ("joy",)),)


def test_a_label_column_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "text,mood\nhi,joy\n")
    assert refusal(path, label_column="mod") == (
        f"{path}:1: there is no column 'mod': did you mean 'mood'? Columns: text, mood."
    )


def test_a_table_without_labels_says_what_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "text,mood\nhi,joy\n")
    assert refusal(path) == (
        f"{path}: which column holds the labels? Columns: text, mood. Call it 'labels' there, or "
        "name it with --label-column, or give each label a column of its own that holds 0 or 1."
    )


def test_a_label_column_that_is_empty_everywhere_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "text,label\nhi,\n")
    assert refusal(path) == f"{path}: the column 'label' is empty in every row"


def test_a_header_without_rows_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "text,label\n")
    assert refusal(path) == f"{path}: the file has a header and no rows"


def test_a_file_of_no_known_layout_lists_the_layouts(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.txt", "just a text\n")
    assert refusal(path) == (
        f"{path}: the layout of this file is not known, expected one of: csv, tsv, jsonl, parquet, "
        "e-c, ei-reg, 4a, goemotions, text;label. Let its name end in .csv, .jsonl or .parquet if "
        "it is that; else give it a header line with a column for the text and one for the labels, "
        "and tabs between the cells."
    )


@pytest.mark.parametrize("ending", [".jsonl", ".ndjson", ".json"])
def test_json_lines_are_known_by_the_endings_that_predict_knows(
    tmp_path: Path, ending: str
) -> None:
    """A file called .json used to be of no known layout here."""
    path = write(tmp_path / f"mine{ending}", '{"text": "hi", "labels": ["joy"]}\n')
    assert read(path).examples == (Example("1", "hi", ("joy",)),)


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("a.csv", "text;labels", "separated by semicolons, expected commas in a csv file"),
        ("a.csv", "id\ttext\tlabels", "separated by tabs, expected commas in a csv file"),
        ("a.tsv", "id,text,labels", "separated by commas, expected tabs in a tsv file"),
    ],
)
def test_cells_that_are_parted_by_something_else_were_one_column(
    tmp_path: Path, name: str, line: str, words: str
) -> None:
    path = tmp_path / name
    path.write_text(f'{line}\n"so, happy";joy\n', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_labelled(str(path), role="train")
    assert str(caught.value) == f"{path}:1: the cells are {words}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"text": "hi", "labels": ["joy"]}\n'),
        ("a.tsv", "text\tlabels\nhi\tjoy\n"),
        ("a.csv", "text,labels\nhi,joy\n"),
    ],
)
def test_blank_lines_at_the_end_are_passed_over(tmp_path: Path, name: str, content: str) -> None:
    """As `predict` does."""
    found = read(write(tmp_path / name, content + "\n  \n" * (name != "a.csv") + "\n"))
    assert [example.text for example in found.examples] == ["hi"]


def test_times_that_python_does_not_know_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    when = pyarrow.array([2**62], pyarrow.timestamp("us"))
    table = pyarrow.table({"text": ["hi"], "labels": ["joy"], "when": when})
    pyarrow.parquet.write_table(table, path)
    with pytest.raises(DataError, match="the rows cannot be read"):
        read(path)
