import datetime
import gzip
import io
from pathlib import Path

import pytest

from emocli.data import parquet_records
from emocli.data.records import ReadOptions, Record, open_records
from emocli.errors import DataError, UsageError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def save(path: Path, **columns: object) -> Path:
    parquet.write_table(pyarrow.table(columns), path)
    return path


def records(path: Path, options: ReadOptions | None = None) -> list[Record]:
    with open_records(path, options) as source:
        return list(source)


def test_a_row_is_a_record_and_a_null_text_an_empty_one(tmp_path):
    path = save(tmp_path / "a.parquet", id=[1, 2], text=["so happy", None], tags=[["a"], None])
    with open_records(path) as source:
        assert (source.format, source.columns) == ("parquet", ("tags",))
        assert list(source) == [
            Record("1", "so happy", {"tags": ["a"]}),
            Record("2", "", {"tags": None}),
        ]


def test_rows_are_read_in_batches_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_records, "N_BATCH_ROWS", 2)
    path = save(tmp_path / "a.parquet", text=["one", "two", "three", "four", "five"])
    with open_records(path) as source:
        rows = iter(source)
        next(rows)
        assert source.position() == path.stat().st_size // 5
        assert [row.text for row in rows] == ["two", "three", "four", "five"]
        assert source.position() == source.total_bytes == path.stat().st_size


def test_parquet_may_be_gzipped_or_come_through_a_pipe(tmp_path):
    path = save(tmp_path / "a.parquet", text=["so happy"])
    packed = tmp_path / "b.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    expected = [Record(None, "so happy", {})]
    assert records(packed) == expected

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *place: int) -> int:
            raise io.UnsupportedOperation("a pipe cannot be sought in")

    for stdin in (Pipe(path.read_bytes()), io.BytesIO(path.read_bytes())):
        with open_records(None, ReadOptions(format="parquet"), stdin) as source:
            assert list(source) == expected


def test_texts_may_be_of_any_string_type(tmp_path):
    for type in (
        pyarrow.large_string(),
        pyarrow.string_view(),
        pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
    ):
        texts = pyarrow.array(["one"]).cast(type)
        path = save(tmp_path / "a.parquet", text=texts)
        assert records(path) == [Record(None, "one", {})]
    path = save(tmp_path / "a.parquet", text=pyarrow.nulls(1))
    assert records(path) == [Record(None, "", {})]


def test_times_in_nanoseconds_lose_what_python_cannot_hold(tmp_path):
    path = save(
        tmp_path / "a.parquet",
        text=["one"],
        when=pyarrow.array([1_500], pyarrow.timestamp("ns")),
        took=pyarrow.array([1_500], pyarrow.duration("ns")),
        at=pyarrow.array([1_500], pyarrow.time64("ns")),
    )
    assert records(path)[0].extra == {
        "when": datetime.datetime(1970, 1, 1, 0, 0, 0, 1),
        "took": datetime.timedelta(microseconds=1),
        "at": datetime.time(0, 0, 0, 1),
    }


def test_a_text_column_that_holds_no_text_is_refused(tmp_path):
    path = save(tmp_path / "a.parquet", text=[1, 2])
    with pytest.raises(DataError) as caught:
        records(path)
    assert str(caught.value) == f"{path}: the text column 'text' holds int64, expected strings"


def test_a_column_that_is_not_there_is_refused(tmp_path):
    path = save(tmp_path / "a.parquet", text=["one"], n=[1])
    with pytest.raises(UsageError) as caught:
        records(path, ReadOptions(text_column="texts"))
    assert str(caught.value) == (
        f"{path}: there is no column 'texts': did you mean 'text'? Columns: text, n."
    )


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    path = save(tmp_path / "a.parquet", text=["one"])
    whole = path.read_bytes()
    for content in (b"so happy\n" * 10, whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            records(path)
        message = str(caught.value)
        assert message.startswith(f"{path}: this is not a whole parquet file (")
        assert message.endswith("); copy or download it again")


def test_damaged_rows_are_told(tmp_path):
    path = save(tmp_path / "a.parquet", text=[f"{n} so happy" for n in range(1000)])
    content = bytearray(path.read_bytes())
    content[4:600] = b"\xff" * 596
    path.write_bytes(bytes(content))
    with pytest.raises(DataError) as caught:
        records(path)
    assert str(caught.value).startswith(f"{path}: the rows after 0 cannot be read (")
