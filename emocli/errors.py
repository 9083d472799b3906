"""What a user reads when something cannot be done, and the exit status that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class EmocliError(Exception):
    """The work failed: the message says what was got, what was expected and what to do next."""

    exit_status = 1


class UsageError(EmocliError):
    """The command itself was wrong: an unknown name or option, a column that is not there."""

    exit_status = 2


class DataError(EmocliError):
    """A file holds something other than it should: `path:line: message`."""

    def __init__(self, path: Path | str, line: int | None, message: str) -> None:
        place = f"{path}:{line}" if line is not None else f"{path}"
        super().__init__(f"{place}: {message}")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to the one given, or None where none is close."""
    folded = {one.lower(): one for one in known}
    from difflib import get_close_matches

    matches = get_close_matches(name.lower(), list(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def unknown(kind: str, name: str, known: Iterable[str], hint: str = "") -> UsageError:
    """The error for a name that is not there: the nearest name first, then the list."""
    names = sorted(set(known))
    close = nearest(name, names)
    guess = f": did you mean '{close}'?" if close else "."
    listing = f" Known {kind}s: {', '.join(names)}." if names else f" There are no {kind}s."
    return UsageError(f"unknown {kind} '{name}'{guess}{listing}{' ' + hint if hint else ''}")
