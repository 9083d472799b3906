"""TOML files that know on which line each of their keys stands, which `tomllib` does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocli.data.text_files import parse_toml, read_text

Place = tuple[str | int, ...]
"""Where a value stands: `("rows", 1, "method")` is the method of the second table of rows."""


@dataclass(frozen=True)
class _Statement:
    """A header or a key with its value: the line on which it begins, and its lines."""

    first: int
    lines: tuple[str, ...]
    values: dict[str, Any]


class TomlFile:
    """What a TOML file holds, and where.

    Attributes:
        values: as `tomllib` reads them.
    """

    def __init__(self, path: Path) -> None:
        """Read a file.

        Raises:
            DataError: it is not TOML, or not text.
        """
        self.path = path
        text = read_text(path).replace("\r\n", "\n")
        self.values = parse_toml(path, text)
        self._statements = _by_place(text)

    def line(self, place: Place, word: str = "") -> int:
        """The line of a place, or of the nearest place around it that has one; 1 for the file.

        Args:
            word: of a value over several lines, the first line that holds this counts.
        """
        for end in range(len(place), 0, -1):
            statement = self._statements.get(place[:end])
            if statement is not None:
                inside = (n for n, line in enumerate(statement.lines) if word and word in line)
                return statement.first + next(inside, 0)
        return 1

    def at(self, place: Place) -> str:
        """The file and the line of a place, for an error to begin with."""
        return f"{self.path}:{self.line(place)}"


def _by_place(text: str) -> dict[Place, _Statement]:
    """The statement that gives each place of a sound TOML text its value, the first one."""
    found: dict[Place, _Statement] = {}
    tables: dict[Place, int] = {}  # how many tables each array of tables has so far
    current: Place = ()
    for statement in _statements(text):
        if statement.lines[0].lstrip().startswith("["):
            current = _opened(statement.values, tables)
            for end in range(1, len(current) + 1):
                found.setdefault(current[:end], statement)
        else:
            for place in _places(statement.values):
                found.setdefault(current + place, statement)
    return found


def _statements(text: str) -> Iterator[_Statement]:
    """A statement is TOML by itself, and no beginning of it is, since its value lacks its end."""
    import tomllib

    lines = text.split("\n")
    first = 0
    for end in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines[first:end]))
        except tomllib.TOMLDecodeError:
            continue
        if values:
            yield _Statement(first + 1, tuple(lines[first:end]), values)
        first = end


def _opened(header: Any, tables: dict[Place, int]) -> Place:
    """The place of the table that a header opens; a table of an array is counted."""
    place: Place = ()
    while isinstance(header, dict) and header:
        ((name, header),) = header.items()
        place = (*place, name)
        if isinstance(header, list):
            tables[place] = tables.get(place, 0) + 1
        if place in tables:
            place = (*place, tables[place] - 1)
    return place


def _places(value: Any) -> Iterator[Place]:
    """Every place inside a value."""
    if isinstance(value, dict):
        inner: list[tuple[str | int, Any]] = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return
    for key, part in inner:
        yield (key,)
        yield from ((key, *place) for place in _places(part))
