"""An unfinished training on disk: safetensors and JSON, so that nothing is ever unpickled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from emocli.errors import EmocliError
from emocli.modelling.tensor_files import save_tensors
from emocli.paths import whole_folder

_FORMAT = 1


@dataclass
class State:
    """How far a training has come.

    Attributes:
        stage: number of the `minimise` call under way, from 0.
        epoch: epochs of this stage that are done.
        step: batches of the present epoch that are done.
        loss_sum: sum of this epoch's batch losses, nats.
        best_score: best dev score of this stage; None before the first.
        best_epoch: the epoch, from 1, that reached it.
        seconds: time spent in training steps, over all sittings.
        history: one entry an epoch: stage, epoch, steps, loss, seconds, dev scores.
    """

    stage: int = 0
    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    best_score: float | None = None
    best_epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, Any]] = field(default_factory=list)

    def next_stage(self) -> None:
        """Begin another `minimise`."""
        self.stage += 1
        self.epoch = self.step = self.best_epoch = 0
        self.loss_sum, self.best_score = 0.0, None


@dataclass
class Checkpoint:
    """Everything that a training needs to go on bit for bit."""

    state: State
    fingerprint: Mapping[str, Any]
    model: dict[str, Tensor]
    best: dict[str, Tensor]
    optimizer: dict[str, Any]
    random: dict[str, Tensor]

    @classmethod
    def of(
        cls,
        state: State,
        fingerprint: Mapping[str, Any],
        model: nn.Module,
        best: dict[str, Tensor],
        optimizer: dict[str, Any],
    ) -> Checkpoint:
        """A training as it is now, with the model's weights and the random generators' states."""
        return cls(state, fingerprint, weights(model), best, optimizer, random_state())


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint whole, in the place of an earlier one."""
    tensors, groups = _flatten(checkpoint.optimizer)
    document = {
        "format": _FORMAT,
        "state": asdict(checkpoint.state),
        "fingerprint": checkpoint.fingerprint,
        "parameter_groups": groups,
    }
    with whole_folder(folder) as place:
        save_tensors(checkpoint.model, place / "model.safetensors")
        save_tensors(checkpoint.best, place / "best.safetensors")
        save_tensors(tensors, place / "optimizer.safetensors")
        save_tensors(checkpoint.random, place / "random.safetensors")
        (place / "state.json").write_text(json.dumps(document, indent=1), encoding="utf-8")


def load_checkpoint(folder: Path, fingerprint: Mapping[str, Any]) -> Checkpoint | None:
    """The checkpoint in `folder`; None where there is none.

    Raises:
        EmocliError: it belongs to a training with other data, options or seed; or it is damaged.
    """
    path = folder / "state.json"
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] == _FORMAT:
            _refuse_other(folder, document["fingerprint"], json.loads(json.dumps(fingerprint)))
            return _read(folder, document, fingerprint)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise EmocliError(
            f"{folder}: the unfinished training there is damaged ({error!r}); "
            "start anew without --resume."
        ) from error
    raise EmocliError(
        f"{folder}: the unfinished training there is another emocli's (format "
        f"{document['format']}, not {_FORMAT}); start anew without --resume."
    )


def _read(folder: Path, document: dict[str, Any], fingerprint: Mapping[str, Any]) -> Checkpoint:
    return Checkpoint(
        state=State(**document["state"]),
        fingerprint=fingerprint,
        model=load_file(folder / "model.safetensors"),
        best=load_file(folder / "best.safetensors"),
        optimizer=_unflatten(
            load_file(folder / "optimizer.safetensors"), document["parameter_groups"]
        ),
        random=load_file(folder / "random.safetensors"),
    )


def random_state() -> dict[str, Tensor]:
    """The states of torch's random generators."""
    states = {"cpu": torch.get_rng_state()}
    for index, state in enumerate(torch.cuda.get_rng_state_all() if _cuda() else []):
        states[f"cuda:{index}"] = state
    return states


def restore_random_state(states: Mapping[str, Tensor]) -> None:
    """Put torch's random generators back."""
    torch.set_rng_state(states["cpu"])
    for name, state in states.items():
        if name.startswith("cuda:") and _cuda():
            torch.cuda.set_rng_state(state, name)


def weights(model: nn.Module) -> dict[str, Tensor]:
    """A copy of every parameter and buffer on the CPU."""
    return {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}


def _cuda() -> bool:
    return torch.cuda.is_available() and bool(
        torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    )


def _refuse_other(folder: Path, had: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    changed = sorted(k for k in had.keys() | wanted.keys() if had.get(k) != wanted.get(k))
    if changed:
        raise EmocliError(
            f"{folder}: the unfinished training there differs in {', '.join(changed)}; "
            "give the same command again, or start anew without --resume."
        )


def _flatten(optimizer: dict[str, Any]) -> tuple[dict[str, Tensor], list[Any]]:
    tensors = {
        f"{index}.{name}": torch.as_tensor(value)
        for index, entries in optimizer["state"].items()
        for name, value in entries.items()
    }
    return tensors, optimizer["param_groups"]


def _unflatten(tensors: Mapping[str, Tensor], groups: list[Any]) -> dict[str, Any]:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value
    return {"state": state, "param_groups": groups}
