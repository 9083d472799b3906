"""Parquet and JSON Lines: cells as text, and what their types say of texts and labels."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from emocli.data.examples import Example
from emocli.data.labelled import read_labelled
from emocli.errors import DataError


def parquet(path: Path, **columns: object) -> Path:
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


def message_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_labelled(str(path))
    return str(caught.value)


def test_a_list_of_one_label_that_holds_a_comma_is_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "hi", "labels": ["joy, or so"]}), encoding="utf-8")
    assert read_labelled(str(path)).examples == (Example("1", "hi", ("joy, or so",)),)


def test_labels_of_parquet_may_be_strings_lists_and_nulls(tmp_path: Path) -> None:
    lists = parquet(tmp_path / "a.parquet", text=["a", "b"], labels=[["joy", "anger"], None])
    assert [one.labels for one in read_labelled(str(lists)).examples] == [("joy", "anger"), ()]
    words = pyarrow.array(["joy", None]).dictionary_encode()
    strings = parquet(tmp_path / "b.parquet", text=["a", "b"], labels=words)
    assert [one.labels for one in read_labelled(str(strings)).examples] == [("joy",), ()]


def test_numbers_in_the_place_of_texts_or_labels_of_parquet_were_taken_for_names(
    tmp_path: Path,
) -> None:
    path = parquet(tmp_path / "a.parquet", text=["a", "b"], label=[3, 0])
    assert message_of(path) == (
        f"{path}: the label column 'label' holds int64, expected strings or lists of strings, the "
        "names of the labels"
    )
    path = parquet(tmp_path / "a.parquet", text=[b"a", b"b"], label=["joy", "anger"])
    assert message_of(path) == f"{path}: the text column 'text' holds binary, expected strings"


def test_parquet_may_be_gzipped_as_other_files_may(tmp_path: Path) -> None:
    plain = parquet(tmp_path / "a.parquet", text=["a", "b"], joy=[1, 0])
    packed = tmp_path / "b.parquet.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_labelled(str(packed)).examples == read_labelled(str(plain)).examples


def test_the_temporary_file_of_a_gzipped_parquet_file_was_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    make = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: made.append(make()) or made[-1])
    packed = tmp_path / "b.parquet.gz"
    plain = parquet(tmp_path / "a.parquet", text=["a", "b"], joy=[1, 0])
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    read_labelled(str(packed))
    assert [file.closed for file in made] == [True]


def test_times_of_nanoseconds_beside_the_labels_are_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    times = pyarrow.array([1_234_567_891], type=pyarrow.timestamp("ns"))
    path = parquet(tmp_path / "a.parquet", text=["a"], labels=["joy"], at=times)
    assert read_labelled(str(path)).examples == (Example("1", "a", ("joy",)),)
