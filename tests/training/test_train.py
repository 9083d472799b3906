from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from emocli.data.examples import Example, LabelledData
from emocli.errors import EmocliError, UsageError
from emocli.modelling.labels import Labels
from emocli.modelling.reader import LongTextError, Reader
from emocli.modelling.tokenizer import WordTokenizer
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.reporting import SILENT, Reporter
from emocli.testing import sample_data
from emocli.training.distillation import Lesson
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, encode, train

Make = Callable[..., Any]

SMALL = {
    "embedding_width": 8,
    "hidden_width": 4,
    "attention_width": 4,
    "head_width": 4,
    "min_count": 1,
    "batch_size": 4,
    "epochs": 2,
}
TARGET = sample_data()
SOURCE = sample_data("source")


def learn(
    data: TrainingData, method: str = "bilstm", reporter: Reporter = SILENT, **options: Any
) -> Trained:
    found = registry().method(method)
    config = found.config_class().from_options({**SMALL, **options})
    return train(found, config, data, Settings(seed=3), reporter)


def refusal(data: TrainingData, method: str = "bilstm", **options: Any) -> EmocliError:
    with pytest.raises(EmocliError) as caught:
        learn(data, method, **options)
    return caught.value


def labelled(*rows: tuple[str, tuple[str, ...]], **changes: Any) -> LabelledData:
    examples = tuple(Example(f"t{n}", text, labels) for n, (text, labels) in enumerate(rows, 1))
    return replace(TARGET, name="dev.csv", examples=examples, **changes)


def test_a_trained_model_tells_what_it_learnt_from() -> None:
    about = learn(TrainingData(TARGET, TARGET, {"source": SOURCE}), "datn2").about
    part = {"name": "sample", "sha256": "sample", "texts": 8}
    source = {"name": "source", "sha256": "sample", "texts": 4}
    assert about["data"] == {"train": part, "dev": part, "source": source}
    assert (about["seed"], about["precision"], about["device"]) == (3, "float32", "cpu")
    assert about["config"]["hidden_width"] == 4
    assert [entry["epoch"] for entry in about["history"]] == [1, 2]
    assert about["parameters"] > 100
    assert {"python", "torch"} <= about["versions"].keys()
    assert json.loads(json.dumps(about)) == about


def test_the_dev_scores_are_those_of_the_kept_thresholds() -> None:
    trained = learn(TrainingData(TARGET, TARGET), thresholds="per-label")
    rows = trained.about["dev"]["labels"]
    assert [row["label"] for row in rows] == ["anger", "joy", "sadness"]
    assert [row["threshold"] for row in rows] == trained.thresholds.tolist()
    jaccards = [entry["jaccard"] for entry in trained.about["history"]]
    assert trained.about["dev"]["jaccard"] == max(jaccards)


def test_exclusive_labels_are_scored_by_accuracy() -> None:
    target = sample_data(exclusive=True)
    trained = learn(TrainingData(target, target))
    assert trained.model.labels == Labels(("anger", "joy", "sadness"), exclusive=True)
    assert "accuracy" in trained.about["history"][0]
    assert trained.about["dev"]["labels"][0]["threshold"] is None


def test_the_same_seed_trains_the_same_model_whatever_was_drawn_before() -> None:
    first = learn(TrainingData(TARGET, TARGET)).model.state_dict()
    torch.rand(5)
    second = learn(TrainingData(TARGET, TARGET)).model.state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_the_vocabulary_is_of_the_training_texts_never_of_dev() -> None:
    dev = labelled(("zebras everywhere", ("joy",)))
    data = TrainingData(TARGET, dev, {"source": SOURCE})
    tokenizer = learn(data, "fs").model.tokenizer
    assert isinstance(tokenizer, WordTokenizer)
    assert {"happy", "queue"} <= set(tokenizer.vocabulary)
    assert "zebras" not in tokenizer.vocabulary


def test_dev_may_name_its_labels_in_another_order() -> None:
    dev = replace(TARGET, labels=("sadness", "joy"), examples=TARGET.examples[:2])
    assert learn(TrainingData(TARGET, dev)).about["dev"]["n_examples"] == 2


def test_examples_become_token_ids_and_label_vectors() -> None:
    tokenizer = WordTokenizer([("happy", -1.0), ("sad", -1.0)])
    data = labelled(("sad happy", ("sadness",)), ("", ()))
    first, second = encode(data, Labels(("joy", "sadness")), Reader(tokenizer), "source")
    assert tokenizer.tokens(first.ids) == ["sad", "happy"]
    assert (first.target, first.role) == ([0.0, 1.0], "source")
    assert tokenizer.tokens(second.ids) == ["<empty>"]
    assert second.target == [0.0, 0.0]


def test_training_reads_as_much_of_a_text_as_the_tokenizer_allows() -> None:
    tokenizer = WordTokenizer([("happy", -1.0), ("sad", -1.0)], max_length=256)
    (item,) = encode(labelled(("happy sad " * 300, ())), Labels(("joy",)), Reader(tokenizer))
    assert len(item.ids) == 256


