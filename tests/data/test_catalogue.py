"""The catalogue is whole and consistent, light to import, and true to the published files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from emocli.data.catalogue import BUILTIN, Dataset, datasets
from emocli.data.labelled import read_labelled
from emocli.data.registry import locate
from emocli.data.verification import verify
from emocli.errors import UsageError

NAMES = (
    "semeval2018-ec",
    "semeval2018-ei-reg",
    "goemotions",
    "isear",
    "emotion-dair",
    "brighter-chn",
    "ren-cecps",
    "ren-cecps-sentiment",
    "semeval-sentiment-4a",
    "semeval-sentiment-4b",
    "sentiment140",
    "kaggle-twitter-sentiment",
    "jigsaw",
    "sample",
    "sample-sentiment",
)
PAPERS = {"datn", "common-space", "bert-variants", "fine-grained", "bert-family"}

every_dataset = pytest.mark.parametrize("dataset", BUILTIN, ids=lambda one: one.name)


def test_the_catalogue_holds_the_data_sets_of_the_five_papers_and_the_sample() -> None:
    assert tuple(datasets()) == NAMES
    assert {paper for dataset in BUILTIN for paper in dataset.papers} == PAPERS


@every_dataset
def test_every_data_set_says_its_terms_citation_and_page(dataset: Dataset) -> None:
    assert dataset.licence
    assert dataset.terms.endswith(".")
    assert re.search(r"\(\d{4}\)|Kaggle", dataset.citation)
    if dataset.bundled is None:
        assert dataset.homepage.startswith(("http://", "https://"))
    assert dataset.title == dataset.title.strip()


@every_dataset
def test_every_published_file_has_an_address_or_the_data_set_says_how_to_get_it(
    dataset: Dataset,
) -> None:
    sources = [file.source for file in dataset.editions[0].files]
    assert all(sources) or (not any(sources) and dataset.how)


@every_dataset
def test_checksums_are_sha_256(dataset: Dataset) -> None:
    found = [sum for edition in dataset.editions for file in edition.files for sum in file.sha256]
    found += [file.source.sha256 or "" for file in dataset.editions[0].files if file.source]
    assert all(re.fullmatch(r"[0-9a-f]{64}|", checksum) for checksum in found)


@every_dataset
def test_every_data_set_can_be_trained_on_and_be_a_source(dataset: Dataset) -> None:
    assert len(set(dataset.labels)) == len(dataset.labels) >= 2
    assert dataset.split_for("train") in dataset.splits
    assert dataset.split_for("source") in dataset.splits


def test_the_roles_of_the_sentiment_tweets_are_the_splits_of_2016() -> None:
    tweets = datasets()["semeval-sentiment-4a"]
    assert [tweets.split_for(role) for role in ("train", "dev", "test", "source")] == [
        "2016-train",
        "2016-dev",
        "2016-test",
        "s1",
    ]
    assert tweets.splits["s1"].size == 28_632


def test_a_role_without_a_split_names_the_splits_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        datasets()["kaggle-twitter-sentiment"].split_for("dev")
    assert str(caught.value) == (
        "data set 'kaggle-twitter-sentiment' has no dev split; choose one of its splits, "
        "as in kaggle-twitter-sentiment:train. Splits: train."
    )


def test_an_unknown_split_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        datasets()["goemotions"].check_split("tran")
    assert str(caught.value) == (
        "data set 'goemotions' has no split 'tran': did you mean 'train'? Splits: train, dev, test."
    )


def test_the_size_of_a_split_is_known_from_its_files_unless_it_is_a_part_of_them() -> None:
    known = datasets()
    assert known["goemotions"].splits["train"].size == 43_410
    assert known["isear"].splits["dev"].size == 786
    assert known["semeval-sentiment-4b"].splits["2015-test"].size == 1_127
    assert known["ren-cecps"].splits["train"].size is None
    assert known["jigsaw"].splits["train"].size is None


def test_the_catalogue_is_imported_without_any_heavy_library() -> None:
    script = (
        "import sys, emocli.data.labelled, emocli.data.downloads\n"
        "heavy = {'torch', 'transformers', 'numpy', 'pyarrow', 'regex', 'xml.etree.ElementTree'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.real_data
@pytest.mark.skipif("EMOCLI_DATA" not in os.environ, reason="EMOCLI_DATA names no folder")
@pytest.mark.parametrize(("split", "most"), [("train", "0.973"), ("dev", "0.610")])
def test_the_rows_of_a_tweet_with_several_emotions_cannot_all_be_answered_rightly(
    split: str, most: str
) -> None:
    found = read_labelled(f"semeval2018-ei-reg:{split}")
    labels: dict[str, Counter[str]] = {}
    for example in found.examples:
        labels.setdefault(example.text, Counter()).update(example.labels)
    right = sum(max(counts.values()) for counts in labels.values())
    assert f"{right / len(found.examples):.3f}" == most
    assert found.notes[-1].endswith(f"accuracy is {most} at most")


@pytest.mark.real_data
@pytest.mark.skipif("EMOCLI_DATA" not in os.environ, reason="EMOCLI_DATA names no folder")
@every_dataset
def test_the_published_files_are_read_whole_and_known_by_their_checksums(dataset: Dataset) -> None:
    folder = locate(dataset)
    if folder is None:
        pytest.skip(f"{dataset.name} is not in EMOCLI_DATA")
    report = verify(dataset, folder)
    assert report.problems == ()
    assert [check.name for check in report.checks if not check.published] == []
    assert all(warning.startswith("not there") for warning in report.warnings)
    published = next(one for one in dataset.editions if one.name == report.edition)
    for name in report.splits:
        found = read_labelled(f"{dataset.name}:{name}")
        size = published.splits[name].size
        assert size in (None, len(found.examples))
        assert found.labelled is (f"{dataset.name}:{name}" != "semeval2018-ec:test")
        assert found.labels == dataset.labels
        if "sentiment-4" in dataset.name:
            assert not any("\\u20" in one.text or '""""' in one.text for one in found.examples)
        if dataset.exclusive:
            assert {len(example.labels) for example in found.examples} == {1}
