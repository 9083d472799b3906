"""The sample inside the package: its sizes and labels, and that every text is one of its own."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from emocli.data.catalogue import datasets
from emocli.data.examples import Example, LabelledData
from emocli.data.labelled import read_labelled
from emocli.data.verification import verify

SPLITS = ("sample:train", "sample:dev", "sample:test", "sample-sentiment:train")
EMOTIONS = ("anger", "fear", "joy", "love", "sadness", "surprise")
SIGNS = set("é❤️🎂🎉💃💍💔💕😂😊😍😔😘😡😢😨😭😮😱😲🙄🙏")


def every_text() -> list[str]:
    return [example.text for spec in SPLITS for example in read_labelled(spec).examples]


def counts(data: LabelledData) -> list[int]:
    """How many texts have each label, in the labels' order."""
    found = Counter(label for example in data.examples for label in example.labels)
    return [found[label] for label in data.labels]


def emotions() -> list[Example]:
    return [one for spec in SPLITS[:3] for one in read_labelled(spec).examples]


@pytest.mark.parametrize(
    ("spec", "size", "expected"),
    [
        ("sample:train", 220, [47, 41, 66, 33, 59, 34]),
        ("sample:dev", 50, [13, 9, 14, 6, 14, 8]),
        ("sample:test", 72, [12, 16, 20, 12, 20, 11]),
        ("sample-sentiment:train", 270, [92, 83, 95]),
    ],
)
def test_each_split_has_its_texts_and_labels(spec: str, size: int, expected: list[int]) -> None:
    data = read_labelled(spec)
    assert (len(data.examples), counts(data)) == (size, expected)
    assert data.notes == ()
    assert data.exclusive is spec.startswith("sample-sentiment")


def test_the_emotions_are_six_and_some_texts_have_none_or_several() -> None:
    assert read_labelled("sample").labels == EMOTIONS
    numbers = Counter(len(example.labels) for example in emotions())
    assert numbers == {0: 27, 1: 203, 2: 104, 3: 8}


def test_the_counts_in_the_samples_own_page_are_those_of_its_files() -> None:
    folder = datasets()["sample"].bundled
    assert folder is not None
    page = (folder / "README.md").read_text(encoding="utf-8")
    for spec in SPLITS[:3]:
        data = read_labelled(spec)
        none = sum(not example.labels for example in data.examples)
        several = sum(len(example.labels) > 1 for example in data.examples)
        numbers = (len(data.examples), *counts(data), none, several)
        row = " | ".join(map(str, numbers))
        assert f"| {spec.partition(':')[2]} | {row} |\n" in page


def test_no_text_occurs_twice_or_nearly_so_in_any_of_the_files() -> None:
    texts = every_text()
    bags = [set(re.findall(r"[a-z']+", text.casefold())) for text in texts]
    alike = [
        (first, second)
        for (first, words), (second, others) in combinations(zip(texts, bags, strict=True), 2)
        if len(words & others) >= 0.5 * len(words | others)
    ]
    assert alike == []


def test_every_text_is_short_on_one_line_and_of_plain_signs() -> None:
    for text in every_text():
        assert 2 <= len(text.split()) <= 40
        assert text == " ".join(text.split()) == unicodedata.normalize("NFC", text)
        # A quotation mark is a sign of the layout in files like SemEval's task A.
        assert '"' not in text
        assert [sign for sign in text if not sign.isascii() and sign not in SIGNS] == []


def test_identities_are_unique() -> None:
    found = [one.id for spec in SPLITS for one in read_labelled(spec).examples]
    assert len(found) == len(set(found)) == 612


def test_words_of_the_test_texts_occur_in_the_training_texts() -> None:
    known = {word for one in read_labelled("sample").examples for word in words_of(one)}
    asked = [word for one in read_labelled("sample:test").examples for word in words_of(one)]
    assert sum(word in known for word in asked) > 0.7 * len(asked)


def words_of(example: Example) -> list[str]:
    return re.findall(r"[a-z']+", example.text.lower())


@pytest.mark.parametrize("name", ["sample", "sample-sentiment"])
def test_the_files_are_those_on_record(name: str) -> None:
    dataset = datasets()[name]
    assert dataset.bundled is not None
    report = verify(dataset, dataset.bundled)
    assert (report.problems, report.warnings) == ((), ())
    assert [check.published for check in report.checks] == [True] * len(dataset.splits)


def test_the_files_can_be_given_by_their_paths_too() -> None:
    folder = datasets()["sample"].bundled
    assert isinstance(folder, Path)
    by_path = read_labelled(str(folder / "dev.tsv"))
    assert by_path.examples == read_labelled("sample:dev").examples
    sentiment = read_labelled(str(folder / "sentiment.tsv"))
    assert sentiment.examples == read_labelled("sample-sentiment").examples
