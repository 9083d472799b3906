"""Which column of an input is the text, which the id, and which are carried through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emocli.data.record import ReadOptions
from emocli.errors import DataError, UsageError, nearest

TEXT_NAMES = (
    "text",
    "tweet",
    "sentence",
    "content",
    "comment_text",
    "comment",
    "message",
    "body",
)
ID_NAMES = ("id",)


@dataclass(frozen=True)
class Columns:
    """The parts that an input's columns play, by their names there."""

    text: str
    id: str | None
    carried: tuple[str, ...]


def choose_columns(names: Sequence[str], options: ReadOptions, place: str) -> Columns:
    """Give each column its part.

    The text is the column asked for; else the first of `TEXT_NAMES` that is there; else the only
    column besides the id. The id is the column asked for, else the one called "id", if any.
    Capitals and surrounding blanks do not count.

    Raises:
        DataError: there are no columns, or two of the same name.
        UsageError: a column asked for is not there, or none is recognised as the text.
    """
    _check_names(names, place)
    identifier: str | None = None
    if options.id_column is not None:
        identifier = _asked_for(names, options.id_column, place)
    else:
        identifier = _first(names, ID_NAMES)
    if options.text_column is not None:
        text = _asked_for(names, options.text_column, place)
    else:
        text = _recognised(names, identifier, place)
    carried = tuple(name for name in names if name not in (text, identifier))
    return Columns(text, identifier, carried)


def _check_names(names: Sequence[str], place: str) -> None:
    if not names:
        raise DataError(place, None, "there are no columns, expected one that holds the text")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            place, None, f"two columns are called '{twice}'; give each a name of its own"
        )


def _asked_for(names: Sequence[str], wanted: str, place: str) -> str:
    if wanted in names:
        return wanted
    found = _first(names, (wanted,))
    if found is not None:
        return found
    close = nearest(wanted, [_folded(name) for name in names])
    guess = f": did you mean '{_first(names, (close,))}'?" if close else "."
    raise UsageError(f"{place}: there is no column '{wanted}'{guess} Columns: {_listed(names)}.")


def _recognised(names: Sequence[str], identifier: str | None, place: str) -> str:
    found = _first(names, TEXT_NAMES)
    if found is not None:
        return found
    others = [name for name in names if name != identifier]
    if len(others) == 1:
        return others[0]
    raise UsageError(
        f"{place}: which column holds the text? Columns: {_listed(names)}. "
        "Call it 'text' there, or name it with --text-column."
    )


def _first(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    folded = {_folded(name): name for name in reversed(names)}
    return next((folded[_folded(name)] for name in wanted if _folded(name) in folded), None)


def _folded(name: str) -> str:
    return name.strip().lower()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name or "(no name)" for name in names)
