"""A text as each of several models reads it, in one row of ids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emocli.modelling.tokenizer import Tokenizer


class JoinedTokenizer(Tokenizer):
    """The ids of every tokenizer one after the other, each part with its length before it."""

    def __init__(self, parts: Sequence[Tokenizer]) -> None:
        """Join tokenizers, at least one."""
        self.parts = tuple(parts)
        self.max_length = sum(part.max_length + 1 for part in parts)

    def windows(
        self, text: str, max_length: int | None = None, *, most: int | None = None
    ) -> list[list[int]]:
        """length, ids, length, ids, …; a `max_length` is shared out among the parts evenly.

        No part reads more than its own tokenizer allows. One that needs fewer windows than another
        repeats them, as evenly as can be.
        """
        share = None if max_length is None else max(max_length // len(self.parts) - 1, 1)
        read = [
            part.windows(text, None if share is None else min(share, part.max_length), most=most)
            for part in self.parts
        ]
        n_windows = max(map(len, read))
        rows = []
        for number in range(n_windows):
            ids = [of_part[number * len(of_part) // n_windows] for of_part in read]
            rows.append([value for row in ids for value in (len(row), *row)])
        return rows

    def split(self, ids: Sequence[int]) -> list[list[int]]:
        """What each tokenizer said, of a row of `encode`; padding after it is left out."""
        found, start = [], 0
        for _ in self.parts:
            end = start + 1 + ids[start]
            found.append(list(ids[start + 1 : end]))
            start = end
        return found

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The tokens of every part, one after the other, with nothing for the lengths."""
        rows = zip(self.parts, self.split(ids), strict=True)
        return [token for part, row in rows for token in ("", *part.tokens(row))]

    def __len__(self) -> int:
        return max(self.max_length, *(len(part) for part in self.parts)) + 1

    def save(self, folder: Path) -> None:
        """Nothing: it is made of the members' own, which their folders hold."""

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> JoinedTokenizer:
        """Never called; see `save`."""
        raise ValueError("a joined tokenizer is made of its parts")
