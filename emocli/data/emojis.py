"""Emoji as tokens: one form for each, and their names in words.

Skin tones and variation selectors are dropped, since they change how a symbol is drawn and hardly
what is felt; a sequence joined by zero-width joiners stays one token.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from emocli.data.emoticons import EMOTICONS

JOINER = "\u200d"
KEYCAP = "\u20e3"
SKIN_TONES = "\U0001f3fb-\U0001f3ff"
SELECTORS = "\ufe0e\ufe0f"
_DRAWING = {ord(char): None for char in SELECTORS} | dict.fromkeys(range(0x1F3FB, 0x1F400))

_ONE = rf"\p{{Extended_Pictographic}}[{SELECTORS}{SKIN_TONES}]*"
_TAGS = r"[\U000E0020-\U000E007F]*"
SEQUENCE = rf"(?:\p{{RI}}{{2}}|{_ONE}{_TAGS}(?:{JOINER}{_ONE})*)"
"""A pattern, in the `regex` library's syntax, of one whole emoji: flag, sequence or symbol."""


@cache
def _whole_emoji() -> Any:
    import regex

    return regex.compile(SEQUENCE)


def plain_emoji(sequence: str) -> str:
    """The emoji without skin tones and variation selectors."""
    return sequence.translate(_DRAWING)


def is_emoji(token: str) -> bool:
    """Whether the token is one emoji and nothing else."""
    return not token.isascii() and _whole_emoji().fullmatch(token) is not None


@lru_cache(maxsize=4096)
def symbol_words(token: str) -> tuple[str, ...]:
    """The words that name an emoji or emoticon, ("face", "with", "tears", …); () if it has none."""
    if token in EMOTICONS:
        return tuple(EMOTICONS[token].split())
    if not is_emoji(token):
        return ()
    import emoji

    named = emoji.demojize(token, delimiters=(" ", " "))
    words = "".join(char if char.isalpha() else " " for char in named.lower()).split()
    return tuple(words) or _character_names(token)


def simpler_emoji(token: str) -> list[str]:
    """What an emoji sequence comes down to, nearest first: 🤷‍♀ → 🤷; [] for a single symbol."""
    parts = token.split(JOINER)
    shorter = [JOINER.join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
    base = token[:1]
    return shorter if base in shorter or len(token) < 2 else [*shorter, base]


def _character_names(token: str) -> tuple[str, ...]:
    import unicodedata

    names = " ".join(unicodedata.name(char, "") for char in token)
    return tuple(word for word in names.lower().replace("-", " ").split() if word.isalpha())
