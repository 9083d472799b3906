"""Text to the numbers a model reads, and the file that keeps how.

`tokenizer.json` in a model folder names its kind; each kind is one class here or elsewhere.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any

from emocli.data.chinese import segment_chinese
from emocli.data.tweets import PLACEHOLDERS, tokenize_tweet
from emocli.errors import DataError, unknown
from emocli.modelling.pieces import Pieces, letter_groups
from emocli.modelling.vocabulary import count_words, log_shares, storable
from emocli.paths import whole_file

FILE = "tokenizer.json"
FORMAT = 1
MAX_LENGTH = 256
CONTROLS = PAD, UNKNOWN, EMPTY = "<pad>", "<unknown>", "<empty>"
SPECIALS = (*CONTROLS, *PLACEHOLDERS)
LANGUAGES: dict[str, Callable[[str], list[str]]] = {
    "en": tokenize_tweet,
    "zh": segment_chinese,
    "segmented": str.split,
}
KINDS = {
    "pretrained": "emocli.modelling.pretrained_tokenizer:PretrainedTokenizer",
    "words": "emocli.modelling.tokenizer:WordTokenizer",
}
_REMEMBERED = 2**16


class Tokenizer(ABC):
    """Text to ids and back."""

    pad: int = 0
    """The id that fills a batch up; no text is ever encoded to it."""

    max_length: int = MAX_LENGTH
    """Most tokens of a text that the model reads."""

    shortest: int = 1
    """The least `max_length` that holds anything of a text."""

    def encode(self, text: str, max_length: int | None = None) -> list[int]:
        """The ids of a text, at least one and at most `max_length`: the first of its windows."""
        return self.windows(text, max_length, most=1)[0]

    @abstractmethod
    def windows(
        self, text: str, max_length: int | None = None, *, most: int | None = None
    ) -> list[list[int]]:
        """The ids of a text, cut where there are more than `max_length`; at least one window.

        Args:
            max_length: most ids of a window, marks included; None: the tokenizer's own.
            most: how many windows are of use; behind these, one may stand for all others.
        """

    def weights(self, windows: Sequence[Sequence[int]]) -> Sequence[float]:
        """How much each of a text's windows counts in its answer, (n_windows,): by its ids."""
        return [len(ids) for ids in windows]

    @abstractmethod
    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The token of each id."""

    @abstractmethod
    def __len__(self) -> int:
        """How many ids there are: 0 to this, exclusive."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write `tokenizer.json`, and what else it needs, into the folder."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> Tokenizer:
        """The tokenizer that `save` wrote; `settings` is what its `tokenizer.json` holds."""


