"""An unfinished training on disk: safetensors and JSON, so that nothing is ever unpickled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from emocli.errors import EmocliError
from emocli.inference.devices import out_of_memory
from emocli.modelling.tensor_files import save_tensors
from emocli.paths import whole_folder

_FORMAT = 1
_STATE = "state.json"
_KINDS = {
    int: (int,),
    float: (int, float),
    list: (list,),
    NoneType: (NoneType, int, float),
}
"""What a value of the state may be, by the kind of its first value."""

_ENTRY = {"stage", "epoch", "loss", "seconds"}
_OF_DAMAGED_FILES = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    SafetensorError,
)


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
        (place / _STATE).write_text(json.dumps(document, indent=1), encoding="utf-8")


def load_checkpoint(folder: Path, fingerprint: Mapping[str, Any]) -> Checkpoint | None:
    """The checkpoint in `folder`; None where there is none.

    Raises:
        EmocliError: it belongs to a training with other data, options or seed; or it is damaged.
    """
    if not (folder / _STATE).is_file():
        return None
    with going_on(folder):
        document = _document(folder)
        refuse_other(folder, document["fingerprint"], fingerprint)
        return _read(folder, document, fingerprint)


def read_state(folder: Path) -> State:
    """How far the unfinished training in `folder` has come.

    Raises:
        EmocliError: it is damaged, or another emocli's.
    """
    with going_on(folder):
        return _state(_document(folder)["state"])


def refuse_other(folder: Path, had: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise EmocliError where the training in `folder` is not the one that is wanted.

    Args:
        had: its fingerprint, as JSON keeps it.
        wanted: that of the training asked for.
    """
    wanted = json.loads(json.dumps(wanted))
    changed = sorted(k for k in had.keys() | wanted.keys() if had.get(k) != wanted.get(k))
    if changed:
        raise EmocliError(
            f"{folder}: the unfinished training there differs in {', '.join(changed)}; "
            "give the same command again, or start anew without --resume."
        )


class DamagedCheckpointError(EmocliError):
    """An unfinished training that cannot be gone on with."""


@contextmanager
def going_on(folder: Path) -> Iterator[None]:
    """Tell that an unfinished training is damaged, whatever shows it inside the block.

    Raises:
        DamagedCheckpointError: for what a damaged file makes fail.
    """
    try:
        yield
    except _OF_DAMAGED_FILES as error:
        if isinstance(error, RuntimeError) and out_of_memory(error):
            raise
        raise DamagedCheckpointError(
            f"{folder}: the unfinished training there is damaged ({error!r}); "
            "start anew without --resume."
        ) from error


def _document(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    if document["format"] != _FORMAT:
        raise EmocliError(
            f"{folder}: the unfinished training there is another emocli's (format "
            f"{document['format']}, not {_FORMAT}); start anew without --resume."
        )
    return document


def _read(folder: Path, document: dict[str, Any], fingerprint: Mapping[str, Any]) -> Checkpoint:
    model, best = (load_file(folder / name) for name in ("model.safetensors", "best.safetensors"))
    if best and _shapes(best) != _shapes(model):
        raise ValueError("best.safetensors does not fit model.safetensors")
    return Checkpoint(
        state=_state(document["state"]),
        fingerprint=fingerprint,
        model=model,
        best=best,
        optimizer=_unflatten(
            load_file(folder / "optimizer.safetensors"), document["parameter_groups"]
        ),
        random=load_file(folder / "random.safetensors"),
    )


def _state(told: dict[str, Any]) -> State:
    state = State(**told)
    for name, value in vars(state).items():
        if type(value) not in _KINDS[type(getattr(State(), name))]:
            raise TypeError(f"{name} is {value!r}")
    if min(state.stage, state.epoch, state.step) < 0:
        raise ValueError("a number of things done is negative")
    if not all(entry.keys() >= _ENTRY for entry in state.history):
        raise ValueError("the history is not complete")
    return state


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in tensors.items()}


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
