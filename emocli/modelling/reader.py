"""Texts as a model reads them, and what becomes of those that are too long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from emocli.errors import EmocliError, UsageError
from emocli.modelling.tokenizer import Tokenizer

Policy = Literal["truncate", "split", "error"]
"""A text that is too long is read as far as it goes, in several windows, or not at all."""


class LongTextError(EmocliError):
    """A text is longer than the model reads, and that is not to be passed over.

    Attributes:
        row: its number among the texts that were read together, from 0.
    """

    def __init__(self, row: int, max_length: int, name: str = "") -> None:
        """`name`: what a user knows the text by, as "record 'a1'"."""
        super().__init__(
            f"{name or f'text {row + 1}'} has more than {max_length} tokens, which is all that the "
            "model reads; shorten it, or choose another --long."
        )
        self.row = row
        self.max_length = max_length

    def of(self, name: str) -> LongTextError:
        """The same error of a text that has a name."""
        return LongTextError(self.row, self.max_length, name)


class Reader:
    """Reads texts by a model's tokenizer and counts those that are too long.

    Attributes:
        max_length: most tokens of a text.
        n_long: how many texts had more so far.
    """

    def __init__(
        self, tokenizer: Tokenizer, policy: Policy = "truncate", max_length: int | None = None
    ) -> None:
        """`max_length`: None, or too many: what the tokenizer allows.

        Raises:
            UsageError: there is no such policy, or no text is so short.
        """
        if policy not in get_args(Policy):
            raise UsageError(f"long is '{policy}', expected {', '.join(get_args(Policy))}.")
        if max_length is not None and max_length < tokenizer.shortest:
            raise UsageError(f"max_length is {max_length}, expected {tokenizer.shortest} or more.")
        self.tokenizer = tokenizer
        self.policy = policy
        self.max_length = min(max_length or tokenizer.max_length, tokenizer.max_length)
        self.n_long = 0
        self._most = None if policy == "split" else 1
        self._asked = None if self.max_length == tokenizer.max_length else self.max_length

    def read(self, texts: Iterable[str]) -> list[list[list[int]]]:
        """The windows of each text, each at most `max_length` ids; one, unless it is split.

        Texts that are equal share their windows.

        Raises:
            LongTextError: a text is too long, by the policy.
        """
        found = []
        known: dict[str, list[list[int]]] = {}
        for row, text in enumerate(texts):
            windows = known.get(text)
            if windows is None:
                windows = known[text] = self.tokenizer.windows(text, self._asked, most=self._most)
            if len(windows) > 1:
                if self.policy == "error":
                    raise LongTextError(row, self.max_length)
                self.n_long += 1
            found.append(windows if self.policy == "split" else windows[:1])
        return found

    def note(self) -> str:
        """What became of long texts, a sentence; "" where there were none."""
        if not self.n_long:
            return ""
        had = f"{self.n_long:,} text{'' if self.n_long == 1 else 's'} had more than"
        if self.policy == "split":
            return (
                f"{had} {self.max_length} tokens: each was read in windows of as many, whose "
                "probabilities were averaged (--long split)."
            )
        return f"{had} {self.max_length} tokens: the rest was not read (--long truncate)."
