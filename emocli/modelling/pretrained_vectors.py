"""Word vectors from published files: word2vec's text and binary layouts, GloVe's text layout.

A file may be packed with gzip. Text has one word and its numbers a line, with or without a first
line that says how many words and numbers there are; binary always has that line. Files are read
from the beginning to the end once, and only the wanted rows are kept.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from emocli.data.byte_streams import open_file
from emocli.data.emojis import plain_emoji
from emocli.errors import DataError, EmocliError

Vector = npt.NDArray[np.float32]
_CHUNK = 2**20
_LONGEST_WORD = 2000
_SNIFFED = 2**16


@dataclass(frozen=True)
class VectorFile:
    """What a file held of the wanted words: each with its vector (width,) float32."""

    vectors: dict[str, Vector]
    width: int


def read_vectors(path: Path, wanted: Collection[str]) -> VectorFile:
    """The vectors of the wanted words.

    A word that the file writes only in another case has that row's vector, the first one's;
    an emoji that it writes with a variation selector or skin tone likewise.

    Raises:
        UsageError: there is no such file.
        EmocliError: it cannot be read.
        DataError: the file is damaged, or no file of word vectors.
    """
    keep = _Wanted(wanted)
    width = _read(path, keep)
    return VectorFile(keep.vectors(), width)


def read_words(path: Path, most: int) -> list[str]:
    """The first words of a file, at most `most`; published files begin with the most frequent.

    Raises:
        UsageError, EmocliError, DataError: as for `read_vectors`.
    """
    keep = _Names(most)
    _read(path, keep)
    return keep.names


class _Keep(Protocol):
    def row(self, word: bytes, vector: Callable[[], Vector]) -> None:
        """Take notice of a word; `vector` reads its numbers."""


class _Names:
    """The first words."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.names: list[str] = []

    def row(self, word: bytes, vector: Callable[[], Vector]) -> None:
        if len(self.names) < self._most:
            self.names.append(word.decode("utf-8", "replace"))


class _Wanted:
    """The rows that are wanted, exact spellings before others."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = {word.encode("utf-8", "replace"): word for word in wanted}
        self._exact: dict[str, Vector] = {}
        self._other: dict[str, Vector] = {}

    def row(self, word: bytes, vector: Callable[[], Vector]) -> None:
        exact = self._wanted.get(word)
        if exact is not None:
            self._exact.setdefault(exact, vector())
            return
        other = self._wanted.get(word.lower() if word.isascii() else _plain(word))
        if other is not None and other not in self._other:
            self._other[other] = vector()

    def vectors(self) -> dict[str, Vector]:
        return self._other | self._exact


def _read(path: Path, keep: _Keep) -> int:
    """Show `keep` every row; the width of the vectors."""
    try:
        with _opened(path) as stream:
            read = _read_binary if _is_binary(path, stream) else _read_text
            return read(path, stream, keep)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(path, None, f"is damaged: {error}; fetch it again") from error
    except OSError as error:
        raise EmocliError(f"{path}: cannot be read: {error.strerror or error}") from error


def _plain(word: bytes) -> bytes:
    return plain_emoji(word.decode("utf-8", "replace")).lower().encode("utf-8")


def _opened(path: Path) -> IO[bytes]:
    open_file(path).close()  # says in words what is no file
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _is_binary(path: Path, stream: Any) -> bool:
    """Whether what follows the first line is packed numbers; reads nothing."""
    ahead = cast(BufferedReader, stream).peek(_SNIFFED)[:_SNIFFED]
    header, _, rest = ahead.partition(b"\n")
    if not ahead:
        raise DataError(path, None, "is empty; expected word vectors")
    if _header(header) is None:
        return False
    line = rest.partition(b"\n")[0].rstrip()
    _, _, numbers = line.partition(b" ")
    return not numbers.isascii() or not all(map(_is_number, numbers.split()[:-1]))


def _header(line: bytes) -> tuple[int, int] | None:
    """(words, width) of a first line that says them; None for any other line."""
    parts = line.split()
    if len(parts) == 2 and all(part.isdigit() for part in parts) and int(parts[1]) > 0:
        return int(parts[0]), int(parts[1])
    return None


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read_text(path: Path, stream: IO[bytes], keep: _Keep) -> int:
    """Read the text layout; the width of its vectors."""
    first = next(stream)
    said = _header(first)
    width = said[1] if said else len(first.split()) - 1
    if width < 1:
        raise DataError(path, 1, "holds no numbers; expected a word and its vector")
    n_words = 0
    if said is None:
        _text_row(path, 1, first, width, keep)
        n_words = 1
    for number, line in enumerate(stream, start=2):
        _text_row(path, number, line, width, keep)
        n_words += 1
    if said and n_words != said[0]:
        raise DataError(
            path, None, f"is cut off or damaged: {said[0]} words announced, {n_words} found"
        )
    return width


def _text_row(path: Path, number: int, line: bytes, width: int, keep: _Keep) -> None:
    # From the right: some of GloVe's words hold spaces.
    word, *parts = line.rsplit(None, width) or [b""]
    if len(parts) < width:
        raise DataError(path, number, f"has {len(parts)} numbers; expected {width}")
    keep.row(word, lambda: _numbers(path, number, parts))


def _numbers(path: Path, number: int, parts: Sequence[bytes]) -> Vector:
    try:
        vector = np.array([float(part) for part in parts], dtype=np.float32)
    except ValueError:
        wrong = next(part for part in parts if not _is_number(part))
        shown = wrong.decode("utf-8", "replace")
        raise DataError(path, number, f"has '{shown}' where a number is expected") from None
    if not np.isfinite(vector).all():
        raise DataError(path, number, "has a number that is not finite")
    return vector


def _read_binary(path: Path, stream: IO[bytes], keep: _Keep) -> int:
    """Read the binary layout; the width of its vectors."""
    said = _header(next(iter(stream)))
    n_words, width = said if said else (0, 0)
    for number, (word, packed) in enumerate(_binary_rows(path, stream, n_words, width), start=1):
        keep.row(word, lambda packed=packed, number=number: _unpacked(path, number, packed))  # type: ignore[misc]
    return width


def _unpacked(path: Path, number: int, packed: bytes) -> Vector:
    vector = np.frombuffer(packed, dtype="<f4").astype(np.float32)
    if not np.isfinite(vector).all():
        raise DataError(path, None, f"word {number} has a number that is not finite")
    return vector


def _binary_rows(
    path: Path, stream: IO[bytes], n_words: int, width: int
) -> Iterator[tuple[bytes, bytes]]:
    size = 4 * width
    held, at = b"", 0
    for number in range(1, n_words + 1):
        space = held.find(b" ", at)
        while space < 0 or len(held) < space + 1 + size:
            if (space - at if space >= 0 else len(held) - at) > _LONGEST_WORD:
                raise DataError(path, None, f"word {number} does not end: no word2vec file")
            more = stream.read(_CHUNK)
            if not more:
                raise DataError(
                    path, None, f"is cut off at word {number} of {n_words}; fetch it again"
                )
            held, at = held[at:] + more, 0
            space = held.find(b" ")
        # word2vec itself ends a vector with a line feed, gensim does not.
        yield held[at:space].lstrip(b"\n"), held[space + 1 : space + 1 + size]
        at = space + 1 + size
