"""A training stopped by Ctrl-C, gone on with, or begun anew."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from emocli.training import run as training

Emocli = Callable[..., Any]
Described = Callable[[str], dict[str, Any]]
Interrupted = Callable[[int], AbstractContextManager[None]]


@pytest.mark.parametrize(
    ("method", "checkpoints"), [("bilstm", 2), ("ft", 2), ("ft", 4), ("datn2", 3)]
)
def test_a_resumed_training_ends_bit_for_bit_where_an_uninterrupted_one_does(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    method: str,
    checkpoints: int,
    small: tuple[str, ...],
    described: Described,
    interrupted_after: Interrupted,
) -> None:
    source = () if method == "bilstm" else ("--source", "mood.csv")
    data = ("--train", "train.csv", "--dev", "dev.csv", *source)
    command = ("train", "--method", method, *data, *small, "-o", "epochs=4", "--seed", "3")
    assert emocli(*command, "--name", "whole").status == 0
    with interrupted_after(checkpoints):
        stopped = emocli(*command, "--name", "parted")
    assert stopped.status == 130
    typed = " ".join(("emocli", *command, "--name", "parted"))
    told = re.search(r"Stopped; what was learnt is kept, (.* done)\. Go on with:\n", stopped.err)
    assert told is not None
    assert stopped.err.endswith(f"{told[0]}  {typed} --resume\nInterrupted.\n")
    if method == "bilstm":
        assert told[1] == "2 epochs done"
    assert not (home / "models" / "parted").exists()

    resumed = emocli(*command, "--name", "parted", "--resume")
    assert resumed.status == 0
    assert f"Going on with the training of 'parted', {told[1]}.\n" in resumed.err
    whole, parted = (home / "models" / name for name in ("whole", "parted"))
    weights = "model.safetensors"
    assert (whole / weights).read_bytes() == (parted / weights).read_bytes()
    first, second = described("whole"), described("parted")
    assert first["thresholds"] == second["thresholds"]
    assert first["about"]["dev"] == second["about"]["dev"]
    losses = [[entry["loss"] for entry in one["about"]["history"]] for one in (first, second)]
    assert losses[0] == losses[1]
    assert second["about"]["commands"] == [typed]
    assert not (home / "runs" / "parted").exists()


def test_ctrl_c_before_the_first_checkpoint_says_that_nothing_is_kept(
    emocli: Emocli, labelled: Path, monkeypatch: pytest.MonkeyPatch, bilstm: tuple[str, ...]
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training.Run, "_step", interrupted)
    stopped = emocli(*bilstm, "--name", "mine")
    assert stopped.status == 130
    assert stopped.err.endswith(
        "Stopped before the end of the first epoch: nothing is kept.\nInterrupted.\n"
    )


def test_a_training_that_is_not_resumed_makes_room_and_says_so(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...], interrupted_after: Interrupted
) -> None:
    command = (*bilstm, "-o", "epochs=2", "--name", "mine")
    with interrupted_after(1):
        emocli(*command)
    anew = emocli(*command)
    assert anew.status == 0
    assert (
        "An unfinished training of 'mine' (1 epoch done) makes room for this one; "
        "--resume would have gone on with it.\n" in anew.err
    )
    assert "epoch 1/2" in anew.err


def test_a_damaged_unfinished_training_makes_room_or_is_told(
    emocli: Emocli, labelled: Path, home: Path, bilstm: tuple[str, ...]
) -> None:
    """It used to block its name with an internal error."""
    run = home / "runs" / "mine"
    run.mkdir(parents=True)
    (run / "state.json").write_text('{"format": 1}', encoding="utf-8")
    resumed = emocli(*bilstm, "-o", "epochs=1", "--name", "mine", "--resume")
    assert resumed.status == 1
    assert resumed.err.endswith(
        f"Error: {run}: the unfinished training there is damaged (KeyError('state')); start anew "
        "without --resume.\n"
    )
    anew = emocli(*bilstm, "-o", "epochs=1", "--name", "mine")
    assert anew.status == 0
    assert "A damaged unfinished training of 'mine' makes room for this one.\n" in anew.err


def test_resume_with_nothing_to_resume_starts_anew_and_says_so(
    emocli: Emocli, labelled: Path, bilstm: tuple[str, ...]
) -> None:
    answer = emocli(*bilstm, "-o", "epochs=1", "--name", "mine", "--resume")
    assert answer.status == 0
    assert "There is no unfinished training of 'mine': starting anew.\n" in answer.err


def test_another_training_is_not_resumed(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    bilstm: tuple[str, ...],
    interrupted_after: Interrupted,
) -> None:
    with interrupted_after(1):
        emocli(*bilstm, "-o", "epochs=2", "--name", "mine")
    with (labelled / "dev.csv").open("a", encoding="utf-8") as stream:
        stream.write("one more,joy\n")
    answer = emocli(*bilstm, "-o", "epochs=3", "--name", "mine", "--resume")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {home / 'runs' / 'mine'}: the unfinished training there differs in dev data, "
        "option epochs; give the same command again, or start anew without --resume.\n"
    )


def time_is_over_when_asked(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the time be over when the training asks for the `number`th time.

    It asks before each stage and after each batch.
    """
    asked = itertools.count(1)
    monkeypatch.setattr(
        "emocli.training.settings.Settings.time_is_over", lambda self: next(asked) >= number
    )


def test_a_training_that_is_out_of_time_keeps_its_best_epoch_and_says_so(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    bilstm: tuple[str, ...],
    described: Described,
) -> None:
    time_is_over_when_asked(monkeypatch, 5)
    answer = emocli(*bilstm, "-o", "epochs=9", "--name", "mine", "--max-minutes", "30")
    assert answer.status == 0
    told = "the 30 minutes were over in epoch 2 of 9, after 1 of 3 batches; epoch 1 is kept"
    assert f"Warning: {told}\n" in answer.err
    assert described("mine")["about"]["stopped"] == told
    card = (home / "models" / "mine" / "README.md").read_text(encoding="utf-8")
    assert f"Stopped before its end: {told}.\n" in card
    assert not (home / "runs" / "mine").exists()


def test_a_training_that_is_out_of_time_before_its_last_stage_can_be_gone_on_with(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    small: tuple[str, ...],
) -> None:
    data = ("--train", "train.csv", "--dev", "dev.csv", "--source", "mood.csv")
    command = ("train", "--method", "ft", *data, *small, "-o", "epochs=1", "--name")
    with monkeypatch.context() as patched:
        time_is_over_when_asked(patched, 2)
        stopped = emocli(*command, "mine", "--max-minutes", "30")
    assert stopped.status == 1
    typed = " ".join(("emocli", *command, "mine", "--max-minutes", "30"))
    assert stopped.err.endswith(
        "Stopped; what was learnt is kept, 0 epochs and 1 batch done. Go on with:\n"
        f"  {typed} --resume\n"
        "Error: the 30 minutes were over before stage 2 of the training began, and no model can "
        "do without it; allow more --max-minutes.\n"
    )
    assert not (home / "models" / "mine").exists()
    assert emocli(*command, "mine", "--max-minutes", "60", "--resume").status == 0
    assert emocli(*command, "whole").status == 0
    weights = [
        (home / "models" / name / "model.safetensors").read_bytes() for name in ("mine", "whole")
    ]
    assert weights[0] == weights[1]
