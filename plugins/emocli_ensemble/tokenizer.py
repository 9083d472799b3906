"""A text as each of several models reads it, in one row of ids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emocli.modelling.tokenizer import Tokenizer


class JoinedTokenizer(Tokenizer):
    """The ids of every tokenizer one after the other, each part with its length before it.

    Of a text that is cut, each row holds one window of one part, and the others have no ids there.
    """

    def __init__(self, parts: Sequence[Tokenizer]) -> None:
        """Join tokenizers, at least one."""
        self.parts = tuple(parts)
        self.max_length = min(part.max_length for part in parts)
        self.shortest = max(part.shortest for part in parts)

    def windows(
        self, text: str, max_length: int | None = None, *, most: int | None = None
    ) -> list[list[int]]:
        """length, ids, length, ids, …; each part reads `max_length` ids, or what it can."""
        read = [
            part.windows(
                text, None if max_length is None else min(max_length, part.max_length), most=most
            )
            for part in self.parts
        ]
        whole = [value for windows in read for value in (len(windows[0]), *windows[0])]
        if max(map(len, read)) == 1:
            return [whole]
        if most == 1:
            return [whole, whole]
        return [
            [*([0] * number), len(ids), *ids, *([0] * (len(read) - number - 1))]
            for number, windows in enumerate(read)
            for ids in windows
        ]

    def weights(self, windows: Sequence[Sequence[int]]) -> list[float]:
        """Each part weighs its own windows; all parts together weigh the same."""
        found = [0.0] * len(windows)
        columns = zip(*map(self.split, windows), strict=True)
        for part, column in zip(self.parts, columns, strict=True):
            own = [row for row, ids in enumerate(column) if ids]
            weights = part.weights([column[row] for row in own])
            total = sum(weights)
            for row, weight in zip(own, weights, strict=True):
                found[row] += weight / total
        return found

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
        return max(max(part.max_length, len(part)) for part in self.parts) + 1

    def save(self, folder: Path) -> None:
        """Nothing: it is made of the members' own, which their folders hold."""

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> JoinedTokenizer:
        """Never called; see `save`."""
        raise ValueError("a joined tokenizer is made of its parts")
