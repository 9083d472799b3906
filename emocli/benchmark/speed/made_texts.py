"""Texts made of given ones, any number of them or of any length, so that no two are alike.

emocli answers texts of the same tokens once a window: a file that holds given texts again and
again would seem to be answered more quickly than one of so many different texts.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, count, islice
from typing import NamedTuple

from emocli.errors import EmocliError
from emocli.inference.read_ahead import N_WINDOW_RECORDS
from emocli.modelling.reader import Reader
from emocli.modelling.tokenizer import Tokenizer

N_SPELLING = 256
"""Most units that numbers are spelt with."""
TRIES = 16
"""How many units that do not fit are passed over before a text is left a little short."""
N_ALIKE = 512
"""After so many texts of a length in a row that are like others, no more are made."""

# What is written without blanks, a sign at a time; and words.
_SIGN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_UNIT = re.compile(rf"(?P<sign>[{_SIGN}]\s?)|[^\s{_SIGN}]+")

Ids = tuple[int, ...]


class MadeText(NamedTuple):
    """A text, and how many pieces (tokens, marks included) the model reads of it."""

    text: str
    n_pieces: int


class UnmadeError(EmocliError):
    """Such texts cannot be made."""


_TOO_ALIKE = "the given texts hold too few words that the model tells apart."


class TextMaker:
    """Makes texts that differ for one tokenizer: as ids, as far as the model reads."""

    def __init__(self, texts: Sequence[str], tokenizer: Tokenizer) -> None:
        """`texts`: what others are made of."""
        self._given = [units(text) for text in texts]
        # By windows, what a text holds beyond what is read counts, too.
        self._reader = Reader(tokenizer, "split")

    def lines(self) -> Iterator[MadeText]:
        """The given texts, then again and again, each time with their units rotated by one more.

        Of `N_WINDOW_RECORDS` in a row no two have the same tokens: what would repeat one of those
        before has a number, spelt in units of the given texts, in front and as much less behind, so
        that lines do not grow.

        Raises:
            UnmadeError: no number helps.
        """
        if not self._given:
            raise UnmadeError(_TOO_ALIKE)
        before = _Before()
        numbers = [0] * len(self._given)
        for turn in count():
            for place, own in enumerate(self._given):
                start = turn % max(len(own), 1)
                rotated = [*own[start:], *own[:start]]
                numbers[place], made = self._new(rotated, numbers[place], before)
                yield made

    def of_pieces(self, n_pieces: int) -> Iterator[MadeText]:
        """Texts without end, of `n_pieces` pieces or a few less, cut from `lines` by units.

        Of `N_WINDOW_RECORDS` in a row no two have the same tokens.

        Raises:
            UnmadeError: they would have, or the model reads less of a text.
        """
        if n_pieces > self._reader.max_length:
            raise UnmadeError(f"the model reads at most {self._reader.max_length} of a text.")
        running = (unit for line in self.lines() for unit in units(line.text))
        before = _Before()
        n_alike = 0
        while n_alike < N_ALIKE:
            text = self._filled(running, n_pieces)
            ids, _ = self._read(text)
            if before.add(ids):
                n_alike = 0
                yield MadeText(text, len(ids))
            else:
                n_alike += 1
        raise UnmadeError(_TOO_ALIKE)

    def _new(self, parts: Sequence[str], first: int, before: _Before) -> tuple[int, MadeText]:
        """The text with the first number that makes it new, from `first` on; and this number."""
        # As many as there are texts that it may be like, and one.
        for number in range(first, first + N_WINDOW_RECORDS + 1):
            digits = self._spelt(number)
            text = _joined([*digits, *parts[: max(len(parts) - len(digits), 0)]])
            ids, _ = self._read(text)
            if before.add(ids):
                return number, MadeText(text, len(ids))
        raise UnmadeError(_TOO_ALIKE)

    def _filled(self, running: Iterator[str], n_pieces: int) -> str:
        """The next units, as many as fit; those that do not are passed over."""
        taken: list[str] = []
        n_taken, step, n_refused = 0, max(n_pieces // 2, 1), 0
        while n_taken < n_pieces and n_refused < TRIES:
            more = [*taken, *islice(running, step)]
            _, n_more = self._read(_joined(more))
            if n_more <= n_pieces:
                taken, n_taken = more, n_more
                step = max((n_pieces - n_taken) // 2, 1)
            else:
                n_refused += step == 1
                step = max(step // 2, 1)
        return _joined(taken)

    def _read(self, text: str) -> tuple[Ids, int]:
        """The ids that the model reads, and how many there would be if it read all."""
        ((first, *others),) = self._reader.read([text])
        return tuple(first), len(first) + sum(map(len, others))

    def _spelt(self, number: int) -> list[str]:
        """A number in units as digits, the last first, another for every number; 0 in none.

        Raises:
            UnmadeError: there are not two digits.
        """
        found: list[str] = []
        while number:
            if len(self._spelling) < 2:
                raise UnmadeError(_TOO_ALIKE)
            number, digit = divmod(number - 1, len(self._spelling))
            found.append(self._spelling[digit])
        return found

    @cached_property
    def _spelling(self) -> tuple[str, ...]:
        """Units that the model tells from one another and from none, the first of each."""
        nothing, _ = self._read("")
        found: dict[Ids, str] = {}
        for unit in dict.fromkeys(chain.from_iterable(self._given)):
            ids, _ = self._read(unit)
            if ids != nothing:
                found.setdefault(ids, unit)
            if len(found) == N_SPELLING:
                break
        return tuple(found.values())


class _Before:
    """The ids of the last texts, as many as a window holds."""

    def __init__(self) -> None:
        self._in_order: deque[Ids] = deque()
        self._known: set[Ids] = set()

    def add(self, ids: Ids) -> bool:
        """Whether they are new, and so are among them from now on."""
        if ids in self._known:
            return False
        if len(self._in_order) == N_WINDOW_RECORDS:
            self._known.remove(self._in_order.popleft())
        self._in_order.append(ids)
        self._known.add(ids)
        return True


def units(text: str) -> list[str]:
    """What texts are cut into: words, a blank behind each, and signs, of Chinese or Japanese."""
    return [found[0] if found["sign"] else f"{found[0]} " for found in _UNIT.finditer(text)]


def _joined(parts: Sequence[str]) -> str:
    return "".join(parts).rstrip()
