from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from emocli.data.record import Record
from emocli.errors import EmocliError
from emocli.inference import read_ahead as module
from emocli.inference.read_ahead import read_ahead


def records(n: int, text: str = "so happy") -> Iterator[Record]:
    return (Record(str(number), text, {}) for number in range(n))


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "emocli-reader"]


@pytest.fixture(autouse=True)
def _leave_no_reader() -> Iterator[None]:
    yield
    for thread in readers():
        thread.join(timeout=10)


def test_windows_of_a_file_grow_and_are_full_but_for_the_last() -> None:
    windows = list(read_ahead(records(10_000), max_latency=None))
    assert [len(window) for window in windows] == [256, 1024, 4096, 4096, 528]
    assert [record.id for window in windows for record in window] == [
        str(number) for number in range(10_000)
    ]


def test_long_texts_fill_a_window_before_its_number_is_reached() -> None:
    windows = list(read_ahead(records(5, "x" * 600_000), max_latency=None))
    assert [len(window) for window in windows] == [2, 2, 1]


def test_an_empty_input_has_no_window() -> None:
    assert list(read_ahead(records(0), max_latency=1)) == []
    assert list(read_ahead(records(0), max_latency=None)) == []


def test_a_pipe_gives_its_first_record_before_the_second_is_there() -> None:
    lines: queue.Queue[str | None] = queue.Queue()

    def piped() -> Iterator[Record]:
        while (line := lines.get(timeout=10)) is not None:
            yield Record(None, line, {})

    windows = read_ahead(piped(), max_latency=1)
    lines.put("first")
    assert [record.text for record in next(windows)] == ["first"]
    lines.put("second")
    assert [record.text for record in next(windows)] == ["second"]
    lines.put(None)
    assert list(windows) == []


@pytest.mark.parametrize(("max_latency", "n_most"), [(4.0, 200), (1.0, 50), (0.0, 1)])
def test_a_window_of_a_pipe_is_used_within_half_of_what_a_record_may_wait(
    monkeypatch: pytest.MonkeyPatch, max_latency: float, n_most: int
) -> None:
    now, read = [0.0], [0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def counted() -> Iterator[Record]:
        for record in records(10_000):
            read[0] += 1
            yield record

    windows = read_ahead(counted(), max_latency=max_latency)
    sizes = []
    for _ in range(16):
        sizes.append(len(next(windows)))
        now[0] += sizes[-1] / 100  # a hundred records a second
        wait_until_still(read)
    windows.close()  # type: ignore[attr-defined]
    assert sizes[-2:] == [n_most, n_most]


def wait_until_still(counter: list[int]) -> None:
    """Until a thread that counts up waits for something."""
    before = -1
    while before != counter[0]:
        before = counter[0]
        time.sleep(0.03)


def test_an_error_comes_after_the_records_read_before_it() -> None:
    def broken() -> Iterator[Record]:
        yield from records(3)
        raise EmocliError("tweets.csv:4: this row is torn")

    windows = read_ahead(broken(), max_latency=None)
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

    windows = read_ahead(counted(), max_latency=None)
    next(windows)
    assert not taken.acquire(timeout=0.3)
    assert n_read <= 2 * module.N_WINDOW_RECORDS + 1
    windows.close()  # type: ignore[attr-defined]


def test_the_thread_ends_when_nobody_wants_the_rest() -> None:
    windows = read_ahead(records(1_000_000), max_latency=None)
    next(windows)
    (thread,) = readers()
    windows.close()  # type: ignore[attr-defined]
    thread.join(timeout=10)
    assert not thread.is_alive()
