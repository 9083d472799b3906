"""A vector for each word of a vocabulary: from a file, from a pretrained encoder, or random."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from emocli.data.byte_streams import open_file
from emocli.data.emojis import is_emoji, symbol_words
from emocli.data.tweets import EMAIL, NUMBER, URL, USER
from emocli.errors import UsageError
from emocli.modelling.encoders import encode_phrases, encoder_words
from emocli.modelling.pieces import MARK, Pieces, groups_of
from emocli.modelling.pretrained_vectors import read_vectors, read_words
from emocli.modelling.tokenizer import CONTROLS
from emocli.paths import path_of
from emocli.reporting import SILENT, Reporter

ENCODER = "encoder:"
RANDOM = "random"
SCALE = 1.0
"""Root mean square of one component of vectors that have no scale of their own. With bilstm on E-c
dev, frozen vectors and one seed, 1.0 gave a Jaccard of 0.584, 0.3 gave 0.574 and 3.0 gave 0.578."""

_SPOKEN = {USER: "user", URL: "link", EMAIL: "mail", NUMBER: "number"}


@dataclass(frozen=True)
class WordVectors:
    """The vectors of a vocabulary.

    Attributes:
        vectors: (n_tokens, width) float32; the control tokens' rows are 0.
        coverage: the share of words that the source knows, in [0, 1].
        missing: how many words it does not know; theirs are made of other words'.
    """

    vectors: Tensor
    coverage: float
    missing: int


def load_word_vectors(
    source: str,
    vocabulary: Sequence[str],
    width: int,
    *,
    seed: int,
    emoji_vectors: Path | None = None,
    reporter: Reporter = SILENT,
) -> WordVectors:
    """The vectors of a vocabulary, its most frequent words first, `width` wide.

    `source` is `random`, the path of a file (`pretrained_vectors.py`) or `encoder:` and a folder or
    a name (`encoders.py`). An encoder reads each word alone, an emoji by its name; its vectors are
    centred, reduced to `width` by principal components and scaled to `SCALE`. A file's are taken as
    they are. `emoji_vectors` is a file of emoji's own (emoji2vec): wider ones are reduced, and all
    are scaled to the length that words have. Only beside the words they were made with do they
    share a space.

    A word that the source does not know has the mean of what it comes down to (`pieces.py`); a
    piece that stands for part of a word has the mean of the words that hold it, short where those
    disagree. `seed` only matters where a vector is random.

    Raises:
        UsageError: the source's vectors are of another width, or there is no such file.
        EmocliError, DataError: the source is not there or damaged.
    """
    words = [word for word in vocabulary if word not in CONTROLS and not word.startswith(MARK)]
    generator = torch.Generator().manual_seed(seed)
    if source == RANDOM:
        known = dict(zip(words, _random(len(words), width, generator), strict=True))
    elif source.startswith(ENCODER):
        known = _from_encoder(source.removeprefix(ENCODER), words, width, reporter)
    else:
        known = _from_file(_file(source), words, width)
    if emoji_vectors is not None:
        lengths = torch.stack(list(known.values())) if known else torch.zeros(0)
        known |= _from_emoji_file(emoji_vectors, words, width, _rms(lengths) or SCALE)
    missing = [word for word in words if word not in known]
    coverage = 1 - len(missing) / max(len(words), 1)
    return WordVectors(_complete(vocabulary, known, width, generator), coverage, len(missing))


def words_of(source: str, most: int) -> list[str]:
    """Words that a source of vectors knows, its most frequent first, at most `most`, lower case.

    Raises:
        UsageError: there is no such file.
        EmocliError, DataError: the source is not there or damaged.
    """
    if source == RANDOM:
        return []
    if source.startswith(ENCODER):
        return encoder_words(source.removeprefix(ENCODER))[:most]
    return list(dict.fromkeys(map(str.lower, read_words(_file(source), most))))


def spoken(word: str) -> str:
    """The word as an encoder reads it: a symbol or placeholder by its name."""
    return _SPOKEN.get(word) or " ".join(symbol_words(word)) or word


def reduce(vectors: Tensor, width: int) -> Tensor:
    """(n, width) float32: `vectors` (n, any), centred, on their first principal components.

    Each component's sign makes the largest of its weights positive, so that the same vectors are
    reduced to the same everywhere.

    Raises:
        ValueError: the vectors are narrower than `width`.
    """
    if vectors.shape[1] < width:
        raise ValueError(f"vectors of width {vectors.shape[1]} cannot be reduced to {width}")
    exact = vectors.double()
    centred = exact - exact.mean(0)
    axes = torch.linalg.eigh(centred.T @ centred)[1].flip(1)[:, :width]  # (any, width)
    largest = axes.abs().argmax(0, keepdim=True)
    axes = axes * axes.gather(0, largest).sign()
    reduced: Tensor = (centred @ axes).float()
    return reduced  # (n, width)


def _from_encoder(name: str, words: list[str], width: int, reporter: Reporter) -> dict[str, Tensor]:
    encoded = encode_phrases(name, [spoken(word) for word in words], reporter)
    if encoded.shape[1] < width:
        raise _other_width(f"the encoder '{name}'", encoded.shape[1], width, "at most ")
    reduced = reduce(encoded, width)
    scaled = reduced * (SCALE / max(_rms(reduced), 1e-12))
    return dict(zip(words, scaled, strict=True))


def _file(source: str) -> Path:
    path = path_of(source)
    try:
        open_file(path).close()
    except UsageError as error:
        raise UsageError(
            f"{error}; give '{RANDOM}', a file of word vectors, or {ENCODER}NAME."
        ) from error
    return path


def _from_file(path: Path, words: list[str], width: int) -> dict[str, Tensor]:
    names = {word: spoken(word).split() for word in words}
    parts = {part for name in names.values() for part in name}
    found = read_vectors(path, {*words, *parts})
    if found.width != width:
        raise _other_width(str(path), found.width, width)
    vectors = {word: torch.from_numpy(vector) for word, vector in found.vectors.items()}
    for word, name in names.items():
        rows = [vectors[part] for part in name if part in vectors]
        if word not in vectors and len(rows) == len(name):
            vectors[word] = torch.stack(rows).mean(0)
    return {word: vectors[word] for word in words if word in vectors}


def _from_emoji_file(path: Path, words: list[str], width: int, scale: float) -> dict[str, Tensor]:
    found = read_vectors(path, [word for word in words if is_emoji(word)])
    if found.width < width:
        raise _other_width(str(path), found.width, width, "at most ")
    if not found.vectors:
        return {}
    vectors = torch.stack([torch.from_numpy(vector) for vector in found.vectors.values()])
    if found.width > width:
        vectors = reduce(vectors, width)
    vectors = vectors * (scale / max(_rms(vectors), 1e-12))
    return dict(zip(found.vectors, vectors, strict=True))


def _complete(
    vocabulary: Sequence[str],
    known: Mapping[str, Tensor],
    width: int,
    generator: torch.Generator,
) -> Tensor:
    """(n_tokens, width): the known rows, and the rest made of them."""
    have = {**known, **_of_pieces(vocabulary, known, width)}
    # The place in the vocabulary stands in for a frequency, after Zipf.
    places = {word: -math.log(place + 10) for place, word in enumerate(vocabulary)}
    cutter = Pieces({word: places[word] for word in vocabulary if word in have}, stemming=False)
    vectors = torch.zeros(len(vocabulary), width)
    for row, word in enumerate(vocabulary):
        if word not in CONTROLS:
            rows = [have[part] for part in cutter.cut(word)] or [_random(1, width, generator)[0]]
            vectors[row] = have[word] if word in have else torch.stack(rows).mean(0)
    return vectors


def _of_pieces(
    vocabulary: Sequence[str], known: Mapping[str, Tensor], width: int
) -> dict[str, Tensor]:
    """For each piece for unseen words, the mean of the known words that hold it; 0 for none."""
    rows = {piece: row for row, piece in enumerate(w for w in vocabulary if w.startswith(MARK))}
    holding = [
        (rows[group], index)
        for index, word in enumerate(known)
        if word.isalpha()
        for group in sorted(groups_of(word) & rows.keys())
    ]
    if not holding:
        return {piece: torch.zeros(width) for piece in rows}
    pieces, holders = torch.tensor(holding).T
    sums = torch.zeros(len(rows), width).index_add_(
        0, pieces, torch.stack(list(known.values()))[holders]
    )
    counts = torch.bincount(pieces, minlength=len(rows)).clamp(min=1)
    return dict(zip(rows, sums / counts[:, None], strict=True))


def _random(n: int, width: int, generator: torch.Generator) -> Tensor:
    return torch.randn(n, width, generator=generator) * SCALE


def _rms(vectors: Tensor) -> float:
    """The root mean square of all components; 0 of none."""
    return float(vectors.square().mean().sqrt()) if vectors.numel() else 0.0


def _other_width(source: str, found: int, wanted: int, most: str = "") -> UsageError:
    return UsageError(
        f"{source} has vectors of width {found}, but the embedding width is {wanted}: "
        f"set the embedding width to {most}{found}, or give another source of vectors"
    )
