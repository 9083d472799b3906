"""What a word that is not in the vocabulary comes down to, so that no word is lost.

Tried in this order, each against the known words:

1. an emoji or emoticon: its simpler forms, then the words of its name;
2. the word without accents, without repeated letters, without a possessive or apostrophes;
3. the most frequent word with the same stem (English);
4. the parts between hyphens or apostrophes, each from the start;
5. a compound: the most probable cut into known words (a unigram model, Viterbi);
6. the fewest pieces: groups of up to `LONGEST_PIECE` letters that many known words hold, down to
   single letters. They are tokens of their own, `##` before their letters, and never words.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import groupby, product
from typing import Any

from emocli.data.emojis import is_emoji, simpler_emoji, symbol_words

MARK = "##"
LONGEST_PIECE = 4
MOST_PIECES = 3000
WORDS_OF_A_PIECE = 10
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

# Two letters say little, so only the very frequent of them ("so", "my") take part in a compound,
# and short words cost something extra (nats): otherwise any word falls apart into scraps.
TWO_LETTERS_FROM = math.log(1 / 300)
SHORT_COST = 3.0
LETTER_COST = 20.0
COMPOUND_COVER = 0.6
COMPOUND_LENGTH = 8
PIECE_COST = 10.0
MOST_REPEATS = 4
EAST_ASIAN_FROM = "\u3040"
_REPEATED = re.compile(r"(\w)\1+")
_POSSESSIVE = re.compile(r"'s?$")
_UNKNOWN = "<unknown>"


def letter_groups(words: Iterable[str], letters: Iterable[str]) -> list[tuple[str, float]]:
    """The pieces for words yet unseen, marked, each with the logarithm of its share of `words`.

    All of `letters` and of the alphabet, and the groups of two to `LONGEST_PIECE` letters that at
    least `WORDS_OF_A_PIECE` words hold, the most frequent `MOST_PIECES` of them.
    """
    words = [word for word in words if word.isalpha() and len(word) > 1]
    groups: Counter[str] = Counter()
    for word in words:
        groups.update(set(_groups(word)))
    many = [(count, group) for group, count in groups.items() if count >= WORDS_OF_A_PIECE]
    chosen = sorted(many, key=lambda item: (-item[0], item[1]))[:MOST_PIECES]
    counts = {group: count for count, group in chosen}
    counts |= dict.fromkeys(sorted({*letters, *ALPHABET}), 1)
    total = max(len(words), 1)
    return [(MARK + group, round(math.log(n / total), 4)) for group, n in counts.items()]


def groups_of(word: str) -> set[str]:
    """The letters of a word and its groups of two to `LONGEST_PIECE` letters, marked."""
    return {MARK + group for group in (*word, *_groups(word))}


def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:  # not of one vocabulary: it cannot be copied
    from Stemmer import Stemmer

    return Stemmer("english")


class Pieces:
    """Cuts unknown words into known ones."""

    def __init__(self, log_probabilities: Mapping[str, float], stemming: bool) -> None:
        """`log_probabilities`: each known word's and marked piece's, in nats; `stemming`: whether
        English stems are compared."""
        known = log_probabilities.items()
        self.known = {word: score for word, score in known if not word.startswith(MARK)}
        self.groups = {word: score for word, score in known if word.startswith(MARK)}
        self.stemming = stemming
        self._stems: dict[str, dict[str, str]] = {}

    def cut(self, word: str) -> list[str]:
        """The known tokens that stand for `word`; [] where not one character is known."""
        if word in self.known:
            return [word]
        named = symbol_words(word)
        if named:
            return self._symbol(word, named)
        found = self._respelt(word)
        if found:
            return [found]
        parts = [part for part in re.split(r"[-']+", word) if part]
        if len(parts) > 1:
            return [piece for part in parts for piece in self.cut(part)]
        return self._compound(_without_accents(word))

    def _symbol(self, symbol: str, named: tuple[str, ...]) -> list[str]:
        for simpler in simpler_emoji(symbol) if is_emoji(symbol) else []:
            if simpler in self.known:
                return [simpler]
        return [known for word in named if (known := self._respelt(word))]

    def _respelt(self, word: str) -> str | None:
        forms = list(_forms(word))
        for form in forms:
            if form in self.known:
                return form
        if self.stemming and forms[0].isalpha() and len(forms[0]) > 3:
            return self._by_stem(forms[0][0]).get(_stem(forms[0]))
        return None

    def _compound(self, word: str) -> list[str]:
        cut = [token.value for token in self._words.tokenize(word)]
        if all(self._is_word(piece, 2) for piece in cut):
            return cut
        covered = sum(len(piece) for piece in cut if self._is_word(piece, 4))
        if covered < COMPOUND_COVER * len(word) or _n_letters(word) < COMPOUND_LENGTH:
            return self._fewest(word)
        tokens: list[str] = []
        for is_word, group in groupby(cut, lambda piece: self._is_word(piece, 3)):
            run = list(group)
            tokens += run if is_word else self._fewest("".join(run))
        return tokens

    def _is_word(self, piece: str, shortest: int) -> bool:
        return piece in self.known and _n_letters(piece) >= shortest

    def _fewest(self, letters: str) -> list[str]:
        cut = [MARK + token.value for token in self._letters.tokenize(letters)]
        return [piece for piece in cut if piece in self.groups]

    @cached_property
    def _words(self) -> Any:
        known = {word: _word_score(word, score) for word, score in self.known.items()}
        letters = {group[2:]: -LETTER_COST for group in self.groups if len(group) == 3}
        return _unigram(
            letters | {word: score for word, score in known.items() if score is not None}
        )

    @cached_property
    def _letters(self) -> Any:
        # The share only decides between cuts into equally many pieces.
        return _unigram({g[2:]: -PIECE_COST + 0.1 * share for g, share in self.groups.items()})

    def _by_stem(self, letter: str) -> dict[str, str]:
        """The most frequent word of each stem, of the words that begin with a letter."""
        if letter not in self._stems:
            words = self._stemmed.get(letter, [])
            rising = sorted(words, key=lambda word: self.known[word])
            self._stems[letter] = {_stem(word): word for word in rising}
        return self._stems[letter]

    @cached_property
    def _stemmed(self) -> dict[str, list[str]]:
        """The words that have a stem, by their first letter, which every stem keeps."""
        found: dict[str, list[str]] = {}
        for word in self.known:
            if len(word) > 2 and word.isascii() and word.isalpha():
                found.setdefault(word[0], []).append(word)
        return found


def _unigram(scores: Mapping[str, float]) -> Any:
    from tokenizers.models import Unigram

    return Unigram([(_UNKNOWN, -10 * LETTER_COST), *scores.items()], 0, False)


def _word_score(word: str, log_probability: float) -> float | None:
    """How likely a word is as part of a compound, in nats; None: it takes no part."""
    length = _n_letters(word)
    if not word.isalpha() or length == 1 or (length == 2 and log_probability < TWO_LETTERS_FROM):
        return None
    return log_probability - (SHORT_COST if length < 4 else 0.0)


def _n_letters(text: str) -> int:
    """The length of a text, an East Asian character as four letters: it says as much as a word."""
    return sum(4 if char >= EAST_ASIAN_FROM else 1 for char in text)


def _groups(word: str) -> Iterator[str]:
    for length in range(2, LONGEST_PIECE + 1):
        yield from (word[start : start + length] for start in range(len(word) - length + 1))


def _forms(word: str) -> Iterator[str]:
    """The spellings under which an unknown word may be known, the likeliest first."""
    plain = _without_accents(word)
    bare = _POSSESSIVE.sub("", plain)
    yield bare
    yield plain
    for spelling in dict.fromkeys((plain, bare, bare.replace("'", ""))):
        yield spelling
        yield from _without_repeats(spelling)


def _without_repeats(word: str) -> Iterator[str]:
    """The word with each choice of its repeated letters once or twice: `soo` → `so`."""
    parts = _REPEATED.split(word)
    letters = parts[1::2]
    if not letters or len(letters) > MOST_REPEATS:
        return
    for repeats in sorted(product((1, 2), repeat=len(letters)), key=sum, reverse=True):
        middles = [letter * n for letter, n in zip(letters, repeats, strict=True)]
        yield "".join(a + b for a, b in zip(parts[0::2], [*middles, ""], strict=True))


def _without_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()
