import csv
import json
from pathlib import Path

import pytest

from emocli.data.records import ReadOptions, Record, open_records
from emocli.errors import DataError, EmocliError, UsageError


def records(path: Path, content: str, options: ReadOptions | None = None) -> list[Record]:
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with open_records(path, options) as source:
        return list(source)


def refusal(path: Path, content: str, options: ReadOptions | None = None) -> str:
    with pytest.raises(EmocliError) as caught:
        records(path, content, options)
    assert caught.value.exit_status == (2 if isinstance(caught.value, UsageError) else 1)
    return str(caught.value).replace(str(path), path.name)


@pytest.fixture
def csv_path(tmp_path):
    return tmp_path / "a.csv"


@pytest.fixture
def tsv_path(tmp_path):
    return tmp_path / "a.tsv"


@pytest.fixture
def jsonl_path(tmp_path):
    return tmp_path / "a.jsonl"


def test_csv_carries_the_other_columns_in_order(csv_path):
    content = "z,id,Text,a\n1,x7,so happy,2\n3,,so sad,4\n"
    assert records(csv_path, content) == [
        Record("x7", "so happy", {"z": "1", "a": "2"}),
        Record(None, "so sad", {"z": "3", "a": "4"}),
    ]


def test_csv_cells_in_quotes_may_hold_line_ends(csv_path):
    content = 'text,b\r\n"one, ""two""\r\nthree",4\r\n,5\r\n'
    assert records(csv_path, content) == [
        Record(None, 'one, "two"\r\nthree', {"b": "4"}),
        Record(None, "", {"b": "5"}),
    ]


def test_only_newline_ends_a_row_of_csv(csv_path):
    content = "text,b\none\u2028\x85\x0b,2\n"
    assert records(csv_path, content) == [Record(None, "one\u2028\x85\x0b", {"b": "2"})]


def test_a_cell_of_a_million_bytes_is_read(csv_path):
    long = "so happy " * 120_000
    assert records(csv_path, f'text,b\n"{long}",2\n')[0].text == long


def test_a_blank_line_in_a_single_column_is_an_empty_text(csv_path, tsv_path):
    for path in (csv_path, tsv_path):
        assert [record.text for record in records(path, "text\n\none\n\n")] == ["", "one", ""]


def test_blank_lines_at_the_end_of_a_table_are_no_rows(csv_path, tsv_path):
    assert len(records(csv_path, "text,b\none,2\n\n\n")) == 1
    assert len(records(tsv_path, "text\tb\none\t2\n\r\n")) == 1


def test_a_blank_line_inside_a_table_is_refused(csv_path):
    assert refusal(csv_path, "text,b\none,2\n\n\ntwo,3\n") == (
        "a.csv:3: the line is blank, the header has 2 cells; take the line out"
    )


def test_a_ragged_row_is_refused_by_the_line_it_begins_on(csv_path, tsv_path):
    assert refusal(csv_path, 'text,b,c,d\n"one\ntwo",2,3,4\n"one\ntwo",2,3\n') == (
        "a.csv:4: the row has 3 cells, the header has 4; "
        "put cells that hold commas or line ends in double quotes"
    )
    assert refusal(tsv_path, "text\tb\none\ttwo\tthree\n") == (
        "a.tsv:2: the row has 3 cells, the header has 2; a cell cannot hold a tab"
    )


def test_rows_before_a_ragged_one_are_given(csv_path):
    csv_path.write_text("text,b\none,2\ntwo\n")
    with open_records(csv_path) as source:
        rows = iter(source)
        assert next(rows).text == "one"
        with pytest.raises(DataError):
            next(rows)


def test_a_quote_that_is_never_closed_is_refused(csv_path):
    assert refusal(csv_path, 'text,b\none,2\n"two,3\nfour,5\n') == (
        "a.csv:3: the row that begins here is not csv (unexpected end of data); "
        "put cells that hold quotes or line ends in double quotes, and double those"
    )


def test_a_quote_that_is_never_closed_does_not_fill_the_memory(csv_path):
    before = csv.field_size_limit(1000)
    try:
        message = refusal(csv_path, 'text,b\n"one,2\n' + "two,3\n" * 500)
    finally:
        csv.field_size_limit(before)
    assert message == (
        "a.csv:2: the row that begins here is not csv (field larger than field limit (1000)); "
        "put cells that hold quotes or line ends in double quotes, and double those"
    )


