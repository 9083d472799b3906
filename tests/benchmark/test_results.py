"""The results file: only ever added to, whoever writes and whatever ends it."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from emocli.benchmark import results as module
from emocli.benchmark.results import Results
from emocli.errors import DataError, EmocliError
from emocli.reporting import Reporter


class Heard(Reporter):
    """Remembers the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def record(key: str, status: str = "done", **fields: Any) -> dict[str, Any]:
    return {"key": key, "status": status, **fields}


def test_a_folder_without_results_has_none(tmp_path: Path) -> None:
    assert Results(tmp_path / "none").read() == []


def test_records_are_read_in_the_order_they_were_added(tmp_path: Path) -> None:
    results = Results(tmp_path / "new")
    results.append(record("a", note="schön"))
    results.append(record("b", "failed"))
    assert results.read() == [
        {"format": 1, **record("a", note="schön")},
        {"format": 1, **record("b", "failed")},
    ]


def test_only_what_was_finished_is_done_and_the_newest_counts(tmp_path: Path) -> None:
    results = Results(tmp_path)
    for one in (record("a", n=1), record("b", "failed"), record("a", n=2)):
        results.append(one)
    assert {key: one["n"] for key, one in results.done().items()} == {"a": 2}


def test_a_torn_last_line_is_told_and_left_out(tmp_path: Path) -> None:
    heard = Heard()
    results = Results(tmp_path, heard)
    results.append(record("a"))
    with results.path.open("a", encoding="utf-8") as stream:
        stream.write('{"format": 1, "key": "b", "sta')
    assert [one["key"] for one in results.read()] == ["a"]
    assert heard.warnings == [
        f"{results.path}:2: the last line was cut off; its trial counts as not done"
    ]


def test_a_torn_last_line_goes_when_the_next_is_added(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.append(record("a"))
    with results.path.open("a", encoding="utf-8") as stream:
        stream.write("x" * 200_000)
    results.append(record("c"))
    assert [one["key"] for one in results.read()] == ["a", "c"]


def test_a_file_that_is_one_torn_line_begins_anew(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.path.write_text('{"format": 1', encoding="utf-8")
    results.append(record("a"))
    assert [one["key"] for one in results.read()] == ["a"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", "this is no result of a benchmark; remove the line"),
        ("[1]", "this is no result of a benchmark; remove the line"),
        ('{"format": 1, "key": "a"}', "this is no result of a benchmark; remove the line"),
        (
            json.dumps({"format": 9, **record("a")}),
            "has format 9, this emocli reads up to 1; upgrade emocli",
        ),
    ],
)
def test_a_line_that_is_no_record_is_an_error(tmp_path: Path, line: str, message: str) -> None:
    results = Results(tmp_path)
    results.append(record("a"))
    with results.path.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    with pytest.raises(DataError) as caught:
        results.read()
    assert str(caught.value) == f"{results.path}:2: {message}"


def test_a_file_that_stays_locked_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    results = Results(tmp_path)
    with FileLock(tmp_path / "results.lock"), pytest.raises(EmocliError) as caught:
        results.append(record("a"))
    assert str(caught.value) == (
        f"{results.path}: another program has kept it locked for 0.1 seconds; wait until it ends, "
        "or choose another --results folder."
    )


def _add_many(folder: Path, who: str) -> None:
    results = Results(folder)
    for number in range(50):
        results.append(record(f"{who}{number}", filler="x" * 5000))


def test_two_that_write_at_once_lose_no_line(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_add_many, args=(tmp_path, who)) for who in "ab"]
    for other in others:
        other.start()
    for other in others:
        other.join()
    keys = sorted(one["key"] for one in Results(tmp_path).read())
    assert keys == sorted(f"{who}{number}" for who in "ab" for number in range(50))


def test_a_trial_can_be_claimed_once(tmp_path: Path) -> None:
    mine, other = Results(tmp_path), Results(tmp_path)
    with mine.claim("a") as first, other.claim("a") as second, other.claim("b") as third:
        assert (first, second, third) == (True, False, True)
    with other.claim("a") as again:
        assert again