class WordTokenizer(Tokenizer):
    """Words of a vocabulary; any other word as the known words it comes down to (`pieces.py`)."""

    def __init__(
        self,
        words: Sequence[tuple[str, float]],
        language: str = "en",
        max_length: int = MAX_LENGTH,
    ) -> None:
        """`words`: each with its log probability in nats; the special tokens come before them.

        Raises:
            UsageError: the language is unknown.
            ValueError: a word comes twice, or is a special token.
        """
        if language not in LANGUAGES:
            raise unknown("language", language, LANGUAGES)
        self.language = language
        self.max_length = max_length
        self.words = tuple(words)
        self.vocabulary: tuple[str, ...] = (*SPECIALS, *(word for word, _ in words))
        self._ids = {token: index for index, token in enumerate(self.vocabulary)}
        if len(self._ids) < len(self.vocabulary):
            raise ValueError("a word of the vocabulary comes twice or is a special token")
        for control in (PAD, UNKNOWN, EMPTY):
            del self._ids[control]  # no text spells them
        self._pieces = Pieces(dict(words), stemming=language == "en")
        self._cuts: dict[str, tuple[int, ...]] = {}

    @classmethod
    def build(
        cls,
        texts: Iterable[str],
        language: str = "en",
        min_count: int = 2,
        max_words: int | None = None,
        max_length: int = MAX_LENGTH,
        names: bool = True,
        more_words: Iterable[str] = (),
    ) -> WordTokenizer:
        """A tokenizer of the words in at least `min_count` different texts.

        Which words it leaves out, and why, says `vocabulary.py`; without `names`, also rare words
        that are written as names are. `more_words` follow, as rare as
        words can be. `max_words` keeps the first of all these, beside which come the pieces for
        unseen words (`pieces.py`).

        Raises:
            UsageError: the language is unknown.
        """
        if language not in LANGUAGES:
            raise unknown("language", language, LANGUAGES)
        counts, letters = count_words(texts, LANGUAGES[language], min_count, names=names)
        rare = {word: 1 for word in more_words if word not in counts and storable(word)}
        words = log_shares(dict(islice((counts | rare).items(), max_words)))
        pieces = letter_groups((word for word, _ in words), letters)
        return cls([*words, *pieces], language, max_length)

    def windows(
        self, text: str, max_length: int | None = None, *, most: int | None = None
    ) -> list[list[int]]:
        """The ids of a text; a text without tokens is the one id of `<empty>`."""
        longest = self.max_length if max_length is None else max_length
        tokens = LANGUAGES[self.language](text)
        if len(self._cuts) >= _REMEMBERED:
            self._cuts = {}  # a new one: another thread may be reading from this one
        cuts = self._cuts
        for token in set(tokens).difference(cuts):
            cuts[token] = self.ids_of(token)
        ids = [*chain.from_iterable(map(cuts.__getitem__, tokens))]
        ids = ids or [SPECIALS.index(EMPTY)]
        return [ids[start : start + longest] for start in range(0, len(ids), longest)]

    def ids_of(self, token: str) -> tuple[int, ...]:
        """The ids that stand for one token, at least one."""
        pieces = (token,) if token in self._ids else self._pieces.cut(token)
        return tuple(self._ids[piece] for piece in pieces) or (SPECIALS.index(UNKNOWN),)

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The token of each id."""
        return [self.vocabulary[index] for index in ids]

    def __len__(self) -> int:
        return len(self.vocabulary)

    def save(self, folder: Path) -> None:
        """Write `tokenizer.json` into the folder."""
        settings = {
            "format": FORMAT,
            "kind": "words",
            "language": self.language,
            "max_length": self.max_length,
            "tokens": self.words,
        }
        with whole_file(folder / FILE) as stream:
            json.dump(settings, stream, ensure_ascii=False, separators=(",", ":"))
            stream.write("\n")

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> WordTokenizer:
        """The tokenizer that `save` wrote."""
        words = [(str(word), float(score)) for word, score in settings["tokens"]]
        if settings["language"] not in LANGUAGES:
            raise ValueError(f"language is {settings['language']!r}")
        return cls(words, settings["language"], int(settings["max_length"]))


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model folder.

    Raises:
        DataError: `tokenizer.json` is missing, damaged or of another version.
    """
    path = folder / FILE
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        kind, version = str(settings["kind"]), settings["format"]
    except FileNotFoundError:
        raise DataError(path, None, "is missing: the model folder is not complete") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(path, None, f"is not a tokenizer's file: {_fault(error)}") from None
    if version != FORMAT or kind not in KINDS:
        raise DataError(
            path,
            None,
            f"has kind '{kind}', format {version}; this emocli reads format {FORMAT} of: "
            f"{', '.join(sorted(KINDS))}; a newer emocli may read it",
        )
    module, name = KINDS[kind].split(":")
    kind_of_tokenizer: type[Tokenizer] = getattr(import_module(module), name)
    try:
        tokenizer = kind_of_tokenizer.load(folder, settings)
        if tokenizer.max_length < 1:
            raise ValueError(f"max_length is {tokenizer.max_length}")
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(path, None, f"is damaged: {_fault(error)}") from None
    return tokenizer


def _fault(error: Exception) -> str:
    """What is wrong with a file's content, in words."""
    return f"there is no {error}" if isinstance(error, KeyError) else str(error)
