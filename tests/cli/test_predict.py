from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
LABELS = ["anger", "joy", "sadness"]


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_one_row_comes_out_for_each_line_in_order(predict: Cli, tweets: Path) -> None:
    result = predict(tweets)
    assert (result.status, result.errors) == (0, "")
    found = rows(result.output)
    assert [row["id"] for row in found] == ["1", "2", "3", "4"]
    assert [row["text"] for row in found] == tweets.read_text(encoding="utf-8").split("\n")[:4]
    for row in found:
        assert list(row) == ["id", "text", "labels", "scores"]
        assert list(row["scores"]) == LABELS
        above = [label for label in LABELS if row["scores"][label] > 0.5]
        assert row["labels"] == sorted(above, key=lambda label: -row["scores"][label])
    assert found[0]["labels"] and not found[1]["labels"]


def test_columns_and_ids_are_carried_through(predict: Cli, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "place,message,number\nhere,so happy,7\n")
    result = predict(path, "--id-column", "number")
    (row,) = rows(result.output)
    assert (row["id"], row["text"], row["place"]) == ("7", "so happy", "here")


def test_the_column_of_the_texts_can_be_named(predict: Cli, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text,said\nso sad,so happy\n")
    (row,) = rows(predict(path, "--text-column", "said").output)
    (other,) = rows(predict(path).output)
    assert (row["text"], other["text"]) == ("so happy", "so sad")
    assert row["scores"] != other["scores"]


def test_several_files_and_stdin_are_one_stream(predict: Cli, tweets: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "b.jsonl.gz"
    zipped.write_bytes(gzip.compress(b'{"id": 9, "body": "so sad", "lang": "en"}\n"bare"\n'))
    result = predict(tweets, "-", zipped, stdin=b"typed\n")
    found = rows(result.output)
    assert [row["id"] for row in found] == ["1", "2", "3", "4", "5", "9", "7"]
    assert [row["file"] for row in found] == [*[str(tweets)] * 4, "stdin", *[str(zipped)] * 2]
    assert found[5]["lang"] == "en"


def test_a_pattern_that_the_shell_left_is_expanded(predict: Cli, tmp_path: Path) -> None:
    written(tmp_path / "b.txt", "two\n")
    written(tmp_path / "a.txt", "one\n")
    written(tmp_path / "[c].txt", "three\n")
    assert [row["text"] for row in rows(predict(tmp_path / "?.txt").output)] == ["one", "two"]
    assert [row["text"] for row in rows(predict(tmp_path / "[c].txt").output)] == ["three"]


def test_a_published_file_is_recognised_and_said_so(predict: Cli, tmp_path: Path) -> None:
    path = written(
        tmp_path / "test.txt", "ID\tTweet\tanger\tjoy\n2018-En-7\tso happy\tNONE\tNONE\n"
    )
    result = predict(path)
    assert result.errors == f"{path}: SemEval-2018 E-c layout, texts in column 'Tweet'\n"
    (row,) = rows(result.output)
    assert (row["id"], row["text"]) == ("2018-En-7", "so happy")
    assert predict("-q", path).errors == ""


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_an_empty_input_is_a_warning(predict: Cli, format: str) -> None:
    result = predict("--format", format, stdin=b"")
    header = "id,text,labels,score_anger,score_joy,score_sadness\n"
    assert (result.status, result.output) == (0, header if format == "csv" else "")
    assert result.errors == "Warning: there are no texts: the input is empty.\n"


def test_encodings_are_chosen_by_the_user(predict: Cli) -> None:
    assert rows(predict("--encoding", "latin-1", stdin=b"caf\xe9\n").output)[0]["text"] == "café"
    result = predict(stdin=b"good\ncaf\xe9\n")
    assert result.status == 1
    assert [row["text"] for row in rows(result.output)] == ["good"]
    assert result.errors == (
        "Error: stdin:2: byte 0xe9 at offset 8 is not utf-8; save the file as UTF-8, or give "
        "`emocli predict` its encoding (for example --encoding latin-1) or have it replace what "
        "cannot be read (--errors replace)\n"
    )


@pytest.mark.parametrize(("policy", "text"), [("replace", "caf\ufffd"), ("ignore", "caf")])
def test_bytes_that_cannot_be_read_may_pass(predict: Cli, policy: str, text: str) -> None:
    result = predict("--errors", policy, stdin=b"caf\xe9\n")
    assert (result.status, result.errors) == (0, "")
    assert [row["text"] for row in rows(result.output)] == [text]


def test_the_most_probable_labels_replace_the_decision(predict: Cli, tweets: Path) -> None:
    found = rows(predict(tweets, "--top", "2").output)
    assert len(found) == 4
    for row in found:
        best = sorted(LABELS, key=lambda label: -row["scores"][label])
        assert row["labels"] == best[:2]
        assert list(row["scores"]) == LABELS


def test_a_threshold_replaces_those_of_the_model(predict: Cli, tweets: Path) -> None:
    everything = rows(predict(tweets, "--threshold", "0").output)
    assert [len(row["labels"]) for row in everything] == [3] * 4
    nothing = rows(predict(tweets, "--threshold", "1").output)
    assert [row["labels"] for row in nothing] == [[]] * 4


def test_exclusive_labels_have_no_threshold(
    command_line: Cli, exclusive_model: Path, tweets: Path
) -> None:
    found = rows(command_line("predict", tweets, "--model", exclusive_model).output)
    assert len(found) == 4
    for row in found:
        assert row["labels"] == [max(row["scores"], key=row["scores"].__getitem__)]
    result = command_line("predict", tweets, "--model", exclusive_model, "--threshold", "0.4")
    assert (result.status, result.output) == (2, "")
    assert result.errors == (
        f"Error: --threshold: the labels of model '{exclusive_model}' exclude one another, the "
        "most probable one is predicted; leave out --threshold.\n"
    )


def test_the_ending_of_the_output_decides_on_its_format(
    predict: Cli, tweets: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.csv"
    result = predict(tweets, "--output", output)
    assert (result.status, result.output) == (0, "")
    assert result.errors.startswith(f"{output}: 4 texts in ")
    lines = output.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,text,labels,score_anger,score_joy,score_sadness"
    assert len(lines) == 5
    other = tmp_path / "out.txt"
    assert predict(tweets, "-q", "--output", other).errors == ""
    assert rows(other.read_text(encoding="utf-8")) == rows(predict(tweets).output)


def test_parquet_comes_out_as_it_went_in(predict: Cli, tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    source, output = tmp_path / "in.parquet", tmp_path / "out.parquet"
    table = pyarrow.table({"id": [5, 6], "text": ["so happy", None], "stars": [4.5, None]})
    pyarrow.parquet.write_table(table, source)
    assert predict(source, "--output", output).status == 0
    found = pyarrow.parquet.read_table(output).to_pylist()
    assert [(row["id"], row["text"], row["stars"]) for row in found] == [
        ("5", "so happy", 4.5),
        ("6", "", None),
    ]


def test_a_bar_is_drawn_where_no_rows_are_shown(predict: Cli, tweets: Path, tmp_path: Path) -> None:
    both = ("stdout", "stderr")
    assert "predicting" not in predict(tweets, terminals=both).errors
    assert "predicting" in predict(tweets, terminals=("stderr",)).errors
    assert "predicting" in predict(tweets, "--summary", terminals=both).errors
    assert "predicting" not in predict(tweets, "--no-progress", terminals=("stderr",)).errors


LONG = b"so happy today ! I am sad\nso sad\n"


def test_texts_that_were_cut_are_told(predict: Cli, of_3_tokens: None) -> None:
    result = predict(stdin=LONG)
    assert result.errors == (
        "Warning: 1 text had more than 3 tokens: the rest was not read (--long truncate).\n"
    )
    cut = predict(stdin=b"so happy today\nso sad\n")
    assert cut.errors == ""
    assert [row["scores"] for row in rows(result.output)] == [
        row["scores"] for row in rows(cut.output)
    ]


def test_long_texts_may_be_read_in_windows(predict: Cli, of_3_tokens: None) -> None:
    result = predict("--long", "split", stdin=LONG)
    assert result.errors == (
        "Warning: 1 text had more than 3 tokens: each was read in windows of as many, whose "
        "probabilities were averaged (--long split).\n"
    )
    parts = rows(predict(stdin=b"so happy today\n! I am\nsad\n").output)
    joy = [part["scores"]["joy"] for part in parts]
    found = rows(result.output)
    assert found[0]["scores"]["joy"] == pytest.approx(
        (3 * joy[0] + 3 * joy[1] + joy[2]) / 7, abs=2e-6
    )
    assert [row["text"] for row in found] == ["so happy today ! I am sad", "so sad"]


def test_a_long_text_may_be_an_error(predict: Cli, of_3_tokens: None) -> None:
    result = predict("--long", "error", stdin=b"so sad\n" + LONG)
    assert result.status == 1
    assert [row["id"] for row in rows(result.output)] == ["1"]
    assert result.errors == (
        "Error: record 2 has more than 3 tokens, which is all that the model reads; shorten it, "
        "or choose another --long.\n"
    )


def test_batches_may_be_small(predict: Cli, tweets: Path) -> None:
    small = rows(predict(tweets, "--batch-tokens", "1").output)
    for one, other in zip(small, rows(predict(tweets).output), strict=True):
        assert one["scores"] == pytest.approx(other["scores"], abs=2e-6)


def test_the_default_that_help_names_is_the_predictors() -> None:
    from emocli.cli.predict import command
    from emocli.inference.scoring import BATCH_TOKENS

    (option,) = (part for part in command.params if part.name == "batch_tokens")
    assert f"[default: {BATCH_TOKENS}]" in str(vars(option)["help"])


@pytest.mark.real_data
def test_the_published_test_file_gets_an_answer_for_each_tweet(predict: Cli) -> None:
    folder = os.environ.get("EMOCLI_DATA")
    if not folder:
        pytest.skip("EMOCLI_DATA names no folder with the published data")
    path = Path(folder) / "semeval2018-ec" / "2018-E-c-En-test.txt"
    result = predict(path)
    assert result.errors == f"{path}: SemEval-2018 E-c layout, texts in column 'Tweet'\n"
    assert len(rows(result.output)) == 3259
