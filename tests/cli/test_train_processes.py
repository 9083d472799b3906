"""A training in several processes is the one in a single process, told once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

Emocli = Callable[..., Any]

LAUNCH = (
    *(sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"),
    *("--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"),
    *("--main_process_port", "0", "-m", "emocli"),
)
# Both tasks, a step of several batches, and shares of unequal size.
DATN2 = (
    *("train", "--method", "datn2", "--train", "train.csv", "--dev", "dev.csv"),
    *("--source", "mood.csv", "-o", "embedding_width=8", "-o", "hidden_width=4"),
    *("-o", "attention_width=4", "-o", "head_width=4", "-o", "min_count=1", "-o", "batch_size=3"),
    *("-o", "accumulate=3", "-o", "learning_rate=0.02", "-o", "epochs=2", "-o", "dropout=0"),
    *("-o", "output=sigmoid", "--device", "cpu", "--precision", "fp32", "--max-minutes", "60"),
)


def weights(home: Path, name: str) -> dict[str, torch.Tensor]:
    return load_file(home / "models" / name / "model.safetensors")


def test_two_processes_train_the_same_model_as_one_and_one_of_them_tells(
    emocli: Emocli, labelled: Path, home: Path
) -> None:
    alone = emocli(*DATN2, "--name", "alone")
    assert alone.status == 0
    hidden = {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*LAUNCH, *DATN2, "--name", "together"],
        env={**os.environ, **hidden},
        cwd=labelled,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == "together"
    for line in ("reading the texts", "epoch 1/2: ", "Use it: emocli predict FILE --model"):
        assert done.stderr.count(line) == alone.err.count(line) == 1
    first, second = weights(home, "alone"), weights(home, "together")
    assert first.keys() == second.keys()
    for name, values in first.items():
        torch.testing.assert_close(second[name], values, atol=1e-5, rtol=0)
    told = [
        json.loads((home / "models" / name / "model.json").read_text(encoding="utf-8"))["about"]
        for name in ("alone", "together")
    ]
    assert [about["processes"] for about in told] == [1, 2]
    assert told[0]["dev"]["jaccard"] == pytest.approx(told[1]["dev"]["jaccard"])
    assert not (home / "runs" / "together").exists()


def test_several_seeds_are_trained_in_one_process(
    emocli: Emocli, labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "0")
    answer = emocli(*DATN2, "--seeds", "2", "--name", "mine")
    assert answer.status == 2
    assert answer.err.endswith(
        "Error: --seeds trains in one process, and 2 were started: leave out the launcher, or "
        "--seeds.\n"
    )
