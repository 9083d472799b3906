"""`emocli compare`: models and files of predictions, formats, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

Emocli = Callable[..., Any]

# A has every text right; B has joy wrong in the first six of the twelve.
TEXTS = [(f"t{n}", ("joy",) if n % 2 else ("anger", "sadness")) for n in range(12)]


def write_answers(
    path: Path, wrong: Sequence[int] = (), labels: Sequence[str] | None = None
) -> None:
    """Right answers, but for the label joy in the rows that are `wrong`."""
    lines = []
    for n, (id, gold) in enumerate(TEXTS):
        answer = set(gold) ^ {"joy"} if n in wrong else set(gold)
        lines.append(json.dumps({"id": id, "labels": sorted(labels or answer)}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with gold.csv, a.jsonl (all right) and b.jsonl (half wrong)."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{id},so {id},{';'.join(labels)}\n" for id, labels in TEXTS)
    (tmp_path / "gold.csv").write_text(f"id,text,labels\n{rows}", encoding="utf-8")
    write_answers(tmp_path / "a.jsonl")
    write_answers(tmp_path / "b.jsonl", wrong=range(6))
    return tmp_path


@pytest.fixture
def compared(emocli: Emocli, folder: Path) -> Callable[..., dict[str, Any]]:
    """The JSON of `emocli compare`, called with two systems and more arguments."""

    def call(a: str | Path, b: str | Path, *arguments: str) -> dict[str, Any]:
        answer = emocli("compare", a, b, "gold.csv", "--resamples", "500", *arguments)
        assert answer.status == 0, answer.err
        told = json.loads(answer.out)
        assert isinstance(told, dict)
        return told

    return call


def test_two_files_are_compared(compared: Callable[..., dict[str, Any]]) -> None:
    told = compared("a.jsonl", "b.jsonl")
    assert [told[key] for key in ("a", "b", "data")] == ["a.jsonl", "b.jsonl", "gold.csv"]
    assert (told["n_examples"], told["n_different"], told["seed"]) == (12, 6, 0)
    assert [one["metric"] for one in told["metrics"]] == ["jaccard", "micro-f1", "macro-f1"]
    # B: three texts of anger and sadness with joy beside them, 2/3 each; three of joy with nothing.
    assert told["metrics"][0]["a"] == 1
    assert told["metrics"][0]["b"] == pytest.approx((3 * 2 / 3 + 6) / 12)
    test = {"only_a": 6, "only_b": 0, "chi_squared": None, "p": 2 / 2**6}
    assert (told["mcnemar_labels"], told["mcnemar_rows"]) == (test, test)
    assert told["words"][0].startswith("No evidence that a.jsonl and b.jsonl differ in Jaccard: ")


def test_the_metrics_the_seed_and_the_confidence_can_be_chosen(
    compared: Callable[..., dict[str, Any]],
) -> None:
    chosen = ("--metric", "exact-match", "--metric", "macro-recall", "--confidence", "0.9")
    told = compared("a.jsonl", "b.jsonl", *chosen, "--seed", "3")
    assert [one["metric"] for one in told["metrics"]] == ["exact-match", "macro-recall"]
    assert (told["confidence"], told["resamples"], told["seed"]) == (0.9, 500, 3)
    assert told["words"][0].startswith(
        "a.jsonl is better than b.jsonl by 50.0 points of exact match, 90% interval "
    )
    assert compared("a.jsonl", "b.jsonl", *chosen, "--seed", "3") == told
    other = compared("a.jsonl", "b.jsonl", *chosen, "--seed", "4")
    assert other["metrics"] != told["metrics"]


def test_a_model_is_compared_with_its_own_predictions(
    emocli: Emocli, compared: Callable[..., dict[str, Any]], folder: Path, tiny_model: Path
) -> None:
    predicted = emocli("predict", "gold.csv", "--model", tiny_model, "--format", "jsonl")
    (folder / "own.jsonl").write_text(predicted.out, encoding="utf-8")
    told = compared(tiny_model, "own.jsonl")
    assert told["words"] == [
        f"{tiny_model} and own.jsonl answer all 12 texts alike: no difference."
    ]
    assert {one["p_holm"] for one in told["metrics"]} == {1.0}


def test_a_model_does_not_differ_from_itself(
    compared: Callable[..., dict[str, Any]], tiny_model: Path
) -> None:
    told = compared(tiny_model, tiny_model)
    assert told["words"] == [
        f"{tiny_model} and {tiny_model} answer all 12 texts alike: no difference."
    ]


def test_two_models_may_have_their_labels_in_another_order(
    emocli: Emocli,
    compared: Callable[..., dict[str, Any]],
    folder: Path,
    tiny_model: Path,
    make_model: Callable[..., Path],
) -> None:
    other = make_model("turned", ("sadness", "joy", "anger"))
    told = compared(tiny_model, other)
    for side, model in (("a", tiny_model), ("b", other)):
        scores = json.loads(emocli("evaluate", model, "gold.csv").out)
        for one in told["metrics"]:
            assert one[side] == pytest.approx(scores[one["metric"].replace("-", "_")])


def test_exclusive_labels_are_compared_by_accuracy(
    emocli: Emocli, folder: Path, exclusive_model: Path
) -> None:
    (folder / "mood.csv").write_text("id,text,label\nx,happy,positive\ny,sad,negative\n", "utf-8")
    answers = '{"id": "x", "labels": ["positive"]}\n{"id": "y", "labels": ["negative"]}\n'
    (folder / "right.jsonl").write_text(answers, encoding="utf-8")
    answer = emocli("compare", exclusive_model, "right.jsonl", "mood.csv", "--resamples", "100")
    told = json.loads(answer.out)
    assert answer.status == 0
    assert [one["metric"] for one in told["metrics"]] == ["accuracy", "macro-f1"]
    assert told["metrics"][0]["b"] == 1
    assert told["mcnemar_labels"] is None


@pytest.mark.parametrize(
    ("format", "start"),
    [
        ("json", '{\n  "a": "a.jsonl",\n  "b": "b.jsonl",\n  "data": "gold.csv",\n'),
        ("csv", "test,measure,value\n,n_examples,12\n,n_different,6\n"),
        ("markdown", "- A: a.jsonl\n- B: b.jsonl\n- gold.csv: 12 texts, 6 answered differently\n"),
        ("table", "A: a.jsonl\nB: b.jsonl\ngold.csv: 12 texts, 6 answered differently\n"),
    ],
)
def test_a_comparison_comes_in_four_formats(
    emocli: Emocli, folder: Path, format: str, start: str
) -> None:
    answer = emocli("compare", "a.jsonl", "b.jsonl", "gold.csv", "--format", format)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith(start)


def test_the_csv_holds_the_numbers_of_the_json(emocli: Emocli, folder: Path) -> None:
    start = ("compare", "a.jsonl", "b.jsonl", "gold.csv", "--resamples", "100", "--format")
    told = json.loads(emocli(*start, "json").out)
    rows = list(csv.DictReader(io.StringIO(emocli(*start, "csv").out)))
    found = {(row["test"], row["measure"]): float(row["value"]) for row in rows}
    for one in told["metrics"]:
        name = one.pop("metric")
        assert one == {measure: found[name, measure] for measure in one}


def test_a_narrow_terminal_shows_every_number_whole(
    command_line: Callable[..., Any], folder: Path
) -> None:
    result = command_line("compare", "a.jsonl", "b.jsonl", "gold.csv", terminals=("stdout",))
    lines = result.output.splitlines()
    assert (result.status, result.errors) == (0, "")
    assert max(map(len, lines)) <= 60
    rows = {line[:8].strip(): line.split() for line in lines}
    assert rows["Jaccard"][:4] == ["Jaccard", "1.0000", "0.6667", "33.3"]
    assert rows["micro F1"][2:4] == ["1.0000", "0.8333"]
    assert rows["labels"] == ["labels", "6", "0", "0.031"]
    assert rows["whole te"] == ["whole", "texts", "6", "0", "0.031"]
    words = " ".join(lines[lines.index("") :])
    assert "No evidence that a.jsonl and b.jsonl differ in Jaccard: 33.3 points," in words


def test_data_that_a_model_was_trained_on_are_warned_of(
    emocli: Emocli, folder: Path, acquaint: Callable[[Path, str, Path], None]
) -> None:
    acquaint(folder / "known", "train", folder / "gold.csv")
    answer = emocli("compare", "known", "a.jsonl", "gold.csv", "--resamples", "100")
    assert (answer.status, answer.err) == (
        0,
        "Warning: gold.csv says little about other texts: it was trained on it (model 'known')\n",
    )


def test_what_becomes_of_long_texts_is_told_of_each_model(
    emocli: Emocli, folder: Path, tiny_model: Path, of_3_tokens: None
) -> None:
    (folder / "long.csv").write_text(
        "id,text,labels\nt0,so happy so sad,joy\nt1,sad,sadness\n", encoding="utf-8"
    )
    answer = emocli("compare", tiny_model, tiny_model, "long.csv", "--resamples", "100")
    assert (answer.status, answer.err) == (
        0,
        f"Warning: model '{tiny_model}': 1 text had more than 3 tokens: the rest was not read "
        "(--long truncate).\n",
    )


def refused(answer: Any, status: int, message: str) -> None:
    assert (answer.status, answer.out, answer.err) == (status, "", f"Error: {message}\n")


def test_a_missing_file_is_named_with_the_nearest(emocli: Emocli, folder: Path) -> None:
    answer = emocli("compare", "a.jsonl", "aa.jsonl", "gold.csv")
    refused(answer, 2, "aa.jsonl: no such file; did you mean a.jsonl?")
    answer = emocli("compare", "a.jsonl", "b.jsonl", "gold.tsv")
    refused(answer, 2, "gold.tsv: no such file; did you mean gold.csv?")


def test_an_unknown_model_is_named(emocli: Emocli, folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("emocli.models.available", dict)
    answer = emocli("compare", "a.jsonl", "mine", "gold.csv")
    refused(
        answer,
        2,
        "unknown model 'mine'. There are no models. A path to a model folder is taken too.",
    )


def test_models_of_other_labels_cannot_be_compared(
    emocli: Emocli, folder: Path, tiny_model: Path, make_model: Callable[..., Path]
) -> None:
    other = make_model("other", ("joy", "love"))
    refused(
        emocli("compare", tiny_model, other, "gold.csv"),
        2,
        f"model '{tiny_model}' answers with anger, joy, sadness; model '{other}' with joy, love; "
        "systems are compared on the same labels.",
    )


def test_one_label_a_text_cannot_be_compared_with_any_number(
    emocli: Emocli, folder: Path, tiny_model: Path, exclusive_model: Path
) -> None:
    message = (
        f"model '{exclusive_model}' gives every text exactly one label, model '{tiny_model}' any "
        "number; they cannot be compared."
    )
    refused(emocli("compare", tiny_model, exclusive_model, "gold.csv"), 2, message)
    refused(emocli("compare", exclusive_model, tiny_model, "gold.csv"), 2, message)


def test_a_file_with_a_label_that_the_model_does_not_have_is_refused(
    emocli: Emocli, folder: Path, tiny_model: Path
) -> None:
    write_answers(folder / "love.jsonl", labels=["love"])
    refused(
        emocli("compare", tiny_model, "love.jsonl", "gold.csv"),
        1,
        "love.jsonl:1: unknown label 'love'. Known labels: anger, joy, sadness.",
    )


def test_a_file_with_a_prediction_too_few_is_refused(emocli: Emocli, folder: Path) -> None:
    lines = (folder / "b.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "b.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    answer = emocli("compare", "a.jsonl", "b.jsonl", "gold.csv")
    refused(answer, 1, "b.jsonl: no prediction for 1 of 12 examples: 't11'")


def test_one_text_is_too_little(emocli: Emocli, folder: Path) -> None:
    (folder / "one.csv").write_text("id,text,labels\nt0,hm,joy\n", encoding="utf-8")
    answer = emocli("compare", "a.jsonl", "b.jsonl", "one.csv")
    refused(answer, 1, "one.csv: holds one text; a comparison takes two or more.")


def test_a_metric_that_ranks_is_refused(emocli: Emocli, folder: Path) -> None:
    answer = emocli("compare", "a.jsonl", "b.jsonl", "gold.csv", "--metric", "one-error")
    refused(
        answer,
        2,
        "systems cannot be compared by the metric 'one-error'. Known: accuracy, exact-match, "
        "jaccard, macro-f1, macro-precision, macro-recall, micro-f1, micro-precision, "
        "micro-recall.",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--resamples", "9"), "Invalid value for '--resamples': 9 is not in the range x>=100."),
        (("--confidence", "1"), "Invalid value for '--confidence': 1.0 is not in the range 0<x<1."),
        (("--seed", "-1"), "Invalid value for '--seed': -1 is not in the range x>=0."),
    ],
)
def test_a_number_out_of_range_is_refused(
    emocli: Emocli, folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    answer = emocli("compare", "a.jsonl", "b.jsonl", "gold.csv", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.endswith(f"Error: {message}\n")
