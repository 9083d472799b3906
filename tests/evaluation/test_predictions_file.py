from __future__ import annotations

import json

import numpy as np
import pytest

from emocli.errors import DataError, EmocliError
from emocli.evaluation.predictions_file import PredictionsFile
from emocli.modelling.labels import Labels

EMOTIONS = Labels(("anger", "joy"))
SENTIMENT = Labels(("negative", "positive"), exclusive=True)
LAYOUTS = (
    'expected JSONL, {"id": …, "labels": […], "scores": {…}} a line, '
    "or tab-separated columns ID, Tweet and one a label, as E-c has"
)


@pytest.fixture
def write(tmp_path):
    def write_file(*lines, name="predictions.jsonl"):
        path = tmp_path / name
        written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8", newline="\n")
        return path

    return write_file


def refused(path, labels=EMOTIONS, ids=("a",)):
    with pytest.raises(DataError) as raised:
        PredictionsFile(path).read(labels, ids)
    message = str(raised.value)
    assert message.startswith(str(path))
    return message.removeprefix(str(path))


def test_jsonl_is_read_with_its_scores(write):
    path = write(
        {"id": "a", "text": "so happy", "labels": ["joy"], "scores": {"joy": 0.9, "anger": 0}},
        {"id": "b", "lang": "en", "labels": [], "scores": {"anger": 0.25, "joy": 0.125}},
    )
    predicted, probabilities = PredictionsFile(path).read(EMOTIONS, ["a", "b"])
    assert predicted.dtype == bool
    assert predicted.tolist() == [[False, True], [False, False]]
    assert probabilities is not None
    assert probabilities.tolist() == [[0.0, 0.9], [0.25, 0.125]]


def test_jsonl_without_scores_has_no_probabilities(write):
    path = write({"id": 1, "labels": ["anger", "joy"]}, "", {"id": 2, "labels": []})
    predicted, probabilities = PredictionsFile(path).read(EMOTIONS, ["2", "1"])
    assert predicted.tolist() == [[False, False], [True, True]]
    assert probabilities is None


def test_the_ec_layout_is_read_in_any_order_of_columns(write):
    path = write("joy\tID\tanger\tTweet", "1\ta\t0\tso happy", '0\tb\t1\t"', name="answers.txt")
    predicted, probabilities = PredictionsFile(path).read(EMOTIONS, ["b", "a"])
    assert predicted.tolist() == [[True, False], [False, True]]
    assert probabilities is None


def test_the_ec_layout_needs_no_tweets_and_may_end_lines_as_windows_does(write):
    path = write("ID\tanger\tjoy\r", "a\t0\t1\r", name="answers.tsv")
    assert PredictionsFile(path).read(EMOTIONS, ["a"])[0].tolist() == [[False, True]]


def test_a_byte_order_mark_is_skipped(write):
    path = write('\ufeff{"id": "a", "labels": ["joy"]}')
    assert PredictionsFile(path).read(EMOTIONS, ["a"])[0].tolist() == [[False, True]]


