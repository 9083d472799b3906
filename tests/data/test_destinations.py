import errno
import io
import json
import os
from pathlib import Path

import pytest

from emocli.data import destinations
from emocli.data.output_rows import output_row
from emocli.data.record import Record
from emocli.data.writing import open_writer, partial_path
from emocli.errors import EmocliError, UsageError

LABELS = ("joy", "sadness")
needs_links = pytest.mark.skipif(os.name == "nt", reason="on Windows, not everybody may make links")


def row(id: str, text: str = "so happy", **extra: object) -> dict[str, object]:
    record = Record(id, text, extra)
    return output_row(record, id, ["joy"], {"joy": 0.75, "sadness": 0.125})


def write(path: Path, format: str, rows: list[dict[str, object]], **options: object) -> bytes:
    with open_writer(path, format, labels=LABELS, **options) as writer:
        writer.write(rows)
    return path.read_bytes()


def break_off(path: Path, format: str, rows: list[dict[str, object]], **options: object) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        open_writer(path, format, labels=LABELS, **options) as writer,
    ):
        writer.write(rows)
        raise KeyboardInterrupt


def test_a_file_gets_its_name_when_it_is_whole(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("older")
    with open_writer(path, "jsonl", labels=LABELS) as writer:
        writer.write([row("1")])
        assert path.read_text() == "older"
        assert json.loads(partial_path(path).read_text())["id"] == "1"
    assert json.loads(path.read_text())["id"] == "1"
    assert not partial_path(path).exists()


def test_a_broken_off_run_leaves_its_rows_and_the_older_file(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("older")
    break_off(path, "jsonl", [row("1")])
    assert path.read_text() == "older"
    assert json.loads((tmp_path / "a.jsonl.partial").read_text())["id"] == "1"


def test_a_run_that_breaks_off_before_its_first_row_leaves_nothing(tmp_path):
    break_off(tmp_path / "a.csv", "csv", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["jsonl", "csv", "tsv"])
def test_a_resumed_run_ends_as_one_that_was_never_interrupted(tmp_path, format):
    rows = [row(str(n), f'{n}, "so\nhappy"', year=n) for n in range(6)]
    whole = write(tmp_path / "whole", format, rows)
    for size in range(len(whole) + 1):
        path = tmp_path / "resumed"
        partial_path(path).write_bytes(whole[:size])
        with open_writer(path, format, labels=LABELS, resume=True) as writer:
            writer.write(rows[writer.rows_done :])
        assert path.read_bytes() == whole


def test_resuming_counts_the_complete_rows(tmp_path):
    for format in ("jsonl", "csv", "tsv"):
        path = tmp_path / f"a.{format}"
        break_off(path, format, [row("1", 'say "no"\nor'), row("2")])
        with partial_path(path).open("ab") as stream:
            stream.write(b'{"id": "3", "te')
        with open_writer(path, format, labels=LABELS, resume=True) as writer:
            assert writer.rows_done == 2


def test_without_resuming_a_run_begins_anew(tmp_path):
    path = tmp_path / "a.jsonl"
    break_off(path, "jsonl", [row("1")])
    with open_writer(path, "jsonl", labels=LABELS) as writer:
        assert writer.rows_done == 0
    assert path.read_bytes() == b""


def test_resuming_where_nothing_was_interrupted_begins_anew(tmp_path):
    path = tmp_path / "a.csv"
    with open_writer(path, "csv", labels=LABELS, resume=True) as writer:
        assert writer.rows_done == 0


def test_another_commands_rows_are_not_gone_on_with(tmp_path):
    path = tmp_path / "a.jsonl"
    break_off(path, "jsonl", [row("1")])
    before = partial_path(path).read_bytes()
    with pytest.raises(EmocliError) as caught:
        open_writer(path, "jsonl", labels=("anger", "joy"), resume=True)
    assert str(caught.value) == (
        f"{path}.partial: its last row has scores of joy, sadness, expected scores of anger, joy: "
        "another command began it; give that one to go on, or leave out --resume to begin anew"
    )
    assert partial_path(path).read_bytes() == before
    partial_path(path).write_text("so happy\n")
    with pytest.raises(EmocliError) as caught:
        open_writer(path, "jsonl", labels=LABELS, resume=True)
    assert str(caught.value) == (
        f"{path}.partial: its last row has no scores, expected scores of joy, sadness: "
        "another command began it; give that one to go on, or leave out --resume to begin anew"
    )


@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t")])
def test_another_commands_columns_are_not_gone_on_with(tmp_path, format, separator):
    path = tmp_path / "a"
    break_off(path, format, [row("1", year=1)], carried=["year"])
    for labels, carried in ((("joy", "fear"), ["year"]), (LABELS, ["month"]), (LABELS, [])):
        with pytest.raises(EmocliError) as caught:
            open_writer(path, format, labels=labels, carried=carried, resume=True)
        expected = ["id", "text", "labels", *(f"score_{label}" for label in labels), *carried]
        assert str(caught.value) == (
            f"{path}.partial: its columns are id, text, labels, score_joy, score_sadness, year, "
            f"expected {', '.join(expected)}: another command began it; give that one to go on, "
            "or leave out --resume to begin anew"
        )
    with open_writer(path, format, labels=LABELS, carried=["year"], resume=True) as writer:
        assert writer.rows_done == 1


def test_parquet_and_stdout_cannot_be_resumed(tmp_path):
    with pytest.raises(UsageError) as caught:
        open_writer(tmp_path / "a.parquet", "parquet", labels=LABELS, resume=True)
    assert str(caught.value) == (
        "--resume: half a parquet file cannot be gone on with; give --format jsonl, csv or tsv, "
        "or leave out --resume"
    )
    with pytest.raises(UsageError) as caught:
        open_writer(None, "csv", io.BytesIO(), labels=LABELS, resume=True)
    assert str(caught.value) == "stdout: only a file can be resumed; name one with --output"


def test_an_output_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    missing = tmp_path / "nowhere" / "a.csv"
    with pytest.raises(EmocliError) as caught:
        open_writer(missing, "csv", labels=LABELS)
    assert str(caught.value) == (
        f"{missing}: cannot be written: its folder does not exist; create it first"
    )
    with pytest.raises(EmocliError) as caught:
        open_writer(tmp_path, "csv", labels=LABELS)
    assert str(caught.value) == (
        f"{tmp_path}: cannot be written: it is a directory; give the name of a file"
    )


class FullDisk(io.BytesIO):
    def write(self, data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_a_full_disk_is_told(format):
    with (
        pytest.raises(EmocliError) as caught,
        open_writer(None, format, FullDisk(), labels=LABELS) as writer,
    ):
        writer.write([row("1")])
    assert str(caught.value) == (
        "stdout: cannot be written: the disk is full; free some space or choose another place"
    )
    assert caught.value.exit_status == 1


def test_a_disk_that_fills_up_leaves_the_rows_before(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    with (
        pytest.raises(EmocliError) as caught,
        open_writer(path, "jsonl", labels=LABELS) as writer,
    ):
        writer.write([row("1")])
        writer._destination.stream.close()
        monkeypatch.setattr(writer._destination, "stream", FullDisk())
        writer.write([row("2")])
    assert str(caught.value) == (
        f"{path}: cannot be written: the disk is full; free some space or choose another place"
    )
    assert not path.exists()
    with open_writer(path, "jsonl", labels=LABELS, resume=True) as writer:
        assert writer.rows_done == 1


def test_a_closed_pipe_is_left_to_the_caller():
    class Closed(io.BytesIO):
        def write(self, data: object) -> int:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    with (
        pytest.raises(BrokenPipeError),
        open_writer(None, "jsonl", Closed(), labels=LABELS) as writer,
    ):
        writer.write([row("1")])


@pytest.mark.parametrize("resume", [False, True])
def test_two_runs_never_write_one_file_at_a_time(tmp_path, resume):
    """The second used to empty what the first was writing, and the file got rows of both."""
    path = tmp_path / "a.csv"
    with open_writer(path, "csv", labels=LABELS) as writer:
        writer.write([row("1")])
        with pytest.raises(EmocliError) as caught:
            open_writer(path, "csv", labels=LABELS, resume=resume)
        assert str(caught.value) == (
            f"{path}.partial: another command is writing it at this moment; wait until it ends, "
            "or give --output another name"
        )
        writer.write([row("2")])
    assert len(path.read_text().splitlines()) == 3
    with open_writer(path, "csv", labels=LABELS):
        pass
    assert [found.name for found in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.skipif(os.name == "nt", reason="Windows renames no file that is open")
def test_a_file_that_got_its_name_while_it_was_opened_again_is_not_written_to(
    tmp_path, monkeypatch
):
    path, lock = tmp_path / "a.jsonl", destinations.lock_open
    first = open_writer(path, "jsonl", labels=LABELS)
    first.write([row("1")])

    def finishing_first(stream):
        first.close()
        return lock(stream)

    monkeypatch.setattr(destinations, "lock_open", finishing_first)
    with open_writer(path, "jsonl", labels=LABELS) as second:
        assert json.loads(path.read_text())["id"] == "1"
        second.write([row("2")])
    assert json.loads(path.read_text())["id"] == "2"


@needs_links
def test_what_a_link_points_to_is_written_and_the_link_stays(tmp_path):
    """The link used to become a file, and what it pointed to stayed as it was."""
    (tmp_path / "far").mkdir()
    for name, size in (("old.jsonl", 5), ("new.jsonl", None)):
        place, path = tmp_path / "far" / name, tmp_path / name
        if size:
            place.write_text("older")
        path.symlink_to(place)
        break_off(path, "jsonl", [row("1")])
        assert partial_path(path) == place.with_name(f"{name}.partial")
        with open_writer(path, "jsonl", labels=LABELS, resume=True) as writer:
            assert writer.rows_done == 1
        assert path.is_symlink()
        assert json.loads(place.read_text())["id"] == "1"


def test_a_name_that_is_too_long_is_told(tmp_path):
    for length in (250, 300):
        path = tmp_path / ("a" * length)
        with pytest.raises(EmocliError) as caught:
            open_writer(path, "jsonl", labels=LABELS)
        assert str(caught.value) == (
            f"{path}: cannot be written: its name is too long; choose a shorter one"
        )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are not of this system")
def test_a_device_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open_writer(path, "jsonl", labels=LABELS) as writer:
        writer.write([row("1")])
        assert json.loads(os.read(reader, 1000))["id"] == "1"
    assert path.is_fifo()
    with pytest.raises(UsageError) as caught:
        open_writer(path, "jsonl", labels=LABELS, resume=True)
    assert str(caught.value) == f"{path}: only a file can be resumed; name one with --output"
    os.close(reader)
