"""The process's standard streams: made safe to write to, and let go when nobody reads them."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

from emocli.paths import writing

STDOUT = Path("stdout")


def prepare_streams() -> None:
    """Make stdout and stderr take every character, and stand in for those that are closed.

    What is written to a closed stdout is an error; of a closed stderr, nobody misses anything.
    """
    # What may only be read refuses what is written as a closed stream does.
    sys.stdout = _prepared(sys.stdout, os.O_RDONLY)
    sys.stderr = _prepared(sys.stderr, os.O_WRONLY)


def flush_stdout() -> None:
    """Write out what stdout holds back.

    Raises:
        EmocliError: it cannot be written, for example because the disk is full.
        BrokenPipeError: the reader has gone.
    """
    with writing(STDOUT):
        sys.stdout.flush()


def drop_stdout() -> None:
    """Send what stdout still holds nowhere, so that leaving Python fails on nothing."""
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _prepared(stream: TextIO | None, instead: int) -> TextIO:
    if stream is None:
        return os.fdopen(os.open(os.devnull, instead), "w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        # A lone surrogate as \udc80 is also what JSON calls it.
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream
