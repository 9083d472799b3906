"""What is wrong with a suite: every fault at once, each with the line on which it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from emocli.data.toml_lines import Place, TomlFile
from emocli.errors import EmocliError, unknown

_MOST = 1000  # seeds or folds; more would be a slip of the pen


class Faults:
    """Gathers the faults of one file, and reads its values by their kinds.

    What reads a value of the wrong kind remembers the fault and answers as if it were not there.
    """

    def __init__(self, file: TomlFile) -> None:
        self._file = file
        self._found: dict[tuple[int, str], None] = {}

    def add(self, place: Place, message: str, word: str = "") -> None:
        """Remember a fault; `word` finds its line in a value over several lines."""
        self._found[self._file.line(place, word), message] = None

    def line(self, place: Place) -> int:
        """The line on which a place stands."""
        return self._file.line(place)

    def unknown(
        self, place: Place, kind: str, name: str, known: Iterable[str], hint: str = ""
    ) -> None:
        """Remember a name that is not there: the nearest one first, then the list."""
        self.add(place, str(unknown(kind, name, known, hint)), name)

    @contextmanager
    def telling(self, place: Place, word: str = "") -> Iterator[None]:
        """Whatever is refused inside the block is a fault of this place."""
        try:
            yield
        except EmocliError as error:
            self.add(place, str(error), word)

    def refuse(self) -> None:
        """Raise an EmocliError that tells every fault, in the order of the lines; none: go on."""
        if self._found:
            told = (f"{self._file.path}:{line}: {message}" for line, message in sorted(self._found))
            raise EmocliError("\n".join(told))

    def keys(self, place: Place, table: Mapping[str, Any], known: Iterable[str]) -> None:
        """Only these keys may be in the table at `place`."""
        allowed = tuple(known)
        for key in table:
            if key not in allowed:
                self.unknown((*place, key), "key", key, allowed)

    def text(self, place: Place, table: Mapping[str, Any], key: str, default: str = "") -> str:
        """A text of the table at `place`."""
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self._wrong((*place, key), value, "text")
        return default

    def texts(self, place: Place, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A text, or a list of texts, of the table at `place`."""
        value = table.get(key, [])
        several = value if isinstance(value, list) else [value]
        if all(isinstance(one, str) for one in several):
            return tuple(several)
        self._wrong((*place, key), value, "text or a list of texts")
        return ()

    def count(
        self, place: Place, table: Mapping[str, Any], key: str, default: int, least: int
    ) -> int:
        """A whole number from `least` to `_MOST` of the table at `place`."""
        value = table.get(key, default)
        if type(value) is int and (least <= value <= _MOST or value == default):
            return value
        self._wrong((*place, key), value, f"a whole number, {least} to {_MOST}")
        return default

    def table(self, place: Place, table: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A table of the table at `place`."""
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        self._wrong((*place, key), value, "a table")
        return {}

    def _wrong(self, place: Place, value: object, expected: str) -> None:
        self.add(place, f"'{place[-1]}' is {value!r}, expected {expected}")
