import csv
import io
from pathlib import Path

import pytest

from emocli.data.output_rows import output_row
from emocli.data.record import Record
from emocli.data.records import open_records
from emocli.data.writing import open_writer, output_format
from emocli.errors import EmocliError, UsageError

LABELS = ("joy", "sadness")


def row(id: str, text: str = "so happy", **extra: object) -> dict[str, object]:
    record = Record(id, text, extra)
    return output_row(record, id, ["joy"], {"joy": 0.75, "sadness": 0.125})


def write(path: Path, format: str, rows: list[dict[str, object]], **options: object) -> bytes:
    with open_writer(path, format, labels=LABELS, **options) as writer:
        writer.write(rows)
    return path.read_bytes()


def test_jsonl_is_an_object_a_line(tmp_path):
    content = write(
        tmp_path / "a.jsonl", "jsonl", [row("1", "ça\n😂", n=[1]), row("2", "so \ud83d")]
    )
    assert content.decode() == (
        '{"id": "1", "text": "ça\\n😂", "labels": ["joy"], '
        '"scores": {"joy": 0.75, "sadness": 0.125}, "n": [1]}\n'
        '{"id": "2", "text": "so \\ud83d", "labels": ["joy"], '
        '"scores": {"joy": 0.75, "sadness": 0.125}}\n'
    )


def test_csv_is_flat_and_quotes_what_needs_it(tmp_path):
    rows = [row("1", 'one, "two"\nthree', year="1999"), row("2", "a\rb", year=None)]
    rows[0]["labels"] = ["joy", "sadness"]
    content = write(tmp_path / "a.csv", "csv", rows)
    assert content.decode() == (
        "id,text,labels,score_joy,score_sadness,year\n"
        '1,"one, ""two""\nthree",joy;sadness,0.75,0.125,1999\n'
        '2,"a\rb",joy,0.75,0.125,\n'
    )


def test_tsv_holds_a_blank_for_a_tab_or_a_line_end(tmp_path):
    rows = [row("1", 'one\ttwo\r\n"three"\nfour\u2028', **{"a\tb": "\r"})]
    assert write(tmp_path / "a.tsv", "tsv", rows).decode() == (
        "id\ttext\tlabels\tscore_joy\tscore_sadness\ta b\n"
        '1\tone two "three" four\u2028\tjoy\t0.75\t0.125\t \n'
    )


def test_every_text_is_read_back_from_jsonl(tmp_path):
    texts = ["", "\t", "one\r\ntwo", '"', "\u2028\x85\x0b", "😂", "\0", "\ufeff", "\ud83d"]
    path = tmp_path / "a.jsonl"
    write(path, "jsonl", [row(str(n), text, n=n) for n, text in enumerate(texts)])
    with open_records(path) as source:
        records = list(source)
    assert [record.text for record in records] == texts
    assert (records[3].id, records[3].extra["n"]) == ("3", 3)


def test_scores_that_are_missing_are_empty_cells(tmp_path):
    answer = row("1")
    answer["scores"] = {"sadness": 0.125}
    assert write(tmp_path / "a.csv", "csv", [answer]).decode() == (
        "id,text,labels,score_joy,score_sadness\n1,so happy,joy,,0.125\n"
    )


def test_an_output_without_rows_has_its_header(tmp_path):
    assert write(tmp_path / "a.jsonl", "jsonl", []) == b""
    assert write(tmp_path / "a.csv", "csv", [], carried=["year"]) == (
        b"id,text,labels,score_joy,score_sadness,year\n"
    )


def test_columns_told_beforehand_are_there_for_every_row(tmp_path):
    path = tmp_path / "a.csv"
    with open_writer(path, "csv", labels=LABELS, carried=["year", "labels", "year"]) as writer:
        writer.write([row("1", labels="gold")])
        writer.write([row("2", year=1999)])
    assert path.read_text() == (
        "id,text,labels,score_joy,score_sadness,year,input_labels\n"
        "1,so happy,joy,0.75,0.125,,gold\n"
        "2,so happy,joy,0.75,0.125,1999,\n"
    )


def test_a_carried_column_called_like_a_score_is_kept_under_another_name(tmp_path):
    content = write(tmp_path / "a.csv", "csv", [row("1", score_joy="old")])
    assert content.decode() == (
        "id,text,labels,score_joy,score_sadness,input_score_joy\n1,so happy,joy,0.75,0.125,old\n"
    )


def test_a_column_that_comes_after_the_header_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    with (
        pytest.raises(EmocliError) as caught,
        open_writer(path, "csv", labels=LABELS) as writer,
    ):
        writer.write([row("1")])
        writer.write([row("2", year=1999)])
    assert str(caught.value) == (
        f"{path}: the record '2' has a column 'year', which the first records lack, and the "
        "header is written; give --format jsonl, where each record has its own columns"
    )


def test_rows_appear_on_stdout_at_once():
    class Pipe(io.BytesIO):
        shown = b""

        def flush(self) -> None:
            self.shown = self.getvalue()

    pipe = Pipe()
    with open_writer(None, "csv", pipe, labels=LABELS) as writer:
        writer.write([row("1")])
        assert pipe.shown.endswith(b"1,so happy,joy,0.75,0.125\n")
    assert not pipe.closed


def test_a_compressed_output_is_refused(tmp_path):
    path = tmp_path / "a.csv.gz"
    with pytest.raises(UsageError) as caught:
        open_writer(path, "csv", labels=LABELS)
    assert str(caught.value) == (
        f"{path}: output is not compressed; name it {tmp_path / 'a.csv'}, and gzip it then"
    )


def test_an_unknown_output_format_names_the_nearest(tmp_path):
    with pytest.raises(UsageError) as caught:
        open_writer(tmp_path / "a", "json", labels=LABELS)
    assert str(caught.value) == (
        "unknown output format 'json': did you mean 'jsonl'? "
        "Known output formats: csv, jsonl, parquet, tsv."
    )


def test_the_ending_of_a_file_tells_its_format():
    names = ("a.jsonl", "a.CSV", "a.tsv", "a.parquet", "a.txt", "a")
    formats = [output_format(Path(name)) for name in names]
    assert formats == ["jsonl", "csv", "tsv", "parquet", None, None]


def test_pythons_own_csv_reads_what_is_written(tmp_path):
    path = tmp_path / "a.csv"
    texts = ["", "a\rb", "a\r\nb", '"', ",;\t", " x ", "😂"]
    write(path, "csv", [row(str(n), text) for n, text in enumerate(texts)])
    with path.open(newline="", encoding="utf-8") as stream:
        assert [cells["text"] for cells in csv.DictReader(stream, strict=True)] == texts
    with open_records(path) as source:
        assert [record.text for record in source] == texts
