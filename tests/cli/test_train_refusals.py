"""Trainings that cannot be: what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.plugins import registry

METHODS = ", ".join(sorted(registry().methods))
Emocli = Callable[..., Any]


def test_a_name_that_is_taken_is_refused_before_anything_is_read(
    emocli: Emocli, labelled: Path, home: Path, bilstm: tuple[str, ...]
) -> None:
    (home / "models" / "mine").mkdir(parents=True)
    taken = emocli(*bilstm, "--name", "mine")
    assert (taken.status, taken.err) == (
        2,
        f"Error: {home / 'models' / 'mine'}: is there already; "
        "choose another --name or add --replace.\n",
    )
    bundled = emocli(*bilstm, "--name", "datn2")
    assert (bundled.status, bundled.err) == (
        2,
        "Error: model 'datn2' comes with a package; choose another --name.\n",
    )


def test_replace_takes_the_place_of_a_model_and_of_no_other_folder(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...]
) -> None:
    (labelled / "thesis").mkdir()
    (labelled / "thesis" / "chapter.txt").write_text("years of work", encoding="utf-8")
    answer = emocli(*bilstm, "--name", str(labelled / "thesis"), "--replace")
    assert answer.status != 0
    assert (labelled / "thesis" / "chapter.txt").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--train", "train.csv", "--method", "bilst", "--dev", "dev.csv"),
            f"unknown method 'bilst': did you mean 'bilstm'? Known methods: {METHODS}.",
        ),
        (
            ("--train", "train.csv"),
            f"the method is missing: add --method with one of: {METHODS}.",
        ),
        (
            ("--method", "bilstm"),
            "what to learn from is missing: add --train with a file or the name of a data set.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv"),
            "train.csv: has no dev data of its own; they choose the best epoch and the "
            "thresholds. Add --dev with a file of other texts.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv", "-o", "epochs"),
            "option 'epochs' has no value: write -o NAME=VALUE.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv", "-o", "epochs=many"),
            "option 'epochs' is 'many', expected a whole number",
        ),
        (
            ("--method", "ft", "--train", "train.csv", "--dev", "dev.csv", "--device", "cpu"),
            "method 'ft' also learns from a source task: add --source DATA.",
        ),
        (
            (
                *("--method", "bilstm", "--train", "train.csv", "--dev", "dev.csv"),
                *("--source", "mood.csv", "--device", "cpu"),
            ),
            "method 'bilstm' has no use for --source data.",
        ),
        (
            ("--method", "bilstm", "--train", "train.csv", "--unlabelled", "more.txt"),
            "--unlabelled texts need a --teacher that labels them.",
        ),
    ],
)
def test_a_wrong_command_says_what_is_wrong_with_it(
    emocli: Emocli, labelled: Path, arguments: tuple[str, ...], message: str
) -> None:
    answer = emocli("train", *arguments)
    assert (answer.status, answer.out, answer.err) == (2, "", f"Error: {message}\n")


def test_an_unknown_option_or_metric_names_the_nearest(emocli: Emocli, labelled: Path) -> None:
    start = ("train", "--method", "bilstm", "--train", "train.csv")
    option = emocli(*start, "-o", "epoch=3")
    assert option.status == 2
    assert option.err.startswith("Error: unknown option 'epoch': did you mean 'epochs'? Known opt")
    metric = emocli(*start, "-o", "metric=micro_f1")
    assert metric.status == 2
    assert metric.err.startswith("Error: unknown metric 'micro_f1': did you mean 'micro-f1'? Kno")


def test_a_label_that_only_dev_has_is_an_error_with_path_and_line(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...]
) -> None:
    (labelled / "dev.csv").write_text("text,labels\na,joy\nb,saddness\n", encoding="utf-8")
    answer = emocli(*bilstm)
    assert (answer.status, answer.err) == (
        1,
        "Error: dev.csv:3: label 'saddness' is not one of the labels; did you mean 'sadness'? "
        "Labels: anger, joy, sadness.\n",
    )
