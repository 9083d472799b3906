"""Ren-CECps 1.0: Chinese blog documents as XML, each sentence with emotions and a polarity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from emocli.data.dataset import Contents
from emocli.data.examples import Example
from emocli.data.text_files import read_text
from emocli.errors import DataError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

EMOTIONS = ("joy", "hate", "love", "sorrow", "anxiety", "surprise", "anger", "expect")
POLARITIES = {"积极": "positive", "消极": "negative", "中性": "neutral"}

_CLOSING_MARKS = "”\u2019」』》\"'"


def read_emotions(path: Path, labels: tuple[str, ...]) -> Contents:
    """The sentences of one document with every emotion whose intensity is above 0.

    Raises:
        DataError: the file is not such a document, or an intensity is no number from 0 to 1.
    """
    return _emotions(path, labels, segmented=False)


def read_segmented_emotions(path: Path, labels: tuple[str, ...]) -> Contents:
    """As `read_emotions`, the text being the corpus's own words parted by blanks."""
    return _emotions(path, labels, segmented=True)


def read_polarities(path: Path, labels: tuple[str, ...]) -> Contents:
    """The sentences of one document with their polarity; those without one are left out.

    Raises:
        DataError: the file is not such a document, or a polarity is none of the three.
    """
    return _polarities(path, labels, segmented=False)


def read_segmented_polarities(path: Path, labels: tuple[str, ...]) -> Contents:
    """As `read_polarities`, the text being the corpus's own words parted by blanks."""
    return _polarities(path, labels, segmented=True)


def _emotions(path: Path, labels: tuple[str, ...], segmented: bool) -> Contents:
    examples, left_out = [], Counter[str]()
    for place, sentence in _sentences(path):
        text = _text(sentence, segmented)
        if _is_mark(sentence):
            left_out["sentences that are blank or a lone closing quotation mark"] += 1
            continue
        felt = {label: _intensity(path, place, sentence, label) for label in labels}
        chosen = tuple(label for label, intensity in felt.items() if intensity > 0)
        examples.append(
            Example(f"{_stem(path)}-{place}", text, chosen, tuple(felt[label] for label in chosen))
        )
    return Contents(tuple(examples), len(examples) + left_out.total(), left_out)


def _polarities(path: Path, labels: tuple[str, ...], segmented: bool) -> Contents:
    examples, left_out = [], Counter[str]()
    for place, sentence in _sentences(path):
        polarity = (sentence.findtext("Polarity") or "").strip()
        if _is_mark(sentence):
            left_out["sentences that are blank or a lone closing quotation mark"] += 1
        elif not polarity:
            left_out["sentences without a polarity"] += 1
        elif POLARITIES.get(polarity) not in labels:
            known = ", ".join(POLARITIES)
            message = f"sentence {place}: polarity '{polarity}' is none of {known}"
            raise DataError(path, None, message)
        else:
            text = _text(sentence, segmented)
            examples.append(Example(f"{_stem(path)}-{place}", text, (POLARITIES[polarity],)))
    return Contents(tuple(examples), len(examples) + left_out.total(), left_out)


def _sentences(path: Path) -> Iterator[tuple[str, Element]]:
    """Each sentence with its place, `paragraph.sentence` counted from 1."""
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        root = fromstring(read_text(path))
    except ParseError as error:
        line, _ = error.position
        raise DataError(path, line, f"is not well-formed XML: {error}") from error
    if root.tag != "document":
        raise DataError(path, 1, f"the root element is <{root.tag}>, expected <document>")
    for number, paragraph in enumerate(root.iterfind("paragraph"), start=1):
        for index, sentence in enumerate(paragraph.iterfind("sentence"), start=1):
            yield f"{number}.{index}", sentence


def _is_mark(sentence: Element) -> bool:
    return not (sentence.get("S") or "").strip().strip(_CLOSING_MARKS).strip()


def _text(sentence: Element, segmented: bool) -> str:
    if not segmented:
        return (sentence.get("S") or "").strip()
    words = (sentence.findtext("Segmented_S") or "").split()
    return " ".join(word.rpartition("/")[0] or word for word in words)


def _intensity(path: Path, place: str, sentence: Element, label: str) -> float:
    cell = (sentence.findtext(label.capitalize()) or "").strip() or "0"
    try:
        intensity = float(cell)
    except ValueError:
        intensity = -1.0
    if not 0 <= intensity <= 1:
        name = label.capitalize()
        message = f"sentence {place}: {name} '{cell}' is not a number from 0 to 1"
        raise DataError(path, None, message)
    return intensity


def _stem(path: Path) -> str:
    return path.stem.strip()
