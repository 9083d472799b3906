from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from emocli.errors import EmocliError
from emocli.training.checkpoints import (
    Checkpoint,
    DamagedCheckpointError,
    State,
    going_on,
    load_checkpoint,
    random_state,
    read_state,
    restore_random_state,
    save_checkpoint,
    weights,
)

Refused = Callable[[type[EmocliError], str], AbstractContextManager[None]]
FINGERPRINT = {"method": "bilstm", "seed": 3, "labels": ("joy", "anger")}


def state() -> State:
    entry = {"stage": 0, "epoch": 1, "loss": 0.1 + 0.2, "seconds": 1 / 3}
    return State(1, 2, 3, 0.1 + 0.2, 2 / 3, 1, 4.5, [entry])


def checkpoint(**changes: Any) -> Checkpoint:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    parts: dict[str, Any] = {
        "state": state(),
        "fingerprint": FINGERPRINT,
        "model": weights(model),
        "best": {},
        "optimizer": optimizer.state_dict(),
        "random": random_state(),
    }
    return Checkpoint(**{**parts, **changes})


def test_a_checkpoint_comes_back_bit_for_bit(tmp_path: Path) -> None:
    saved = checkpoint()
    save_checkpoint(tmp_path / "run", saved)
    loaded = load_checkpoint(tmp_path / "run", FINGERPRINT)
    assert loaded is not None
    assert loaded.state == saved.state
    assert loaded.best == {}
    assert loaded.model.keys() == saved.model.keys()
    assert all(torch.equal(loaded.model[name], saved.model[name]) for name in saved.model)
    assert torch.equal(loaded.random["cpu"], saved.random["cpu"])
    assert loaded.optimizer["state"].keys() == saved.optimizer["state"].keys()
    for index, entries in saved.optimizer["state"].items():
        for name, value in entries.items():
            assert torch.equal(loaded.optimizer["state"][index][name], value)
    again = torch.optim.AdamW(nn.Linear(2, 1).parameters(), lr=0.5)
    again.load_state_dict(loaded.optimizer)
    assert again.param_groups[0]["lr"] == 0.1


def test_a_checkpoint_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "run", checkpoint(state=State(epoch=1)))
    save_checkpoint(tmp_path / "run", checkpoint(state=State(epoch=2)))
    loaded = load_checkpoint(tmp_path / "run", FINGERPRINT)
    assert loaded is not None
    assert loaded.state.epoch == 2
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_nothing_in_a_checkpoint_could_be_run(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "run", checkpoint())
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "best.safetensors",
        "model.safetensors",
        "optimizer.safetensors",
        "random.safetensors",
        "state.json",
    ]


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "run", FINGERPRINT) is None


def test_a_training_of_another_kind_is_not_gone_on_with(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    save_checkpoint(folder, checkpoint())
    with pytest.raises(EmocliError) as caught:
        load_checkpoint(folder, {"method": "datn2", "labels": ("joy", "anger"), "epochs": 3})
    assert str(caught.value) == (
        f"{folder}: the unfinished training there differs in epochs, method, seed; "
        "give the same command again, or start anew without --resume."
    )


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("state.json", b"{", "JSONDecodeError('Expecting property name"),
        ("state.json", b"[]", "TypeError('list indices must be"),
        ("state.json", b"{}", "KeyError('format')"),
        ("model.safetensors", b"", "SafetensorError('Error while deserializing header"),
        ("optimizer.safetensors", None, "FileNotFoundError("),
    ],
)
def test_a_damaged_checkpoint_is_told(
    tmp_path: Path, name: str, content: bytes | None, fault: str
) -> None:
    folder = tmp_path / "run"
    save_checkpoint(folder, checkpoint())
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(EmocliError) as caught:
        load_checkpoint(folder, FINGERPRINT)
    text = str(caught.value)
    assert text.startswith(f"{folder}: the unfinished training there is damaged ({fault}")
    assert text.endswith("); start anew without --resume.")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"epoch": "two"}, "TypeError(\"epoch is 'two'\")"),
        ({"step": -1}, "ValueError('a number of things done is negative')"),
        ({"history": [{}]}, "ValueError('the history is not complete')"),
        ({"history": [3]}, "AttributeError(\"'int' object has no attribute 'keys'\")"),
        (
            {"x": 1},
            "TypeError(\"State.__init__() got an unexpected keyword argument 'x'\")",
        ),
    ],
)
def test_a_state_that_cannot_be_is_told(
    tmp_path: Path, changes: dict[str, Any], fault: str, refused: Refused
) -> None:
    """It used to be an internal error, here or in the middle of the training."""
    save_checkpoint(tmp_path, checkpoint())
    document = json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))
    document["state"] |= changes
    (tmp_path / "state.json").write_text(json.dumps(document), encoding="utf-8")
    told = f"{tmp_path}: the unfinished training there is damaged ({fault}); start anew"
    told += " without --resume."
    for read in (read_state, lambda folder: load_checkpoint(folder, FINGERPRINT)):
        with refused(DamagedCheckpointError, told):
            read(tmp_path)


def test_best_weights_of_another_model_are_told(tmp_path: Path, refused: Refused) -> None:
    save_checkpoint(tmp_path, checkpoint(best=weights(nn.Linear(3, 1))))
    told = (
        f"{tmp_path}: the unfinished training there is damaged (ValueError('best.safetensors does "
        "not fit model.safetensors')); start anew without --resume."
    )
    with refused(DamagedCheckpointError, told):
        load_checkpoint(tmp_path, FINGERPRINT)


def test_memory_that_runs_out_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(torch.OutOfMemoryError), going_on(tmp_path):
        raise torch.OutOfMemoryError("CUDA out of memory.")


def test_a_checkpoint_of_another_version_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    save_checkpoint(folder, checkpoint())
    document = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    text = json.dumps(document | {"format": 2, "fingerprint": {}})
    (folder / "state.json").write_text(text, encoding="utf-8")
    with pytest.raises(EmocliError) as caught:
        load_checkpoint(folder, FINGERPRINT)
    assert str(caught.value) == (
        f"{folder}: the unfinished training there is another emocli's (format 2, not 1); "
        "start anew without --resume."
    )


def test_random_numbers_go_on_where_they_were() -> None:
    torch.manual_seed(5)
    states = random_state()
    first = torch.rand(3)
    torch.rand(7)
    restore_random_state(states)
    assert torch.equal(torch.rand(3), first)


def test_kept_weights_do_not_change_with_the_model() -> None:
    model = nn.BatchNorm1d(2)
    kept = weights(model)
    with torch.no_grad():
        model.weight.add_(1)
        model.running_mean.add_(1)  # type: ignore[union-attr]
    assert kept["weight"].tolist() == [1.0, 1.0]
    assert kept["running_mean"].tolist() == [0.0, 0.0]


def test_the_next_stage_begins_at_its_start_and_keeps_the_history() -> None:
    now = state()
    now.next_stage()
    assert asdict(now) == asdict(State(stage=2, seconds=4.5, history=state().history))
