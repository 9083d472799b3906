"""Tweets and other informal text to tokens.

What a token stands for rather than says is a placeholder: `<user>`, `<url>`, `<email>` and
`<number>` (every number, time, date and phone number, small ones too). Text is lower case; a
letter repeated three times or more is left twice (`sooo` → `soo`); a token comes at most three
times in a row. A hashtag is `#` and its words, cut where the writer used capitals or digits
(`#HappyDays` → `#`, `happy`, `days`; `#happydays` → `#`, `happydays`). An emoticon is one token,
an emoji too, without skin tone (`emojis.py`).

The work is linear in the text: a word longer than `LONGEST_WORD` is cut before any pattern sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import chain, islice
from operator import eq
from typing import Any

from emocli.data.emojis import KEYCAP, SEQUENCE, plain_emoji
from emocli.data.emoticons import EMOTICONS

USER, URL, EMAIL, NUMBER = "<user>", "<url>", "<email>", "<number>"
PLACEHOLDERS = (USER, URL, EMAIL, NUMBER)
LONGEST_WORD = 200
REPEATS = 3
_REMEMBERED = 40

Split = Callable[[str], list[str]]

_SPELLED_OUT = {
    "2day": "today",
    "2nite": "tonight",
    "2night": "tonight",
    "2moro": "tomorrow",
    "2morrow": "tomorrow",
    "4ever": "forever",
    "4eva": "forever",
    "b4": "before",
    "gr8": "great",
    "h8": "hate",
    "l8": "late",
    "l8r": "later",
    "m8": "mate",
    "some1": "someone",
    "any1": "anyone",
    "every1": "everyone",
    "no1": "nobody",
    "w8": "wait",
    "str8": "straight",
}

_UNITS = "st|nd|rd|th|am|pm|km|kg|mph|mins?|hrs?|yrs?|yo|bn|s|h|k|m|x"
_DOMAINS = "com|org|net|gov|edu|info|uk"
_SPECIAL = rf"""
    (?P<url> (?:https?://|www\.)[!-~]*
      | (?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}
        (?:(?:{_DOMAINS})\b(?:/[!-~]*)?|[a-z]{{2,6}}/[!-~]*))
  | (?P<email> (?<![\w+-])\w[\w.+-]{{0,63}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,4}})
  | (?P<user> @\w+)
  | (?P<keycap> [0-9*\#]\ufe0f?{KEYCAP})
  | (?P<hashtag> \#+\w+)
  | (?P<emoji> {SEQUENCE})
  | (?P<heart> </?3+(?!\d))
  | (?P<number> (?<![\w.,:/+-])[+-]?\d+(?:[.,:/-]\d+)*(?:{_UNITS})?(?![^\W_]))
  | (?P<mixed> (?<![^\W_])[^\W\d_]*\d[^\W_]*)
"""
_HASHTAG_WORDS = r"\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+|\d+|[^\W\d_]+"

_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_NOSE, _MOUTH = "[-o*']?", r"[][)(dp/:}{@|\\]"
_ORDINARY = rf"""
    [<>]? [:;=8] {_NOSE} {_MOUTH}             # an emoticon, its eyes first
  | {_MOUTH} {_NOSE} [:;=8] [<>]?             # or its mouth
  | <[^>\s]+>
  | -+> | <-+                                 # arrows
  | [^\W\d_] (?: [^\W\d_] | ['-] )+ [^\W\d_]  # a word, with apostrophes and hyphens inside
  | \w+
  | \. (?: \s* \. )+
  | \S
"""

_LONG_RUN = re.compile(r"([^\w\s]|_)\1{3,}")
_STOP_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_EYES_BEFORE_WORD = re.compile(r"([:;=])(?=[^\W\d_]{2})")
_NUMERIC = re.compile(r"[+-]?\d[\d.,:/-]*[+-]?")
_DOTS = re.compile(r"\.[\s.]*\.")
_ENTITY = re.compile(r"&#?[0-9A-Za-z]{1,24};")


@cache
def _patterns() -> tuple[Any, Any, Any]:
    import regex

    flags = regex.VERBOSE | regex.IGNORECASE
    special, ordinary = (regex.compile(pattern, flags) for pattern in (_SPECIAL, _ORDINARY))
    return special, regex.compile(_HASHTAG_WORDS), ordinary


@cache
def _repair() -> Callable[[str], str]:
    import ftfy

    # Normalisation is left to the bounded pieces: Python's takes quadratic time on a long run of
    # combining marks.
    config = ftfy.TextFixerConfig(unescape_html=False, normalization=None, explain=False)
    return lambda text: ftfy.fix_text(text, config)


def tokenize_tweet(text: str) -> list[str]:
    """The tokens of a tweet, in order; [] where it holds nothing but space. Any str will do."""
    return tokens_of(text, _words_of)


def tokens_of(text: str, words_of: Callable[[str], tuple[str, ...] | list[str]]) -> list[str]:
    """The tokens of a text of which `words_of` splits one stretch without white space."""
    return _without_long_runs([*chain.from_iterable(map(words_of, stretches(readable(text))))])


def readable(text: str) -> str:
    """The text with wrong decodings, HTML entities, curly quotes and `\\n` in letters put right."""
    if "\\n" in text:
        text = text.replace("\\n", " ")
    if "&" in text:
        # Twice: tweets come with entities escaped a second time (`&amp;lt;3`).
        text = _ENTITY.sub(_unescaped, _ENTITY.sub(_unescaped, text))
    if text.isascii():
        return text
    return _repair()(text.encode("utf-8", "ignore").decode("utf-8"))


def _unescaped(entity: re.Match[str]) -> str:
    import html

    return html.unescape(entity[0])


def stretches(text: str) -> list[str]:
    """The stretches of a text between white space, none longer than `LONGEST_WORD`."""
    words = text.split()
    if max(map(len, words), default=0) <= LONGEST_WORD:
        return words
    return [*chain.from_iterable(map(_cut, words))]


def _cut(word: str) -> list[str]:
    if len(word) <= LONGEST_WORD:
        return [word]
    parts = re.sub(r"https?://[!-~]+", f" {URL} ", word).split()
    starts = ((part, range(0, len(part), LONGEST_WORD)) for part in parts)
    return [part[start : start + LONGEST_WORD] for part, every in starts for start in every]


def split_special(word: str, split_rest: Split) -> list[str]:
    """One stretch of text into tokens: placeholders, hashtags and symbols here, the rest by
    `split_rest`, which gets lower-case text without digits."""
    if word in PLACEHOLDERS:
        return [word]
    if word.lower() in EMOTICONS:
        return [word.lower()]
    tokens: list[str] = []
    end = 0
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word)
    for found in _patterns()[0].finditer(word):
        tokens += _split_rest(word[end : found.start()], split_rest)
        tokens += _special(found.lastgroup, found[0])
        end = found.end()
    return tokens + _split_rest(word[end:], split_rest)


def squeeze(text: str) -> str:
    """The text with a letter that comes three times or more in a row left twice."""
    return _REPEATED_LETTER.sub(r"\1\1", text)


def _words_of(word: str) -> tuple[str, ...] | list[str]:
    if len(word) > _REMEMBERED:
        return split_special(word, _split_english)
    return _remembered(word)


@lru_cache(maxsize=2**15)
def _remembered(word: str) -> tuple[str, ...]:
    if word.isascii() and word.isalpha():
        return (squeeze(word.lower()),)
    return tuple(split_special(word, _split_english))


def _special(kind: str, found: str) -> list[str]:
    placeholders = {"url": URL, "email": EMAIL, "user": USER, "number": NUMBER, "keycap": NUMBER}
    if kind in placeholders:
        return [placeholders[kind]]
    if kind == "emoji":
        plain = plain_emoji(found)
        return [plain] if plain else []
    if kind == "heart":
        return ["</3" if "/" in found else "<3"]
    if kind == "hashtag":
        return ["#", *_hashtag_words(found.lstrip("#"))]
    return _with_digits(found.lower())


def _hashtag_words(tag: str) -> list[str]:
    pieces = _patterns()[1].findall(tag)
    letters = [piece for piece in pieces if not piece[0].isdigit()]
    # Capitals put anywhere (#sOmEtHiNg) say nothing about where words end.
    if len(letters) > 2 and sum(map(len, letters)) < 2 * len(letters):
        pieces = re.findall(r"\d+|[^\W\d_]+", tag)
    return [NUMBER if piece[0].isdigit() else squeeze(piece.lower()) for piece in pieces]


def _with_digits(word: str) -> list[str]:
    if word in _SPELLED_OUT:
        return [_SPELLED_OUT[word]]
    pieces = re.findall(r"\d+|\D+", word)
    return [NUMBER if piece[0].isdigit() else squeeze(piece) for piece in pieces]


def _split_rest(text: str, split: Split) -> list[str]:
    if not text:
        return []
    text = squeeze(text.lower().replace("_", " "))
    return [plain for token in split(text) if (plain := _plain(token))]


def _split_english(text: str) -> list[str]:
    text = _STOP_BETWEEN_WORDS.sub(" . ", text)
    text = _EYES_BEFORE_WORD.sub(r" \1 ", text)
    tokens: list[str] = _patterns()[2].findall(_LONG_RUN.sub(r"\1\1\1", text))
    return tokens


def _plain(token: str) -> str:
    """The token in its one form; "" for one that cannot be seen."""
    if _NUMERIC.fullmatch(token):
        return NUMBER
    if _DOTS.fullmatch(token):
        return "..."
    if token.isalpha() or (token.isascii() and token.isprintable()):
        return token
    return "".join(char for char in plain_emoji(token) if char.isprintable())


def _without_long_runs(tokens: list[str]) -> list[str]:
    if not any(map(eq, tokens, islice(tokens, 1, None))):
        return tokens
    kept: list[str] = []
    for token in tokens:
        if kept[-REPEATS:] != [token] * REPEATS:
            kept.append(token)
    return kept
