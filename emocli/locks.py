"""Locks that one process at a time holds, kept from others by the system.

The system lets go of a lock when its process ends, however it ends. The file stays: to delete it
would let two processes hold locks of one name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from emocli.paths import writing

# As far as Windows' C library can lock.
_FAR_BEHIND = (1 << 31) - 2


@contextmanager
def locked(path: Path, seconds: float = 0.0) -> Iterator[bool]:
    """Hold the lock file `path` inside the block; False where another process keeps it.

    Args:
        seconds: how long another process is waited for.

    Raises:
        EmocliError: the file, or the folder that it is to be in, cannot be made.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=seconds)
            held = True
        except Timeout:
            held = False
    try:
        yield held
    finally:
        lock.release()


def lock_open(stream: BinaryIO) -> bool:
    """Lock an open file until it is closed; False where another process has locked it.

    On a file system that knows no locks, nobody is kept out.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            # Nobody else can read a byte that is locked: one that is hardly ever written.
            os.lseek(stream.fileno(), _FAR_BEHIND, os.SEEK_SET)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
