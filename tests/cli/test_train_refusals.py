"""Trainings that cannot be: what is said of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.locks import locked
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
    assert (answer.status, answer.err) == (
        2,
        f"Error: {labelled / 'thesis'}: holds what is no part of a model (chapter.txt); "
        "choose another --name.\n",
    )
    assert (labelled / "thesis" / "chapter.txt").is_file()


def test_two_trainings_of_one_name_do_not_meet(
    emocli: Emocli, labelled: Path, home: Path, bilstm: tuple[str, ...]
) -> None:
    """The second used to replace the first one's model, and both had one checkpoint."""
    with locked(home / "runs" / ".mine.lock"):
        answer = emocli(*bilstm, "--name", "mine")
    assert (answer.status, answer.err) == (
        2,
        "Error: 'mine' is being trained by another emocli; wait until it ends, or choose another "
        "--name.\n",
    )


def test_a_model_that_came_in_the_meantime_is_not_replaced_unasked(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    bilstm: tuple[str, ...],
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from emocli.training import train as training

    place = home / "models" / "mine"
    train = training.train

    def slow(*arguments: Any) -> Any:
        shutil.copytree(tiny_model, place)
        return train(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(training, "train", slow)
        answer = emocli(*bilstm, "-o", "epochs=1", "--name", "mine")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {place}: has come to be since this training began, which is kept: move it away, "
        "or add --replace, and give the same command with --resume.\n"
    )
    resumed = emocli(*bilstm, "-o", "epochs=1", "--name", "mine", "--resume", "--replace")
    assert resumed.status == 0
    assert "Going on with the training of 'mine', 1 epoch done.\n" in resumed.err


def test_the_last_of_the_seeds_must_be_a_seed(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...]
) -> None:
    """numpy refused it when the others were trained."""
    answer = emocli(*bilstm, "--seed", 2**32 - 1, "--seeds", 2)
    assert (answer.status, answer.err) == (
        2,
        "Error: --seeds: the last one would be 4294967296, expected at most 4294967295.\n",
    )


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--seed", "4294967296", "4294967296 is not in the range 0<=x<=4294967295."),
        ("--max-minutes", "nan", "nan is not a finite number."),
        ("--gold-weight", "inf", "inf is not in the range 0<=x<=1."),
    ],
)
def test_numbers_that_none_can_count_with_are_refused(
    emocli: Emocli, bilstm: tuple[str, ...], option: str, value: str, told: str
) -> None:
    answer = emocli(*bilstm, option, value)
    assert answer.status == 2
    assert answer.err.endswith(f"Error: Invalid value for '{option}': {told}\n")


@pytest.mark.parametrize("method", ["ensemble", "embedding-mixing"])
@pytest.mark.parametrize("option", ["--teacher", "--unlabelled"])
def test_what_learns_nothing_has_no_teacher(emocli: Emocli, method: str, option: str) -> None:
    """The teachers labelled all texts, and nothing came of it."""
    answer = emocli("train", "--method", method, "--train", "none.csv", option, "none")
    assert (answer.status, answer.out, answer.err) == (
        2,
        "",
        f"Error: method '{method}' builds upon trained models, which have learnt already: leave "
        "out --teacher and --unlabelled, or train one of those with them.\n",
    )


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
            "train.csv: a file has no dev data of its own; they choose the best epoch and the "
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
