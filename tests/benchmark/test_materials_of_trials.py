"""What a trial learns from, and what it is scored on."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from emocli.benchmark.materials import checksums, learning_data, scoring_data
from emocli.benchmark.suite import DataSpec
from emocli.benchmark.trials import Trial, Variant
from emocli.data.examples import LabelledData
from emocli.errors import UsageError

LABELS = ("anger", "joy", "sadness")


@pytest.fixture
def trial(data: DataSpec) -> Trial:
    return Trial("mini", "DATN-2", "datn2", {}, data, {}, seed=1)


def texts(data: LabelledData) -> list[str]:
    return [example.text for example in data.examples]


def test_a_trial_learns_from_train_dev_and_the_roles_that_its_method_has(trial: Trial) -> None:
    learning = learning_data(trial)
    assert (len(learning.train.examples), len(learning.dev.examples)) == (8, 3)
    assert texts(learning.roles["source"])[0] == "happy and good"
    assert learning_data(replace(trial, method="bilstm")).roles == {}


def test_nothing_that_is_learnt_from_needs_the_test_file(trial: Trial) -> None:
    Path(trial.data.test or "").unlink()
    learning_data(trial)
    with pytest.raises(UsageError):
        scoring_data(trial, LABELS)


def test_a_trial_is_scored_on_test(trial: Trial) -> None:
    data, role = scoring_data(trial, LABELS)
    assert (texts(data)[0], len(data.examples), role) == ("so happy today", 4, "test")


def test_dev_stands_in_for_a_test_that_is_not_there(trial: Trial) -> None:
    data, role = scoring_data(replace(trial, data=replace(trial.data, test=None)), LABELS)
    assert (len(data.examples), role) == (3, "dev")


@pytest.mark.real_data
def test_dev_stands_in_for_a_test_whose_labels_are_withheld(trial: Trial) -> None:
    if not os.environ.get("EMOCLI_DATA"):
        pytest.skip("EMOCLI_DATA does not name a folder of published data")
    tweets = replace(trial, data=DataSpec(name="E-c", train="semeval2018-ec"))
    data, role = scoring_data(tweets, learning_data(tweets).train.labels)
    assert (data.name, role) == ("semeval2018-ec:dev", "dev")


def test_a_file_needs_dev_texts(trial: Trial) -> None:
    with pytest.raises(UsageError) as caught:
        learning_data(replace(trial, data=replace(trial.data, dev=None)))
    assert str(caught.value) == (
        f"{trial.data.train}: a file has no dev data of its own; they choose the best epoch and "
        "the thresholds. Give the data 'moods' a dev file of other texts."
    )


def test_a_limit_is_that_of_each_part(trial: Trial) -> None:
    few = replace(trial, variant=Variant(limit=2))
    learning = learning_data(few)
    parts = (learning.train, learning.dev, learning.roles["source"], scoring_data(few, LABELS)[0])
    assert [len(part.examples) for part in parts] == [2, 2, 2, 2]


def test_the_size_of_the_source_is_that_of_the_other_roles_alone(trial: Trial) -> None:
    learning = learning_data(replace(trial, source_size=3))
    assert (len(learning.train.examples), len(learning.roles["source"].examples)) == (8, 3)


def test_folds_are_made_of_every_labelled_text(trial: Trial) -> None:
    tested = []
    for fold in range(3):
        folded = replace(trial, fold=fold, variant=Variant(n_folds=3))
        learning, (test, role) = learning_data(folded), scoring_data(folded, LABELS)
        seen = {*texts(learning.train), *texts(learning.dev)}
        tested += texts(test)
        assert role == "test"
        assert len(learning.train.examples) + len(learning.dev.examples) + len(test.examples) == 15
        # Of the words of the fixture only this text stands in two files.
        assert seen & set(texts(test)) <= {"so happy today"}
    assert len(tested) == 15


def test_checksums_are_those_of_every_part(trial: Trial) -> None:
    found = checksums(trial.data)
    assert set(found) == {"train", "dev", "test", "source"}
    with Path(trial.data.train).open("a", encoding="utf-8") as stream:
        stream.write("one more,joy\n")
    assert {part for part, digest in checksums(trial.data).items() if found[part] != digest} == {
        "train"
    }
