"""Scores of models and of files of predictions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from emocli.datasets import find

Emocli = Callable[..., Any]

GOLD = "id,text,labels\na,so happy,joy\nb,so sad and angry,anger;sadness\nc,the bus leaves,\n"
# a is right, b lacks sadness, c has joy though it has no label: Jaccard (1 + 1/2 + 0) / 3.
ANSWERS = (
    {"id": "a", "labels": ["joy"], "scores": {"anger": 0.1, "joy": 0.8, "sadness": 0.1}},
    {"id": "b", "labels": ["anger"], "scores": {"anger": 0.6, "joy": 0.1, "sadness": 0.3}},
    {"id": "c", "labels": ["joy"], "scores": {"anger": 0.2, "joy": 0.6, "sadness": 0.2}},
)


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with gold.csv and answers.jsonl."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gold.csv").write_text(GOLD, encoding="utf-8")
    lines = "".join(json.dumps(answer) + "\n" for answer in ANSWERS)
    (tmp_path / "answers.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def write_ec(folder: Path, part: str, cells: str) -> None:
    """Three tweets in the E-c layout whose label cells are all `cells`."""
    labels = find("semeval2018-ec").labels
    header = "\t".join(("ID", "Tweet", *labels))
    rows = "".join(f"{part}-{n}\tso happy {n}\t" + "\t".join([cells] * 11) + "\n" for n in range(3))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"2018-E-c-En-{part}.txt").write_text(f"{header}\n{rows}", encoding="utf-8")


def test_any_systems_predictions_are_scored(emocli: Emocli, gold: Path) -> None:
    answer = emocli("evaluate", "--predictions", "answers.jsonl", "gold.csv", "--format", "json")
    scores = json.loads(answer.out)
    assert answer.status == 0
    assert scores["jaccard"] == pytest.approx(0.5)
    assert scores["micro_precision"] == pytest.approx(2 / 3)
    assert scores["micro_recall"] == pytest.approx(2 / 3)
    assert scores["exact_match"] == pytest.approx(1 / 3)
    assert scores["one_error"] == 0
    assert [label["support"] for label in scores["labels"]] == [1, 1, 1]


def test_predictions_in_the_e_c_layout_are_scored(emocli: Emocli, gold: Path) -> None:
    rows = "ID\tTweet\tsadness\tjoy\tanger\nc\tx\t0\t0\t0\nb\tx\t1\t0\t1\na\tx\t0\t1\t0\n"
    (gold / "answers.txt").write_text(rows, encoding="utf-8")
    answer = emocli("evaluate", "--predictions", "answers.txt", "gold.csv", "--format", "json")
    scores = json.loads(answer.out)
    assert (scores["jaccard"], scores["average_precision"]) == (1, None)


def test_a_threshold_decides_anew_from_the_scores(emocli: Emocli, gold: Path) -> None:
    answer = emocli(
        *("evaluate", "--predictions", "answers.jsonl", "gold.csv", "--threshold", "0.25"),
        *("--format", "json"),
    )
    scores = json.loads(answer.out)
    assert scores["jaccard"] == pytest.approx(2 / 3)  # b is whole now, c still has joy
    assert scores["labels"][0]["threshold"] == 0.25


def test_a_threshold_needs_scores_and_labels_that_go_together(
    emocli: Emocli, gold: Path, exclusive_model: Path
) -> None:
    bare = "".join(json.dumps({"id": a["id"], "labels": a["labels"]}) + "\n" for a in ANSWERS)
    (gold / "bare.jsonl").write_text(bare, encoding="utf-8")
    answer = emocli("evaluate", "--predictions", "bare.jsonl", "gold.csv", "--threshold", "0.25")
    assert (answer.status, answer.err) == (
        1,
        'Error: bare.jsonl: there are no "scores" that --threshold could be put to\n',
    )
    (gold / "mood.csv").write_text("text,label\nhappy,positive\nsad,negative\n", encoding="utf-8")
    answer = emocli("evaluate", exclusive_model, "mood.csv", "--threshold", "0.25")
    assert (answer.status, answer.err) == (
        2,
        f"Error: model '{exclusive_model}' gives every text exactly one label, the most probable; "
        "leave out --threshold.\n",
    )


@pytest.mark.parametrize(
    ("format", "start"),
    [
        ("json", '{\n  "n_examples": 3,\n  "jaccard": 0.5,'),
        ("csv", "label,measure,value\n,jaccard,0.5\n"),
        ("markdown", "### Scores\n\n| measure | value |\n| --- | ---: |\n| Jaccard | 0.500 |\n"),
        ("table", "Scores"),
    ],
)
def test_scores_come_in_four_formats(emocli: Emocli, gold: Path, format: str, start: str) -> None:
    answer = emocli("evaluate", "--predictions", "answers.jsonl", "gold.csv", "--format", format)
    assert answer.status == 0
    assert answer.out.startswith(start)
    assert "joy" in answer.out


def test_a_model_is_scored_alike_in_every_batch_and_order(
    emocli: Emocli, gold: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = emocli("evaluate", tiny_model, "gold.csv", "--format", "json", "--device", "cpu")
    assert whole.status == 0
    monkeypatch.setattr("emocli.cli.scoring._WINDOW", 1)
    parted = emocli("evaluate", tiny_model, "gold.csv", "--format", "json", "--device", "cpu")
    assert json.loads(parted.out) == json.loads(whole.out)


def test_a_models_predictions_score_as_the_model_does(
    emocli: Emocli, gold: Path, tiny_model: Path
) -> None:
    predicted = emocli("predict", "gold.csv", "--model", tiny_model, "--format", "jsonl")
    (gold / "own.jsonl").write_text(predicted.out, encoding="utf-8")
    direct = emocli("evaluate", tiny_model, "gold.csv", "--format", "json")
    through_file = emocli("evaluate", "--predictions", "own.jsonl", "gold.csv", "--format", "json")
    one, other = json.loads(direct.out), json.loads(through_file.out)
    for key in ("jaccard", "micro_f1", "macro_f1", "exact_match", "one_error"):
        assert one[key] == other[key]


def test_exclusive_labels_have_accuracy_and_a_confusion_matrix(
    emocli: Emocli, gold: Path, exclusive_model: Path
) -> None:
    (gold / "mood.csv").write_text("text,label\nhappy,positive\nsad,negative\n", encoding="utf-8")
    answer = emocli("evaluate", exclusive_model, "mood.csv", "--format", "json")
    scores = json.loads(answer.out)
    assert answer.status == 0
    assert sum(sum(row) for row in scores["confusion"]) == 2
    assert scores["accuracy"] == (scores["confusion"][0][0] + scores["confusion"][1][1]) / 2


def test_every_label_has_a_row_on_a_terminal(
    emocli: Emocli, gold: Path, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emocli.cli.evaluate.stdout_is_terminal", lambda: True)
    answer = emocli("evaluate", "--predictions", "answers.jsonl", "gold.csv")
    rows = [line.split() for line in answer.out.splitlines()]
    assert ["Jaccard", "0.5000"] in rows
    assert ["sadness", "0.0000", "0.0000", "0.0000", "1.0000", "1", "0"] in rows


@pytest.mark.parametrize(("columns", "n_tables"), [(40, 3), (60, 2), (80, 1)])
def test_no_number_is_split_on_a_narrow_terminal(
    emocli: Emocli, gold: Path, monkeypatch: pytest.MonkeyPatch, columns: int, n_tables: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    words = ("evaluate", "--predictions", "answers.jsonl", "gold.csv", "--threshold", "0.25")
    lines = emocli(*words, "--format", "table").out.splitlines()
    assert max(map(len, lines)) <= columns
    rows = [line.split()[1:] for line in lines if line.startswith("anger ")]
    assert [cell for row in rows for cell in row] == [
        *("1.0000", "1.0000", "1.0000", "1.0000", "0.2500", "1", "1")
    ]
    assert len(rows) == n_tables


def test_a_data_set_is_scored_on_dev_where_the_labels_of_test_are_withheld(
    emocli: Emocli, gold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = gold / "corpora" / "semeval2018-ec"
    for part, cells in (("train", "1"), ("dev", "1"), ("test", "NONE")):
        write_ec(folder, part, cells)
    monkeypatch.setenv("EMOCLI_DATA", str(folder.parent))
    answers = [{"id": f"dev-{n}", "labels": ["joy"]} for n in range(3)]
    (gold / "dev.jsonl").write_text("\n".join(map(json.dumps, answers)), encoding="utf-8")
    answer = emocli("evaluate", "--predictions", "dev.jsonl", "semeval2018-ec", "--format", "json")
    assert answer.status == 0
    assert json.loads(answer.out)["jaccard"] == pytest.approx(1 / 11)
    assert answer.err.startswith(
        "semeval2018-ec:test: its labels are withheld\nScoring on semeval2018-ec:dev.\n"
    )
    named = emocli("evaluate", "--predictions", "dev.jsonl", "semeval2018-ec:test")
    assert (named.status, named.err) == (
        1,
        "semeval2018-ec:test: its labels are withheld\n"
        "Error: semeval2018-ec:test: there is nothing to score with.\n",
    )


def test_data_that_a_model_was_trained_on_are_warned_of(
    emocli: Emocli, gold: Path, acquaint: Callable[[Path, str, Path], None]
) -> None:
    for role, words in (
        ("train", "it was trained on it"),
        ("dev", "its epoch and thresholds were chosen on it"),
    ):
        acquaint(gold / "known", role, gold / "gold.csv")
        answer = emocli("evaluate", "known", "gold.csv")
        assert answer.status == 0
        assert answer.err == (
            f"Warning: gold.csv says little about other texts: {words} (model 'known')\n"
        )


def test_a_label_cell_that_is_neither_0_nor_1_is_named_with_path_and_line(
    emocli: Emocli, gold: Path
) -> None:
    rows = "ID\tTweet\tanger\tjoy\na\tso happy\t0\t1\nb\tso sad\t0\t2\n"
    (gold / "bad.txt").write_text(rows, encoding="utf-8")
    answer = emocli("evaluate", "--predictions", "answers.jsonl", "bad.txt")
    assert (answer.status, answer.err) == (
        1,
        "Error: bad.txt:3: label 'joy' is '2', expected 0 or 1\n",
    )


def test_a_label_that_the_model_does_not_have_is_named_with_path_and_line(
    emocli: Emocli, gold: Path, tiny_model: Path
) -> None:
    (gold / "other.csv").write_text("text,labels\nhm,joy\nah,angr\n", encoding="utf-8")
    answer = emocli("evaluate", tiny_model, "other.csv")
    assert (answer.status, answer.err) == (
        1,
        "Error: other.csv:3: label 'angr' is not one of the labels; did you mean 'anger'? "
        "Labels: anger, joy, sadness.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "a model and the data to score it on are expected; got nothing."),
        (("gold.csv",), "a model and the data to score it on are expected; got gold.csv."),
        (
            ("m", "gold.csv", "--predictions", "answers.jsonl"),
            "with --predictions the data to score them on is expected, and no model; "
            "got m, gold.csv.",
        ),
    ],
)
def test_what_is_missing_or_too_much_is_said(
    emocli: Emocli, gold: Path, arguments: Sequence[str], message: str
) -> None:
    answer = emocli("evaluate", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == f"Error: {message} See: emocli evaluate --help\n"


def test_the_csv_holds_every_number_of_the_json(emocli: Emocli, gold: Path) -> None:
    start = ("evaluate", "--predictions", "answers.jsonl", "gold.csv", "--format")
    rows = list(csv.DictReader(io.StringIO(emocli(*start, "csv").out)))
    scores = json.loads(emocli(*start, "json").out)
    parts = {"": scores} | {one.pop("label"): one for one in scores.pop("labels")}
    expected = {
        (label, measure): value
        for label, part in parts.items()
        for measure, value in part.items()
        if value is not None
    }
    found = {(row["label"], row["measure"]): float(row["value"]) for row in rows}
    assert found == expected
    assert len(rows) == len(found) > 30


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("truncate", "1 text had more than 3 tokens: the rest was not read (--long truncate)."),
        (
            "split",
            "1 text had more than 3 tokens: each was read in windows of as many, whose "
            "probabilities were averaged (--long split).",
        ),
    ],
)
def test_what_becomes_of_long_texts_is_told(
    emocli: Emocli, gold: Path, tiny_model: Path, of_3_tokens: None, policy: str, told: str
) -> None:
    answer = emocli("evaluate", tiny_model, "gold.csv", "--long", policy)
    assert answer.status == 0
    assert answer.err == f"Warning: {told}\n"


def test_a_long_text_may_be_an_error(
    emocli: Emocli, gold: Path, tiny_model: Path, of_3_tokens: None
) -> None:
    answer = emocli("evaluate", tiny_model, "gold.csv", "--long", "error")
    assert answer.status == 1
    assert answer.err == (
        "Error: gold.csv:3: text 'b' has more than 3 tokens, which is all that the model reads; "
        "shorten it, or choose another --long.\n"
    )
