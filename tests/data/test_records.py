import gzip
import io
import os
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest

from emocli.data.records import ReadOptions, Record, open_records, read_records
from emocli.errors import EmocliError


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def texts(path: Path, options: ReadOptions | None = None) -> list[str]:
    with open_records(path, options) as source:
        return [record.text for record in source]


def stdin_records(content: bytes, options: ReadOptions | None = None) -> list[Record]:
    return list(open_records(None, options, io.BytesIO(content)))


def refusal(path: Path, options: ReadOptions | None = None) -> EmocliError:
    with pytest.raises(EmocliError) as caught:
        texts(path, options)
    return caught.value


class Trickle(io.RawIOBase):
    """A pipe that gives one piece a read and counts the reads."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.n_reads = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        self.n_reads += 1
        piece = self.pieces.pop(0) if self.pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


def test_a_line_of_text_is_a_record(tmp_path):
    path = write(tmp_path / "tweets.txt", "so happy\nso sad\n")
    with open_records(path) as source:
        assert list(source) == [Record(None, "so happy", {}), Record(None, "so sad", {})]
        assert (source.format, source.columns, source.name) == ("text", (), str(path))


def test_an_empty_file_has_no_records(tmp_path):
    names = ("a.txt", "a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.txt.gz")
    assert [texts(write(tmp_path / name, "")) for name in names] == [[]] * 6
    assert texts(write(tmp_path / "mark.txt", "\ufeff")) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "so happy\n"),
        ("a.csv", "text\nso happy\n"),
        ("a.TSV", "text\tn\nso happy\t1\n"),
        ("a.jsonl", '{"text": "so happy"}\n'),
        ("a.ndjson", '"so happy"'),
    ],
)
def test_every_format_is_told_by_its_ending_and_may_be_gzipped(tmp_path, name, content):
    assert texts(write(tmp_path / name, content)) == ["so happy"]
    assert texts(write(tmp_path / f"{name}.gz", gzip.compress(content.encode()))) == ["so happy"]


def test_the_format_asked_for_wins_over_the_ending(tmp_path):
    path = write(tmp_path / "a.csv", "text,b\none,2\n")
    assert texts(path, ReadOptions(format="text")) == ["text,b", "one,2"]


E_C_FILE = 'ID\tTweet\tanger\tjoy\n2018-1\tso happy\tNONE\tNONE\n2018-2\tsay "no\tNONE\tNONE\n'


@pytest.mark.parametrize("name", ["test.txt", "test.tsv", "test"])
def test_the_e_c_layout_is_recognised_by_its_header(tmp_path, name):
    with open_records(write(tmp_path / name, E_C_FILE)) as source:
        assert source.format == "E-c"
        assert source.columns == ()
        assert list(source) == [Record("2018-1", "so happy", {}), Record("2018-2", 'say "no', {})]


def test_the_e_c_layout_is_recognised_on_stdin_and_gzipped():
    expected = ["so happy", 'say "no']
    assert [record.text for record in stdin_records(E_C_FILE.encode())] == expected
    packed = gzip.compress(E_C_FILE.encode())
    assert [record.text for record in stdin_records(packed)] == expected


def test_the_e_c_layout_is_a_plain_table_where_tsv_is_asked_for(tmp_path):
    path = write(tmp_path / "test.txt", E_C_FILE)
    with open_records(path, ReadOptions(format="tsv")) as source:
        assert (source.format, source.columns) == ("tsv", ("anger", "joy"))
        first = next(iter(source))
        assert first == Record("2018-1", "so happy", {"anger": "NONE", "joy": "NONE"})


def test_the_ei_reg_layout_carries_its_intensity(tmp_path):
    content = "ID\tTweet\tAffect Dimension\tIntensity Score\n1\tso happy\tjoy\t0.9\n"
    with open_records(write(tmp_path / "a.txt", content)) as source:
        assert source.format == "EI-reg"
        extra = {"Affect Dimension": "joy", "Intensity Score": "0.9"}
        assert list(source) == [Record("1", "so happy", extra)]


def test_a_text_that_begins_like_the_e_c_header_is_text(tmp_path):
    assert texts(write(tmp_path / "a.txt", "ID Tweet anger\n")) == ["ID Tweet anger"]


def test_the_first_record_of_a_pipe_comes_before_the_second_is_written():
    pipe = Trickle([b"one\n", b"two\nthr", b"ee\n"])
    source = open_records(None, None, pipe)
    records = iter(source)
    assert (next(records).text, pipe.n_reads) == ("one", 1)
    assert (next(records).text, pipe.n_reads) == ("two", 2)
    assert [record.text for record in records] == ["three"]
    assert source.total_bytes is None
    assert source.position() == 14


def test_the_real_standard_input_is_answered_as_it_comes():
    code = (
        "from emocli.data.records import open_records\n"
        "for record in open_records(None): print(record.text, flush=True)\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as child:
        assert child.stdin and child.stdout
        # A reader that waited for more would hang here.
        alarm = threading.Timer(60, child.kill)
        alarm.start()
        child.stdin.write(b"one\n")
        assert child.stdout.readline().strip() == b"one"
        child.stdin.write(b"two")
        child.stdin.close()
        assert child.stdout.readline().strip() == b"two"
        alarm.cancel()


def test_memory_does_not_grow_with_the_input():
    def peak(n_lines: int) -> int:
        pipe = Trickle([b"so happy today\n" * 500] * (n_lines // 500))
        tracemalloc.start()
        for _ in open_records(None, None, pipe):
            pass
        bytes_held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return bytes_held

    peak(500)
    assert peak(50_000) < peak(5_000) + 20_000


def test_several_files_are_read_one_after_the_other(tmp_path):
    first = write(tmp_path / "a.txt", "one\n")
    second = write(tmp_path / "b.csv", "text,year\ntwo,1999\n")
    assert list(read_records([first, second])) == [
        Record(None, "one", {}),
        Record(None, "two", {"year": "1999"}),
    ]


def test_an_unknown_format_names_the_nearest(tmp_path):
    path = write(tmp_path / "a.txt", "one\n")
    error = refusal(path, ReadOptions(format="json"))
    assert str(error) == (
        "unknown format 'json': did you mean 'jsonl'? Known formats: csv, jsonl, parquet, text, "
        "tsv."
    )
    assert error.exit_status == 2


def test_text_has_no_columns_to_choose_from(tmp_path):
    path = write(tmp_path / "a.txt", "one\n")
    error = refusal(path, ReadOptions(text_column="body"))
    assert str(error) == (
        f"{path}: --text-column body: read as text, a record a line, the input has no columns; "
        "let its name end in .csv, .tsv, .jsonl or .parquet, or give `emocli predict` its "
        "--input-format"
    )
    assert error.exit_status == 2


def test_errors_on_stdin_name_it():
    with pytest.raises(EmocliError) as caught:
        stdin_records(b"text,b\none\n", ReadOptions(format="csv"))
    assert str(caught.value) == (
        "stdin:2: the row has 1 cell, the header has 2; "
        "put cells that hold commas or line ends in double quotes"
    )


@pytest.mark.real_data
def test_the_published_e_c_test_file_has_3259_tweets():
    folder = os.environ.get("EMOCLI_DATA")
    if not folder:
        pytest.skip("EMOCLI_DATA does not name a folder of published data")
    path = Path(folder) / "semeval2018-ec" / "2018-E-c-En-test.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    with open_records(path) as source:
        assert source.format == "E-c"
        records = list(source)
    assert len(records) == 3259
    assert all(record.id and record.text for record in records)
