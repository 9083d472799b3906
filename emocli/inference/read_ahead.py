"""Records read by a thread of its own while others are being answered, in bounded memory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from threading import Condition, Thread

from emocli.data.record import Record

# Whichever is reached first fills a window. The first one is small, so that answers come at once.
N_WINDOW_RECORDS = 4096
N_WINDOW_CHARACTERS = 1 << 20
N_FIRST_RECORDS = 256
_GROWTH = 4

# On Windows, Ctrl-C does not end a wait: it is noticed between two.
_WAIT_SECONDS = 0.5


def read_ahead(records: Iterable[Record], *, max_latency: float | None) -> Iterator[list[Record]]:
    """The records in windows, in order; while one is used, the next is being read.

    What goes wrong in reading is raised here, after the records read before. The reading thread
    never keeps the process from ending: it may be waiting for a pipe that nobody writes to.

    Args:
        records: what the thread goes through.
        max_latency: of a pipe: give what there is as soon as there is a record, and no more at
            once than is used within half of these seconds, because a record waits for the window
            before its own, too. None, of a file: windows are full, so that they do not depend on
            the reading's speed.
    """
    buffer = _Buffer(at_once=max_latency is not None)
    Thread(target=buffer.fill, args=(records,), daemon=True, name="emocli-reader").start()
    try:
        while window := buffer.take():
            began = time.monotonic()
            yield window
            if max_latency is None:
                buffer.hold(len(window) * _GROWTH)
            else:
                pace = len(window) / max(time.monotonic() - began, 1e-6)  # records a second
                buffer.hold(round(min(pace * max_latency / 2, len(window) * _GROWTH)))
    finally:
        buffer.stop()


class _Buffer:
    """One window on its way from the reading thread to the one that uses it."""

    def __init__(self, *, at_once: bool) -> None:
        self._at_once = at_once
        self._n_most = min(N_FIRST_RECORDS, N_WINDOW_RECORDS)
        self._changed = Condition()
        self._held: list[Record] = []
        self._n_characters = 0
        self._ended = False
        self._error: BaseException | None = None

    def fill(self, records: Iterable[Record]) -> None:
        """Put every record, until told to stop."""
        error = None
        try:
            for record in records:
                if not self._put(record):
                    return
        # Whatever it is, it belongs to the thread that waits for records.
        except BaseException as found:
            error = found
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def take(self) -> list[Record]:
        """The next window; empty at the end."""
        with self._changed:
            while not self._is_ready():
                self._changed.wait(_WAIT_SECONDS)
            window, self._held, self._n_characters = self._held, [], 0
            self._changed.notify_all()
        if not window and self._error is not None:
            raise self._error
        return window

    def hold(self, n_records: int) -> None:
        """How many records fill a window from now on, within its bounds."""
        with self._changed:
            self._n_most = max(1, min(n_records, N_WINDOW_RECORDS))
            self._changed.notify_all()

    def stop(self) -> None:
        """No more records are wanted."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _put(self, record: Record) -> bool:
        with self._changed:
            while self._is_full() and not self._ended:
                self._changed.wait()
            if self._ended:
                return False
            self._held.append(record)
            self._n_characters += len(record.text)
            if self._is_ready():
                self._changed.notify_all()
            return True

    def _is_full(self) -> bool:
        return len(self._held) >= self._n_most or self._n_characters >= N_WINDOW_CHARACTERS

    def _is_ready(self) -> bool:
        return self._ended or self._is_full() or (self._at_once and bool(self._held))