def test_a_method_is_not_trained_without_its_source() -> None:
    error = refusal(TrainingData(TARGET, TARGET), "datn2")
    assert str(error) == "method 'datn2' also learns from a source task: add --source DATA."
    assert isinstance(error, UsageError)


def test_a_source_that_a_method_has_no_use_for_is_refused() -> None:
    error = refusal(TrainingData(TARGET, TARGET, {"source": SOURCE}))
    assert str(error) == "method 'bilstm' has no use for --source data."
    assert isinstance(error, UsageError)


def test_a_source_with_one_label_is_refused() -> None:
    """Its head learnt a constant: a softmax over one label is 1."""
    source = labelled(("happy", ("good",)), ("sad", ()), labels=("good",), exclusive=False)
    error = refusal(TrainingData(TARGET, TARGET, {"source": source}), "datn2")
    assert str(error) == (
        f"{source.name}: has one label, 'good', and a source task takes two or more: name what has "
        "it and what has not, such as yes and no."
    )


@pytest.mark.parametrize("role", ["train", "dev", "source"])
def test_nothing_is_learnt_from_nothing(role: str) -> None:
    parts = {"train": TARGET, "dev": TARGET, "source": SOURCE}
    parts[role] = replace(parts[role], name="none.csv", examples=())
    data = TrainingData(parts["train"], parts["dev"], {"source": parts["source"]})
    error = refusal(data, "datn2")
    assert str(error) == f"none.csv: the {role} data holds no texts."
    assert error.exit_status == 1


@pytest.mark.parametrize("role", ["train", "dev", "source"])
def test_withheld_labels_teach_nothing(role: str) -> None:
    parts = {"train": TARGET, "dev": TARGET, "source": SOURCE}
    parts[role] = replace(parts[role], name="test.txt", labelled=False)
    data = TrainingData(parts["train"], parts["dev"], {"source": parts["source"]})
    error = refusal(data, "datn2")
    assert str(error) == "test.txt: its labels are withheld; it cannot be learnt from."
    assert error.exit_status == 1


def test_dev_has_no_labels_of_its_own() -> None:
    dev = labelled(("hm", ("trust",)), labels=("anger", "trust", "fear"))
    error = refusal(TrainingData(TARGET, dev))
    assert str(error) == "dev.csv: labels that the training data does not have: fear, trust."
    assert isinstance(error, UsageError)


@pytest.mark.parametrize("labels", [(), ("anger", "joy")])
def test_every_dev_text_has_one_of_exclusive_labels(labels: tuple[str, ...]) -> None:
    """A whole training used to end in a ValueError."""
    dev = labelled(("one", ("joy",)), ("other", labels))
    error = refusal(TrainingData(sample_data(exclusive=True), dev))
    assert str(error) == (
        f"dev.csv: text 't2' has {len(labels)} labels; every text of sample has exactly one."
    )
    assert isinstance(error, UsageError)


def test_an_unknown_dev_metric_is_told_before_anything_is_learnt(memory: Make) -> None:
    """It used to be told after the first epoch."""
    heard = memory()
    with pytest.raises(UsageError) as caught:
        learn(TrainingData(TARGET, TARGET), reporter=heard, metric="jacard")
    start = "unknown metric 'jacard': did you mean 'jaccard'? Known metrics: accuracy, "
    assert str(caught.value).startswith(start)
    assert heard.said == []


def test_a_trained_model_teaches_another() -> None:
    first = learn(TrainingData(TARGET, TARGET))
    lesson = Lesson([first], unlabelled=("so lonely", "happy morning"))
    second = learn(TrainingData(TARGET, TARGET, lesson=lesson), epochs=1)
    told = second.about["data"]["lesson"]
    assert told["unlabelled"] == 2
    (teacher,) = told["teachers"]
    assert (teacher["method"], teacher["seed"]) == ("bilstm", 3)
    assert (teacher["dev"], teacher["data"]) == (first.about["dev"], first.about["data"])
    assert isinstance(second.model.tokenizer, WordTokenizer)
    assert "lonely" in second.model.tokenizer.vocabulary


def test_a_training_that_diverges_is_told() -> None:
    """It used to end in a ValueError of the scoring."""
    error = refusal(TrainingData(TARGET, TARGET), learning_rate=2e37, epochs=9)
    assert str(error).endswith(
        ": the training has diverged; lower the option learning_rate (now 2e+37)."
    )


LONG = labelled(("so happy", ("joy",)), ("so sad " * 5, ("sadness",)))


def test_texts_that_are_cut_are_told_before_the_training_begins(memory: Make) -> None:
    heard = memory()
    learn(TrainingData(LONG, LONG), reporter=heard, max_length=8)
    assert heard.warned == [
        "2 texts had more than 8 tokens: the rest was not read (--long truncate)."
    ]


def test_a_text_that_is_too_long_is_an_error_where_it_is_to_be() -> None:
    method = registry().method("bilstm")
    config = method.config_class().from_options({**SMALL, "max_length": 8})
    with pytest.raises(LongTextError) as caught:
        train(method, config, TrainingData(LONG, LONG), Settings(long="error"))
    assert str(caught.value) == (
        "dev.csv: text 't2' has more than 8 tokens, which is all that the model reads; shorten it, "
        "or choose another --long."
    )
