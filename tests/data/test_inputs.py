from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from emocli.data.inputs import Inputs
from emocli.data.record import ReadOptions, Record
from emocli.errors import EmocliError
from emocli.reporting import Reporter


class Listener(Reporter):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_one_input_is_read_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / "tweets.csv", "id,text,place\n7,so happy,here\n")
    inputs = Inputs([path])
    assert inputs.carried == ("place",)
    assert list(inputs.records()) == [Record("7", "so happy", {"place": "here"})]


def test_records_of_several_inputs_say_where_they_are_from(tmp_path: Path) -> None:
    first = written(tmp_path / "a.txt", "so happy\n")
    second = written(tmp_path / "b.csv", "text,place,file\nso sad,there,x.doc\n")
    inputs = Inputs([first, second])
    assert inputs.carried == ("file", "place", "input_file")
    assert list(inputs.records()) == [
        Record(None, "so happy", {"file": str(first)}),
        Record(None, "so sad", {"file": str(second), "place": "there", "input_file": "x.doc"}),
    ]


def test_standard_input_stands_between_files(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "one\n")
    inputs = Inputs([path, None, path], stdin=io.BytesIO(b"two\n"))
    assert [record.text for record in inputs.records()] == ["one", "two", "one"]
    assert inputs.total_bytes is None
    assert inputs.carried is None


def test_standard_input_is_read_once() -> None:
    with pytest.raises(EmocliError) as caught:
        Inputs([None, None], stdin=io.BytesIO(b""))
    assert str(caught.value) == "standard input ('-') is given more than once."


def test_a_bad_file_is_known_before_the_first_record_is_read(tmp_path: Path) -> None:
    good = written(tmp_path / "a.txt", "one\n")
    with pytest.raises(EmocliError) as caught:
        Inputs([good, tmp_path / "b.txt"])
    assert str(caught.value) == f"{tmp_path / 'b.txt'}: no such file; did you mean {good}?"


def test_skipped_records_are_counted_through_all_inputs(tmp_path: Path) -> None:
    paths = [written(tmp_path / "a.txt", "one\ntwo\n"), written(tmp_path / "b.txt", "three\n")]
    assert [record.text for record in Inputs(paths).records(skip=2)] == ["three"]
    assert list(Inputs(paths).records(skip=3)) == []
    again = Inputs(paths).records(skip=2, again=1)
    assert [record.text for record in again] == ["two", "three"]


def test_an_input_shorter_than_what_was_done_is_another_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "one\ntwo\n")
    with pytest.raises(EmocliError) as caught:
        list(Inputs([path]).records(skip=5))
    assert str(caught.value) == (
        "5 texts are done already, but the input holds only 2: it is not the input of the run "
        "that was interrupted; leave out --resume to begin anew"
    )


def test_the_position_reaches_the_size_of_all_files(tmp_path: Path) -> None:
    paths = [written(tmp_path / "a.txt", "one\ntwo\n"), written(tmp_path / "b.txt", "three\n")]
    inputs = Inputs(paths)
    assert (inputs.position(), inputs.total_bytes) == (0, 14)
    records = inputs.records()
    next(records)
    assert inputs.position() == 8
    list(records)
    assert inputs.position() == 14


def test_a_published_layout_is_told_once(tmp_path: Path) -> None:
    layout = "ID\tTweet\tanger\tjoy\n2018-En-1\tso happy\tNONE\tNONE\n"
    path = written(tmp_path / "test.txt", layout)
    listener = Listener()
    inputs = Inputs([path, None], ReadOptions(), io.BytesIO(layout.encode()), listener)
    assert [record.id for record in inputs.records()] == ["2018-En-1", "2018-En-1"]
    assert listener.said == [
        f"{path}: SemEval-2018 E-c layout, texts in column 'Tweet'",
        "stdin: SemEval-2018 E-c layout, texts in column 'Tweet'",
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_opened_only_once(tmp_path: Path) -> None:
    from threading import Thread

    path = tmp_path / "pipe"
    os.mkfifo(path)
    inputs = Inputs([path])
    assert (inputs.carried, inputs.total_bytes) == (None, None)
    Thread(target=path.write_text, args=("so happy\n",), daemon=True).start()
    assert [record.text for record in inputs.records()] == ["so happy"]