def test_a_table_separated_otherwise_is_refused(csv_path, tsv_path):
    assert refusal(csv_path, "id;text\n1;so happy\n") == (
        "a.csv:1: the cells are separated by semicolons, expected commas in a csv file"
    )
    assert refusal(tsv_path, '"id","text"\n1,so happy\n') == (
        "a.tsv:1: the cells are separated by commas, expected tabs in a tsv file"
    )


def test_a_csv_without_the_column_lists_its_columns(csv_path):
    assert refusal(csv_path, "id,headline\n1,x\n", ReadOptions(text_column="headlin")) == (
        "a.csv:1: there is no column 'headlin': did you mean 'headline'? Columns: id, headline."
    )


def test_tsv_knows_no_quotes(tsv_path):
    content = 'text\tb\n"one\t"2""\r\n'
    assert records(tsv_path, content) == [Record(None, '"one', {"b": '"2""'})]


def test_jsonl_carries_values_as_they_are(jsonl_path):
    content = '{"n": 1, "text": "so happy", "tags": ["a"], "id": 7}\n{"text": "x", "id": null}\n'
    assert records(jsonl_path, content) == [
        Record("7", "so happy", {"n": 1, "tags": ["a"]}),
        Record(None, "x", {}),
    ]


def test_a_bare_json_string_is_a_text(jsonl_path):
    assert records(jsonl_path, '"so \\u2764"\r\n""\n') == [
        Record(None, "so \u2764", {}),
        Record(None, "", {}),
    ]


def test_a_null_text_is_an_empty_one(jsonl_path):
    assert records(jsonl_path, '{"text": null}\n') == [Record(None, "", {})]


def test_the_first_json_object_decides_which_field_is_the_text(jsonl_path):
    content = '{"body": "one"}\n{"body": "two", "text": "three"}\n'
    assert records(jsonl_path, content) == [
        Record(None, "one", {}),
        Record(None, "two", {"text": "three"}),
    ]


def test_blank_lines_at_the_end_of_jsonl_are_no_records(jsonl_path):
    assert len(records(jsonl_path, '"one"\n\n \n')) == 1


NESTED = "[" * 100_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '"one"\n{"text": "two"\n',
            "a.jsonl:2: the line is not JSON (Expecting ',' delimiter at column 15); "
            "expected one object or string a line",
        ),
        (
            "so happy\n",
            "a.jsonl:1: the line is not JSON (Expecting value at column 1); "
            "expected one object or string a line",
        ),
        (
            NESTED,
            "a.jsonl:1: the line is not JSON (nested too deeply); "
            "expected one object or string a line",
        ),
        (
            '"one"\n\n"two"\n',
            "a.jsonl:2: the line is blank, expected an object or a string on each line; "
            "take the line out",
        ),
        ("[1]\n", "a.jsonl:1: this is a list, expected an object or a string on each line"),
        ("null\n", "a.jsonl:1: this is null, expected an object or a string on each line"),
        (
            '{"text": "a", "b": 1}\n{"b": 2, "c": 3}\n',
            "a.jsonl:2: there is no field 'text', which held the text before. Fields: b, c.",
        ),
        ('{"text": 5}\n', "a.jsonl:1: the text ('text') is a number, expected a string"),
        ('{"text": ["a"]}\n', "a.jsonl:1: the text ('text') is a list, expected a string"),
        ('{"text": true}\n', "a.jsonl:1: the text ('text') is true or false, expected a string"),
        (
            '{"a": "x", "b": "y"}\n',
            "a.jsonl:1: which column holds the text? Columns: a, b. Call it 'text' there, or name "
            "it with --text-column.",
        ),
        ("{}\n", "a.jsonl:1: there are no columns, expected one that holds the text"),
    ],
    ids=[
        "cut",
        "text",
        "nested",
        "blank",
        "list",
        "null",
        "field",
        "number",
        "listed",
        "bool",
        "unnamed",
        "empty",
    ],
)
def test_a_line_of_jsonl_that_is_no_record_is_refused(jsonl_path, content, message):
    assert refusal(jsonl_path, content) == message


def test_a_number_too_long_for_python_is_refused(jsonl_path):
    message = refusal(jsonl_path, '{"text": "a", "n": ' + "1" * 5000 + "}\n")
    assert message.startswith("a.jsonl:1: the line is not JSON (Exceeds the limit")


def test_a_lone_surrogate_in_json_is_kept(jsonl_path):
    assert records(jsonl_path, json.dumps({"text": "so \ud83d"}) + "\n")[0].text == "so \ud83d"
