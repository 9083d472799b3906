"""One broken row in each layout of labelled files: the error names the path and the line."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from emocli.data.labelled import read_labelled
from emocli.errors import DataError

EC = "ID\tTweet\tanger\tjoy\na\tgrr\t1\t0\n"
EI_REG = "ID\tTweet\tAffect Dimension\tIntensity Score\na\tyay\tjoy\t0.5\n"
FLAGS = [{"text": "a", "joy": 1}, {"text": "b", "joy": 2}, {"text": "c", "joy": 0}]
GOOD = '{"text": "a", "labels": ["joy"]}\n'
LABELS = "expected a list of strings, [] where a text has no label, or one string"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "text,labels\na,joy\nb\n", ":3: the row has 1 cells, the header has 2"),
        ("a.csv", "text,joy\na,1\nb,0\nc,2\n", ":4: label 'joy' is '2', expected 0 or 1"),
        (
            "a.csv",
            'text,labels\n"a\nb",joy\n"c,joy\n',
            ":4: the row that starts here is not valid csv: unexpected end of data",
        ),
        (
            "a.csv",
            b"text,labels\na,joy\ncaf\xe9,joy\n",
            ":3: byte 0xe9 is not UTF-8; save the file as UTF-8",
        ),
        ("a.tsv", "text\tlabels\na\tjoy\nb\n", ":3: the row has 1 cells, the header has 2"),
        ("a.tsv", "text\tjoy\na\t1\nb\t\nc\t1\n", ":3: label 'joy' is '', expected 0 or 1"),
        (
            "a.jsonl",
            GOOD + '{"text": \n',
            ":2: the line is not JSON (Expecting value at column 10); expected one object a line",
        ),
        (
            "a.jsonl",
            GOOD + "[" * 99_999,
            ":2: the line is not JSON (nested too deeply); expected one object a line",
        ),
        ("a.jsonl", GOOD + "[1]\n", ":2: this is a list, expected an object on each line"),
        ("a.parquet", FLAGS, ":2: label 'joy' is '2', expected 0 or 1"),
        ("a.parquet.gz", FLAGS, ":2: label 'joy' is '2', expected 0 or 1"),
        ("a.txt", EC + "b\tho\t0\t2\n", ":3: label 'joy' is '2', expected 0 or 1"),
        ("a.txt", EC + "b\tho\t0\n", ":3: the row has 3 cells, the header has 4"),
        (
            "a.txt",
            EI_REG + "b\tgrr\tanger\t1.5\n",
            ":3: intensity '1.5' is not a number from 0 to 1",
        ),
        (
            "a.txt",
            "7\tneutral\tso so\n8\tneutrall\thm\n",
            ":2: label 'neutrall' is not one of the labels; did you mean 'neutral'? Labels: "
            "negative, neutral, positive.",
        ),
        (
            "a.txt",
            "7\tneutral\tso so\n8\tneutral\n",
            ":2: the row has 2 cells, expected 3: id<TAB>label<TAB>text",
        ),
        (
            "a.tsv",
            "hello\t27,17\tx1\nho\t28\tx2\n",
            ":2: label index '28' is not a whole number from 0 to 27",
        ),
        (
            "a.tsv",
            "hello\t27,17\tx1\nho\t3\n",
            ":2: the row has 2 cells, expected 3: text<TAB>label indices<TAB>id",
        ),
        ("a.txt", "i feel well;joy\nhm\n", ":2: the line has no semicolon, expected text;label"),
    ],
)
def test_a_broken_row_is_named_with_path_and_line(
    tmp_path: Path, name: str, content: Any, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(bytes_of(content, name))
    assert message_of(path) == f"{path}{told}"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"text": "b"}, f"there is no field 'labels'; {LABELS}. Fields: text."),
        ({"text": "b", "labels": None}, f"the labels ('labels') are null, {LABELS}"),
        ({"text": "b", "labels": 3}, f"the labels ('labels') are a number, {LABELS}"),
        ({"text": "b", "labels": {"joy": 1}}, f"the labels ('labels') are an object, {LABELS}"),
        ({"text": "b", "labels": [["joy"]]}, "the labels ('labels') hold a list, expected strings"),
        (
            {"text": "b", "labels": ["joy", None]},
            "the labels ('labels') hold null, expected strings",
        ),
        ({"text": 5, "labels": []}, "the text ('text') is a number, expected a string"),
        (
            {"labels": []},
            "there is no field 'text', which held the text before. Fields: labels.",
        ),
    ],
)
def test_labels_and_texts_of_jsonl_that_are_no_strings_were_made_into_some(
    tmp_path: Path, row: dict[str, object], told: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{GOOD}{json.dumps(row)}\n", encoding="utf-8")
    assert message_of(path) == f"{path}:2: {told}"


def test_a_cut_gzip_file_is_told_with_the_line_where_it_ends(tmp_path: Path) -> None:
    numbers = random.Random(0)
    rows = "".join(f"hi {numbers.random()},joy\n" for _ in range(5000))
    path = tmp_path / "a.csv.gz"
    packed = gzip.compress(f"text,labels\n{rows}".encode())
    path.write_bytes(packed[: len(packed) // 2])
    place, line, told = message_of(path).rsplit(":", maxsplit=2)
    assert (place, told) == (str(path), " the gzip file ends too early; copy or download it again")
    assert 2000 < int(line) <= 2600


def bytes_of(content: Any, name: str) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(content), sink)
    written: bytes = sink.getvalue().to_pybytes()
    return gzip.compress(written) if name.endswith(".gz") else written


def message_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_labelled(str(path))
    assert caught.value.exit_status == 1
    return str(caught.value)
