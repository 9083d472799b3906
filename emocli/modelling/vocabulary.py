"""Which words a model may know.

A vocabulary travels with its model, so it must not single out a person. Users, addresses, mail
and numbers are placeholders before they are counted; besides, a word is kept only if

- at least `min_count` different texts hold it (a repeated text, with another link, counts once);
- it has no digit, underscore, full stop or `@`, and at most `LONGEST_STORED` letters;
- it is not also a user name in these texts (`@name`), unless `USER_NAME_CAUTION` times as many
  texts hold it as a word;
- with `names` off, it is not mostly written with a capital in the middle of a text, as names are,
  unless `NAME_CAUTION` times `min_count` texts hold it.

Emoji, emoticons and punctuation are kept under the first condition alone. Pieces for unseen words
(`pieces.py`) come from many of the kept words each.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from emocli.data.emojis import is_emoji
from emocli.data.emoticons import EMOTICONS
from emocli.data.tweets import PLACEHOLDERS

LONGEST_STORED = 25
USER_NAME_CAUTION = 5
NAME_CAUTION = 25
NAME_SHARE = 0.8
"""A word is taken for a name from this share of capitalised among its occurrences."""

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*'?")
_USER_NAME = re.compile(r"@(\w+)")
_CASED = re.compile(r"(?<=[\w,;] )([A-Z]?)([a-z]+)\b|#([A-Z]?)([a-z]+)\b")
"""Words within a sentence, and hashtags, with a first capital or none."""


def count_words(
    texts: Iterable[str],
    split: Callable[[str], list[str]],
    min_count: int,
    *,
    names: bool = True,
) -> tuple[dict[str, int], set[str]]:
    """The words that may be stored, each with the number of different texts that hold it, most
    frequent first, then by alphabet; and the letters that enough texts hold.
    """
    counted = _counted(texts, split, capitals=not names)
    kept = {word: n for word, n in counted.words.items() if n >= min_count and storable(word)}
    for name in counted.user_names & kept.keys():
        if kept[name] < USER_NAME_CAUTION * min_count:
            del kept[name]
    for name in counted.names() & kept.keys():
        if kept[name] < NAME_CAUTION * min_count:
            del kept[name]
    frequent = {letter for letter, n in counted.letters.items() if n >= min_count}
    return dict(sorted(kept.items(), key=lambda item: (-item[1], item[0]))), frequent


def storable(word: str) -> bool:
    """Whether the word says too little about a person to be left out of a vocabulary."""
    if word in PLACEHOLDERS:
        return False
    if word in EMOTICONS or is_emoji(word):
        return True
    if len(word) > LONGEST_STORED:
        return False
    return _WORD.fullmatch(word) is not None or not any(map(str.isalnum, word))


def log_shares(counts: dict[str, int]) -> list[tuple[str, float]]:
    """Each word with the logarithm of its share of all counts, in nats to four places."""
    total = sum(counts.values())
    return [(word, round(math.log(count / total), 4)) for word, count in counts.items()]


@dataclass
class _Counts:
    """How many different texts hold each word and letter, and how words are written if asked."""

    words: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    capitalised: Counter[str] = field(default_factory=Counter)
    cased: Counter[str] = field(default_factory=Counter)
    user_names: set[str] = field(default_factory=set)

    def names(self) -> set[str]:
        """The words that are mostly capitalised."""
        return {w for w, n in self.capitalised.items() if n >= NAME_SHARE * self.cased[w]}


def _counted(texts: Iterable[str], split: Callable[[str], list[str]], *, capitals: bool) -> _Counts:
    counts = _Counts()
    seen: set[int] = set()
    for text in texts:
        counts.user_names.update(name.lower() for name in _USER_NAME.findall(text))
        tokens = split(text)
        known = hash(tuple(token for token in tokens if token not in PLACEHOLDERS))
        if known in seen:
            continue
        seen.add(known)
        distinct = set(tokens)
        counts.words.update(distinct)
        counts.letters.update({char for word in distinct if word.isalpha() for char in word})
        if capitals:
            _count_capitals(text, counts)
    return counts


def _count_capitals(text: str, counts: _Counts) -> None:
    for groups in _CASED.findall(text):
        capital, rest = groups[0] + groups[2], groups[1] + groups[3]
        word = capital.lower() + rest
        counts.cased[word] += 1
        counts.capitalised[word] += bool(capital)
