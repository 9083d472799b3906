"""GoEmotions: its 28 labels, the two published groupings of them, and its file format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from emocli.data.dataset import Contents
from emocli.data.examples import Example
from emocli.data.text_files import read_lines
from emocli.errors import DataError

LABELS = (
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "desire",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "excitement",
    "fear",
    "gratitude",
    "grief",
    "joy",
    "love",
    "nervousness",
    "optimism",
    "pride",
    "realization",
    "relief",
    "remorse",
    "sadness",
    "surprise",
    "neutral",
)

EKMAN: Mapping[str, tuple[str, ...]] = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        "joy",
        "amusement",
        "approval",
        "excitement",
        "gratitude",
        "love",
        "optimism",
        "relief",
        "pride",
        "admiration",
        "desire",
        "caring",
    ),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
    "neutral": ("neutral",),
}
"""Ekman's six basic emotions and neutral, each with the labels that belong to it."""

SENTIMENT: Mapping[str, tuple[str, ...]] = {
    "positive": EKMAN["joy"],
    "negative": EKMAN["anger"] + EKMAN["disgust"] + EKMAN["fear"] + EKMAN["sadness"],
    "ambiguous": EKMAN["surprise"],
    "neutral": ("neutral",),
}
"""Four sentiments, each with the labels that belong to it."""


def read_goemotions(path: Path, labels: tuple[str, ...]) -> Contents:
    """GoEmotions: `text<TAB>label indices<TAB>id`, the indices counted from 0, joined by commas.

    Raises:
        DataError: a row has other cells, or an index is none of the labels'.
    """
    examples = []
    for number, line in enumerate(read_lines(path), start=1):
        cells = line.split("\t")
        if len(cells) != 3:
            message = f"the row has {len(cells)} cells, expected 3: text<TAB>label indices<TAB>id"
            raise DataError(path, number, message)
        text, indices, identity = cells
        chosen = [_label(path, number, index, labels) for index in indices.split(",")]
        examples.append(Example(identity, text, tuple(chosen), line=number))
    return Contents(tuple(examples), len(examples))


def _label(path: Path, line: int, index: str, labels: Sequence[str]) -> str:
    cleaned = index.strip()
    if not (cleaned.isascii() and cleaned.isdigit() and int(cleaned) < len(labels)):
        message = f"label index '{cleaned}' is not a whole number from 0 to {len(labels) - 1}"
        raise DataError(path, line, message)
    return labels[int(cleaned)]
