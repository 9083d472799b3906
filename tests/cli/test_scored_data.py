"""What `emocli evaluate`, `compare` and `train` say of data that they cannot use."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.cli.scoring import check_model
from emocli.data.examples import LabelledData
from emocli.reporting import Reporter
from emocli.training.train import TrainingData

Emocli = Callable[..., Any]

GOLD = "id,text,labels\na,so happy,joy\nb,so angry,anger\n"
LITTLE = "{} says little about other texts: {} on it (model 'mine')"
SCORES = {"anger": 0.1, "joy": 0.9, "sadness": 0.2}


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with gold.csv."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gold.csv").write_text(GOLD, encoding="utf-8")
    return tmp_path


def write(path: Path, *answers: dict[str, Any]) -> None:
    rows = ({"id": id, **answer} for id, answer in zip("ab", answers, strict=True))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_label_that_only_the_predictions_have_was_an_unknown_one(
    emocli: Emocli, gold: Path
) -> None:
    write(gold / "a.jsonl", *({"labels": ["joy"], "scores": SCORES},) * 2)
    answer = emocli("evaluate", "--predictions", "a.jsonl", "gold.csv", "--format", "json")
    assert (answer.status, answer.err) == (
        0,
        "Warning: gold.csv: no text has the label sadness, which a.jsonl has.\n",
    )
    labels = {label["label"]: label["support"] for label in json.loads(answer.out)["labels"]}
    assert labels == {"anger": 1, "joy": 1, "sadness": 0}


def test_systems_may_answer_with_labels_that_no_text_has(emocli: Emocli, gold: Path) -> None:
    write(gold / "a.jsonl", {"labels": ["joy"]}, {"labels": ["sadness", "fear"]})
    write(gold / "b.jsonl", {"labels": ["joy"]}, {"labels": ["anger"]})
    answer = emocli("compare", "a.jsonl", "b.jsonl", "gold.csv", "--resamples", "100")
    assert answer.status == 0
    assert answer.err.startswith(
        "Warning: gold.csv: no text has the labels fear, sadness, which a.jsonl has.\n"
    )


def test_a_label_that_the_columns_of_the_data_do_not_name_is_an_error(
    emocli: Emocli, gold: Path
) -> None:
    (gold / "flags.csv").write_text("id,text,anger,joy\na,hi,0,1\nb,ho,1,0\n", encoding="utf-8")
    write(gold / "a.jsonl", {"labels": ["joy"]}, {"labels": ["fury"]})
    answer = emocli("evaluate", "--predictions", "a.jsonl", "flags.csv")
    assert (answer.status, answer.err) == (
        1,
        "Error: a.jsonl:2: unknown label 'fury'. Known labels: anger, joy.\n",
    )


@pytest.mark.parametrize(
    "option", [("--device", "cpu"), ("--precision", "fp32"), ("--long", "split")]
)
@pytest.mark.parametrize(
    "command", [("evaluate", "--predictions", "a.jsonl"), ("compare", "a.jsonl", "a.jsonl")]
)
def test_options_of_a_model_had_no_effect_on_predictions_from_files(
    emocli: Emocli, gold: Path, command: tuple[str, ...], option: tuple[str, str]
) -> None:
    write(gold / "a.jsonl", {"labels": ["joy"]}, {"labels": []})
    answer = emocli(*command, "gold.csv", *option)
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        f"Error: {option[0]} says how a model answers; predictions from files are answers already. "
        f"Leave out {option[0]}.\n",
    )


def test_a_model_of_one_part_of_a_file_was_said_to_know_the_others() -> None:
    """One of the whole file does know its parts, and one of its parts knows some of the whole."""
    train, dev, test = (data(name, part_of="all") for name in ("train", "dev", "test"))
    of_parts, of_all = TrainingData(train, dev), TrainingData(data("all"), data("other"))
    assert warned(of_parts, test) == []
    assert warned(of_parts, train) == [LITTLE.format("train", "it was trained")]
    assert warned(of_all, test) == [LITTLE.format("test", "it was trained")]
    assert warned(of_parts, data("all")) == [
        LITTLE.format("all", "it was trained"),
        LITTLE.format("all", "its epoch and thresholds were chosen"),
    ]


def test_what_members_and_teachers_have_learnt_from_is_warned_of() -> None:
    def about(*parts: str, **more: Any) -> dict[str, Any]:
        return {"data": TrainingData(data(parts[0]), data(parts[1])).sources(), **more}

    def taught(told: dict[str, Any], *teachers: dict[str, Any]) -> dict[str, Any]:
        return {**told, "data": {**told["data"], "lesson": {"teachers": list(teachers)}}}

    member = about("a", "dev")
    twice = about("b", "dev", bases=[member, member, {"method": "bert", "data": None}])
    assert warned(twice, data("a")) == [
        LITTLE.format("a", "a model that it builds upon was trained")
    ]
    assert warned(twice, data("dev")) == [
        LITTLE.format("dev", "its epoch and thresholds were chosen")
    ]
    student = taught(about("c", "d"), about("e", "d"), about("f", "d", bases=[member]))
    for name in ("a", "e", "f"):
        assert warned(student, data(name)) == [LITTLE.format(name, "a teacher was trained")]
    assert warned(student, data("c")) == [LITTLE.format("c", "it was trained")]
    assert warned(student, data("g")) == []


def data(name: str, part_of: str = "") -> LabelledData:
    return LabelledData(name, (), ("joy",), False, checksum=name, part_of=part_of)


def warned(learnt: TrainingData | dict[str, Any], scored: LabelledData) -> list[str]:
    """What is said of texts scored on by a model that has learnt from others."""
    about = {"data": learnt.sources()} if isinstance(learnt, TrainingData) else learnt
    heard: list[str] = []
    reporter = Reporter()
    reporter.warn = heard.append  # type: ignore[method-assign]
    description = {"labels": {"exclusive": False}, "about": about}
    check_model(description, scored, "mine", reporter)
    return heard


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["-", "pipe"])
@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "datn2"),
        ("train", "--method", "bilstm", "--dev", "gold.csv", "--train"),
        ("train", "--method", "bilstm", "--train", "gold.csv", "--dev"),
    ],
)
def test_labelled_texts_from_a_pipe_were_an_unknown_data_set(
    emocli: Emocli, gold: Path, command: tuple[str, ...], name: str
) -> None:
    os.mkfifo(gold / "pipe")
    answer = emocli(*command, name)
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        f"Error: {name}: labelled texts come from a file or a data set, not from a pipe or a "
        "terminal: they are read more than once, and the name of a file tells its layout. Write "
        "them to a file and give its path.\n",
    )


def test_texts_with_two_labels_do_not_fit_a_model_that_gives_one(
    emocli: Emocli, gold: Path, exclusive_model: Path
) -> None:
    (gold / "two.csv").write_text(
        'text,label\nhm,positive\nah,"positive,negative"\n', encoding="utf-8"
    )
    answer = emocli("evaluate", exclusive_model, "two.csv")
    assert (answer.status, answer.err) == (
        2,
        f"Error: two.csv:3: text '2' has 2 labels; model '{exclusive_model}' gives every text "
        "exactly one.\n",
    )


def test_training_was_told_to_name_an_encoding_which_it_cannot(emocli: Emocli, gold: Path) -> None:
    (gold / "wide.csv").write_bytes(GOLD.encode("utf-16"))
    answer = emocli("train", "--method", "bilstm", "--train", "wide.csv", "--dev", "gold.csv")
    assert (answer.status, answer.err) == (
        1,
        "Error: wide.csv: this is UTF-16 text, expected UTF-8; save it as UTF-8, or give `emocli "
        "predict` --encoding utf-16\n",
    )


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "datn2", "sample:dev"),
        ("data", "similarity", "sample:dev", "sentiment"),
        ("train", "--method", "bilstm", "--train", "sample"),
    ],
)
def test_columns_had_no_effect_on_data_sets(emocli: Emocli, command: tuple[str, ...]) -> None:
    answer = emocli(*command, "--label-column", "joy")
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        "Error: --label-column 'joy' is a column of files, and a data set tells its own: leave "
        "out --label-column.\n",
    )


def test_a_data_set_without_some_of_the_models_labels_says_so(emocli: Emocli) -> None:
    """They can only be predicted wrongly."""
    answer = emocli("evaluate", "datn2", "sample:dev")
    assert answer.status == 0
    told = "sample:dev: has no label anticipation, disgust, optimism, pessimism, trust; to predict"
    assert told in answer.err


def test_what_predict_gives_for_single_labels_can_be_scored(emocli: Emocli, gold: Path) -> None:
    """A column `label` made the data exclusive, and any number of labels an error."""
    (gold / "one.csv").write_text("text,label\nso happy,joy\nso angry,anger\n", encoding="utf-8")
    assert emocli("predict", "one.csv", "--output", "p.jsonl").status == 0
    answer = emocli("evaluate", "--predictions", "p.jsonl", "one.csv", "--format", "json")
    assert answer.status == 0
    assert "one.csv: has one label a text, and p.jsonl gives any number" in answer.err
    assert json.loads(answer.out)["jaccard"] > 0


@pytest.mark.parametrize(("name", "told"), [("o.JSONL", ""), ("o", ""), ("o.xlsx", "'.xlsx'")])
def test_an_ending_that_tells_no_format_is_named(
    emocli: Emocli, gold: Path, name: str, told: str
) -> None:
    answer = emocli("predict", "gold.csv", "--output", name)
    assert answer.status == 0
    assert ("tells no format" in answer.err, told in answer.err) == (bool(told), True)
