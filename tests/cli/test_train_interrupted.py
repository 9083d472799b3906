"""A training stopped by Ctrl-C, gone on with, or begun anew."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.training import run as training

SMALL = (
    *("-o", "embedding_width=8", "-o", "hidden_width=4", "-o", "attention_width=4"),
    *("-o", "head_width=4", "-o", "min_count=1", "-o", "batch_size=8", "-o", "patience=0"),
    *("-o", "learning_rate=0.02", "--device", "cpu"),
)
BILSTM = ("train", "--method", "bilstm", "--train", "train.csv", "--dev", "dev.csv", *SMALL)

Emocli = Callable[..., Any]


def model_json(home: Path, name: str) -> dict[str, Any]:
    found = json.loads((home / "models" / name / "model.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def interrupt_after(monkeypatch: pytest.MonkeyPatch, checkpoints: int) -> None:
    """Press Ctrl-C once the training has been kept so many times."""
    save, calls = training.save_checkpoint, []

    def counting(*arguments: Any) -> None:
        save(*arguments)
        calls.append(1)
        if len(calls) == checkpoints:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(training, "save_checkpoint", counting)


@pytest.mark.parametrize(
    ("method", "checkpoints"), [("bilstm", 2), ("ft", 2), ("ft", 4), ("datn2", 3)]
)
def test_a_resumed_training_ends_bit_for_bit_where_an_uninterrupted_one_does(
    emocli: Emocli,
    labelled: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    checkpoints: int,
) -> None:
    source = () if method == "bilstm" else ("--source", "mood.csv")
    command = (*BILSTM, "--method", method, *source, "-o", "epochs=4", "--seed", "3")
    assert emocli(*command, "--name", "whole").status == 0
    with monkeypatch.context() as patched:
        interrupt_after(patched, checkpoints)
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
    first, second = model_json(home, "whole"), model_json(home, "parted")
    assert first["thresholds"] == second["thresholds"]
    assert first["about"]["dev"] == second["about"]["dev"]
    losses = [[entry["loss"] for entry in one["about"]["history"]] for one in (first, second)]
    assert losses[0] == losses[1]
    assert second["about"]["commands"] == [typed]
    assert not (home / "runs" / "parted").exists()


def test_ctrl_c_before_the_first_checkpoint_says_that_nothing_is_kept(
    emocli: Emocli, labelled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        training.Run, "_step", lambda *arguments: signal.raise_signal(signal.SIGINT)
    )
    stopped = emocli(*BILSTM, "--name", "mine")
    assert stopped.status == 130
    assert stopped.err.endswith(
        "Stopped before the end of the first epoch: nothing is kept.\nInterrupted.\n"
    )


def test_a_training_that_is_not_resumed_makes_room_and_says_so(
    emocli: Emocli, labelled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (*BILSTM, "-o", "epochs=2", "--name", "mine")
    with monkeypatch.context() as patched:
        interrupt_after(patched, 1)
        emocli(*command)
    anew = emocli(*command)
    assert anew.status == 0
    assert (
        "An unfinished training of 'mine' (1 epoch done) makes room for this one; "
        "--resume would have gone on with it.\n" in anew.err
    )
    assert "epoch 1/2" in anew.err


def test_resume_with_nothing_to_resume_starts_anew_and_says_so(
    emocli: Emocli, labelled: Path
) -> None:
    answer = emocli(*BILSTM, "-o", "epochs=1", "--name", "mine", "--resume")
    assert answer.status == 0
    assert "There is no unfinished training of 'mine': starting anew.\n" in answer.err


def test_another_training_is_not_resumed(
    emocli: Emocli, labelled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        interrupt_after(patched, 1)
        emocli(*BILSTM, "-o", "epochs=2", "--name", "mine")
    with (labelled / "dev.csv").open("a", encoding="utf-8") as stream:
        stream.write("one more,joy\n")
    answer = emocli(*BILSTM, "-o", "epochs=3", "--name", "mine", "--resume")
    assert answer.status == 1
    assert answer.err.endswith(
        f"Error: {home / 'runs' / 'mine'}: the unfinished training there differs in dev data, "
        "option epochs; give the same command again, or start anew without --resume.\n"
    )