def test_exclusive_labels_are_exactly_one(write):
    path = write({"id": "a", "labels": ["positive"]}, {"id": "b", "labels": []})
    message = refused(path, SENTIMENT, ["a", "b"])
    assert message == ":2: 0 labels, expected exactly one"
    path = write("ID\tnegative\tpositive", "a\t1\t1", name="both.txt")
    assert refused(path, SENTIMENT) == ":2: 2 labels, expected exactly one"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a", "labels": ["joy"]', "this is not JSON: Expecting ',' delimiter: line 1 "
         f"column 30 (char 29); {LAYOUTS}"),
        ('["joy"]', f"this is not a JSON object; {LAYOUTS}"),
        ('{"id": 1.5, "labels": []}', "the id is 1.5, expected text or a whole number"),
        ('{"id": true, "labels": []}', "the id is true, expected text or a whole number"),
        ('{"id": "a"}', '"labels" is missing or not a list of label names'),
        ('{"id": "a", "labels": "joy"}', '"labels" is missing or not a list of label names'),
        ('{"id": "a", "labels": [1]}', '"labels" is missing or not a list of label names'),
        ('{"id": "a", "labels": ["joyy"]}', "unknown label 'joyy': did you mean 'joy'? "
         "Known labels: anger, joy."),
        ('{"id": "a", "labels": ["joy", "joy"]}', "the label 'joy' is given twice"),
        ('{"id": "a", "labels": [], "scores": [1]}',
         '"scores" is not an object of label names and numbers'),
        ('{"id": "a", "labels": [], "scores": {"anger": 0.1, "fear": 0.2}}',
         "unknown label 'fear'. Known labels: anger, joy."),
        ('{"id": "a", "labels": [], "scores": {"anger": 1.5, "joy": 0}}',
         "the score of 'anger' is 1.5, expected 0 to 1"),
        ('{"id": "a", "labels": [], "scores": {"anger": -0.1, "joy": 0}}',
         "the score of 'anger' is -0.1, expected 0 to 1"),
        ('{"id": "a", "labels": [], "scores": {"anger": NaN, "joy": 0}}',
         "the score of 'anger' is NaN, expected 0 to 1"),
        ('{"id": "a", "labels": [], "scores": {"anger": "high", "joy": 0}}',
         "the score of 'anger' is \"high\", expected 0 to 1"),
        ('{"id": "a", "labels": [], "scores": {"anger": true, "joy": 0}}',
         "the score of 'anger' is true, expected 0 to 1"),
        ('{"id": "a", "labels": [], "scores": {"anger": 0.5}}',
         "\"scores\" lacks 'joy'; give every label a score, "
         'or leave "scores" out of every line'),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_with_what_was_expected(write, line, message):
    good = {"id": "z", "labels": ["anger"]}
    assert refused(write(good, line)) == f":2: {message}"


def test_brackets_without_end_are_no_json(write):
    path = write({"id": "z", "labels": []}, '{"labels": ' + "[" * 100_000)
    assert refused(path).startswith(":2: this is not JSON: ")


def test_scores_are_on_every_line_or_on_none(write):
    with_scores = {"id": "a", "labels": [], "scores": {"anger": 0.5, "joy": 0.5}}
    without = {"id": "b", "labels": []}
    assert refused(write(with_scores, without), ids=("a", "b")) == (
        ':2: this line has no "scores", line 1 has some; give them on every line or on none'
    )
    assert refused(write(without, with_scores), ids=("a", "b")) == (
        ':2: this line has some "scores", line 1 has none; give them on every line or on none'
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("so happy", "so sad"), f":1: {LAYOUTS}"),
        (("[]",), f":1: {LAYOUTS}"),
        (("ID\tTweet\tjoy", "a\tx\t1"),
         ":1: the header lacks the column 'anger'; it has 'ID', 'Tweet', 'joy'"),
        (("ID\tTweet\tanger\tjoy\tjoyy", "a\tx\t1\t0\t0"),
         ":1: unknown label 'joyy': did you mean 'joy'? Known labels: anger, joy."),
        (("ID\tanger\tjoy", "a\t0\t2"), ":2: label 'joy' is '2', expected 0 or 1"),
        (("ID\tanger\tjoy", "a\t0\t1", "b\tNONE\tNONE"),
         ":3: label 'anger' is 'NONE', expected 0 or 1"),
        (("ID\tanger\tjoy", "a\t0"), ":2: the row has 2 cells, the header has 3"),
    ],
)  # fmt: skip
def test_a_file_of_another_layout_is_named_with_what_was_expected(write, lines, message):
    assert refused(write(*lines, name="answers.txt"), ids=("a", "b")) == message


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "predictions.jsonl"
    with pytest.raises(EmocliError) as raised:
        PredictionsFile(path).read(EMOTIONS, ["a"])
    assert str(raised.value).startswith(f"{path}: no such file")


def test_an_empty_file_is_named(write):
    assert refused(write()) == ": the file is empty"


def test_a_header_without_rows_leaves_every_example_without_prediction(write):
    path = write("ID\tTweet\tanger\tjoy", name="answers.txt")
    assert refused(path, ids=("a", "b")) == (
        ": 0 predictions for 2 examples; give one for each, or ids to align them by"
    )


def test_probabilities_come_exact(write):
    third = float(np.float32(1 / 3))
    path = write({"id": "a", "labels": ["joy"], "scores": {"anger": third, "joy": 1}})
    _, probabilities = PredictionsFile(path).read(EMOTIONS, ["a"])
    assert probabilities is not None
    assert probabilities.tolist() == [[third, 1.0]]
