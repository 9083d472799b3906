"""`python -m emocli` and the `emocli` command."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit status."""
    # While Python imports or leaves, Ctrl-C breaks off nothing that is to be told of.
    _on_interruption(_leave)
    from emocli.cli import run

    _on_interruption(signal.default_int_handler)
    try:
        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # once more, while the first one was told of
        status = _INTERRUPTED
    _on_interruption(_leave)
    sys.exit(status)


def _on_interruption(handler: Callable[..., object]) -> None:
    # A shell starts what it puts in the background with Ctrl-C ignored.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, handler)


def _leave(*_: object) -> None:
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
