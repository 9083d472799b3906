"""Which words a model may know.

A vocabulary travels with its model, so it must not single out a person. Users, addresses, mail
and numbers are placeholders before they are counted; besides, a word is kept only if

- at least `min_count` different texts hold it (a repeated text, with another link, counts once);
- it has no digit, underscore, full stop or `@`, and at most `LONGEST_STORED` letters;
- it is not also a user name in these texts (`@name`), unless `USER_NAME_CAUTION` times as many
  texts hold it as a word.

Emoji, emoticons and punctuation are kept under the first condition alone. Pieces for unseen words
(`pieces.py`) come from many of the kept words each.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable

from emocli.data.emojis import is_emoji
from emocli.data.emoticons import EMOTICONS
from emocli.data.tweets import PLACEHOLDERS

LONGEST_STORED = 25
USER_NAME_CAUTION = 5

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*'?")
_USER_NAME = re.compile(r"@(\w+)")


def count_words(
    texts: Iterable[str], split: Callable[[str], list[str]], min_count: int
) -> tuple[dict[str, int], set[str]]:
    """The words that may be stored, each with the number of different texts that hold it, most
    frequent first, then by alphabet; and the letters that enough texts hold.
    """
    words, letters, user_names = _counted(texts, split)
    kept = {word: count for word, count in words.items() if count >= min_count and storable(word)}
    for name in user_names & kept.keys():
        if kept[name] < USER_NAME_CAUTION * min_count:
            del kept[name]
    frequent = {letter for letter, count in letters.items() if count >= min_count}
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


def _counted(
    texts: Iterable[str], split: Callable[[str], list[str]]
) -> tuple[Counter[str], Counter[str], set[str]]:
    words: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    user_names: set[str] = set()
    seen: set[int] = set()
    for text in texts:
        user_names.update(name.lower() for name in _USER_NAME.findall(text))
        tokens = split(text)
        known = hash(tuple(token for token in tokens if token not in PLACEHOLDERS))
        if known in seen:
            continue
        seen.add(known)
        distinct = set(tokens)
        words.update(distinct)
        letters.update({char for word in distinct if word.isalpha() for char in word})
    return words, letters, user_names
