from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from emocli.data.record import Record
from emocli.errors import EmocliError
from emocli.inference import read_ahead as module
from emocli.inference.read_ahead import read_ahead


def records(n: int, text: str = "so happy") -> Iterator[Record]:
    return (Record(str(number), text, {}) for number in range(n))


def test_windows_of_a_file_are_full_but_for_the_last() -> None:
    windows = list(read_ahead(records(10_000), at_once=False))
    assert [len(window) for window in windows] == [4096, 4096, 1808]
    assert [record.id for window in windows for record in window] == [
        str(number) for number in range(10_000)
    ]


def test_long_texts_fill_a_window_before_its_number_is_reached() -> None:
    windows = list(read_ahead(records(5, "x" * 600_000), at_once=False))
    assert [len(window) for window in windows] == [2, 2, 1]


def test_an_empty_input_has_no_window() -> None:
    assert list(read_ahead(records(0), at_once=True)) == []
    assert list(read_ahead(records(0), at_once=False)) == []


def test_a_pipe_gives_its_first_record_before_the_second_is_there() -> None:
    lines: queue.Queue[str | None] = queue.Queue()

    def piped() -> Iterator[Record]:
        while (line := lines.get(timeout=10)) is not None:
            yield Record(None, line, {})

    windows = read_ahead(piped(), at_once=True)
    lines.put("first")
    assert [record.text for record in next(windows)] == ["first"]
    lines.put("second")
    assert [record.text for record in next(windows)] == ["second"]
    lines.put(None)
    assert list(windows) == []


def test_an_error_comes_after_the_records_read_before_it() -> None:
    def broken() -> Iterator[Record]:
        yield from records(3)
        raise EmocliError("tweets.csv:4: this row is torn")

    windows = read_ahead(broken(), at_once=False)
    assert len(next(windows)) == 3
    with pytest.raises(EmocliError, match=r"^tweets\.csv:4: this row is torn$"):
        next(windows)


def test_no_more_than_a_window_is_read_ahead() -> None:
    taken = threading.Semaphore(0)
    n_read = 0

    def counted() -> Iterator[Record]:
        nonlocal n_read
        for record in records(100_000):
            n_read += 1
            yield record
            if n_read > 2 * module.N_WINDOW_RECORDS:
                taken.release()

    windows = read_ahead(counted(), at_once=False)
    next(windows)
    assert not taken.acquire(timeout=0.3)
    assert n_read <= 2 * module.N_WINDOW_RECORDS + 1
    windows.close()  # type: ignore[attr-defined]


def test_the_thread_ends_when_nobody_wants_the_rest() -> None:
    windows = read_ahead(records(1_000_000), at_once=False)
    next(windows)
    (thread,) = (thread for thread in threading.enumerate() if thread.name == "emocli-reader")
    windows.close()  # type: ignore[attr-defined]
    thread.join(timeout=10)
    assert not thread.is_alive()
