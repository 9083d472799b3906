import datetime
import io
from decimal import Decimal

import pytest

from emocli.data import parquet_writing
from emocli.data.output_rows import output_row
from emocli.data.record import Record
from emocli.data.writing import open_writer
from emocli.errors import EmocliError, UsageError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

LABELS = ("joy", "sadness")


def row(id: str, text: str = "so happy", **extra: object) -> dict[str, object]:
    return output_row(Record(id, text, extra), id, ["joy"], {"joy": 0.75, "sadness": 0.125})


def written(path, *batches, **options):
    with open_writer(path, "parquet", labels=LABELS, **options) as writer:
        for batch in batches:
            writer.write(batch)
    return parquet.read_table(path)


def column_type(path, *values: object) -> str:
    rows = [row(str(n), x=value) for n, value in enumerate(values)]
    return str(written(path, rows).schema.field("x").type)


def test_labels_are_a_list_and_scores_a_struct(tmp_path):
    table = written(tmp_path / "a.parquet", [row("1", year=1999)])
    types = {field.name: str(field.type) for field in table.schema}
    assert types == {
        "id": "string",
        "text": "string",
        "labels": "list<element: string>",
        "scores": "struct<joy: double, sadness: double>",
        "year": "int64",
    }
    assert table.to_pylist() == [row("1", year=1999)]


def test_rows_are_written_in_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_writing, "N_GROUP_ROWS", 3)
    path = tmp_path / "a.parquet"
    rows = [row(str(n)) for n in range(7)]
    assert written(path, rows[:2], rows[2:]).to_pylist() == rows
    sizes = [parquet.ParquetFile(path).metadata.row_group(n).num_rows for n in range(3)]
    assert sizes == [3, 3, 1]


def test_long_texts_make_smaller_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_writing, "N_GROUP_CHARACTERS", 20)
    path = tmp_path / "a.parquet"
    written(path, [row(str(n), "ten chars.") for n in range(4)])
    assert parquet.ParquetFile(path).metadata.num_row_groups == 2


def test_a_file_without_rows_has_its_columns(tmp_path):
    table = written(tmp_path / "a.parquet", carried=["year", "text"])
    assert table.schema.names == ["id", "text", "labels", "scores", "year", "input_text"]
    assert table.num_rows == 0


def test_carried_columns_keep_plain_types(tmp_path):
    path = tmp_path / "a.parquet"
    assert column_type(path, 1, None) == "int64"
    assert column_type(path, 1, 2.5) == "double"
    assert column_type(path, True) == "bool"
    assert column_type(path, ["a"], []) == "list<element: string>"
    assert column_type(path, datetime.datetime(2018, 1, 2)) == "timestamp[us]"
    assert column_type(path, datetime.date(2018, 1, 2)) == "date32[day]"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["a", 1, None], ["a", "1", None]),
        ([{"a": 1}, {"b": 2}], ['{"a": 1}', '{"b": 2}']),
        ([2**70], [str(2**70)]),
        ([None, None], [None, None]),
        ([Decimal("1.50")], ['"1.50"']),
        ([[{"a": 1}]], ['[{"a": 1}]']),
        (["so \ud83d"], ["so \ufffd"]),
        ([["so \ud83d"]], ['["so \\ud83d"]']),
    ],
)
def test_other_carried_columns_are_text(tmp_path, values, texts):
    rows = [row(str(n), x=value) for n, value in enumerate(values)]
    table = written(tmp_path / "a.parquet", rows)
    assert table.column("x").to_pylist() == texts


def test_a_column_of_nulls_at_first_takes_any_value_later(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_writing, "N_GROUP_ROWS", 1)
    table = written(tmp_path / "a.parquet", [row("1", x=None), row("2", x=3), row("3", x=[4])])
    assert table.column("x").to_pylist() == [None, "3", "[4]"]


def test_a_value_that_no_longer_fits_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_writing, "N_GROUP_ROWS", 1)
    path = tmp_path / "a.parquet"
    with pytest.raises(EmocliError) as caught:
        written(path, [row("1", x=1), row("2", x="one")])
    message = str(caught.value)
    assert message.startswith(
        f"{path}: the column 'x' was int64 in the first records and is not so later ("
    )
    assert message.endswith("); give --format jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_column_that_comes_later_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_writing, "N_GROUP_ROWS", 1)
    path = tmp_path / "a.parquet"
    with pytest.raises(EmocliError) as caught:
        written(path, [row("1"), row("2", year=1999)])
    assert str(caught.value) == (
        f"{path}: the record '2' has a column 'year', which the first records lack; "
        "give --format jsonl, where each record has its own columns"
    )


def test_a_broken_off_parquet_file_leaves_nothing(tmp_path, monkeypatch, recwarn):
    monkeypatch.setattr(parquet_writing, "N_GROUP_ROWS", 1)
    with (
        pytest.raises(KeyboardInterrupt),
        open_writer(tmp_path / "a.parquet", "parquet", labels=LABELS) as writer,
    ):
        writer.write([row("1")])
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    assert not list(recwarn)


def test_parquet_goes_through_a_pipe_and_not_to_a_terminal():
    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise OSError("a pipe tells no position")

    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    pipe = Pipe()
    with open_writer(None, "parquet", pipe, labels=LABELS) as writer:
        writer.write([row("1")])
    assert parquet.read_table(io.BytesIO(pipe.getvalue())).to_pylist() == [row("1")]
    with pytest.raises(UsageError) as caught:
        open_writer(None, "parquet", Terminal(), labels=LABELS)
    assert str(caught.value) == "parquet is not for a terminal; name a file with --output"
