"""Model folders: find one by name, describe, load, save, list and remove.

A folder holds `model.json`, `model.safetensors`, the tokenizer's files and a card `README.md`:
everything needed to predict offline. A model upon trained models holds the folder of each in the
tokenizer's place. Nothing in it is ever unpickled or run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emocli import paths
from emocli.errors import EmocliError, UsageError, unknown
from emocli.plugins import registry

if TYPE_CHECKING:
    from torch import Tensor, device

    from emocli.methods import Method
    from emocli.modelling.model import Model
    from emocli.modelling.trained import Trained

FORMAT = 1
_DESCRIPTION = "model.json"
_WEIGHTS = "model.safetensors"
_AGAIN = "copy or train the model again."
_KEYS: dict[str, type] = {
    "method": str,
    "config": dict,
    "labels": dict,
    "roles": dict,
    "thresholds": list,
    "weights": dict,
    "about": dict,
}


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be named: `bundled` ones come inside a package and stay there."""

    name: str
    folder: Path
    bundled: bool


def available() -> dict[str, ModelEntry]:
    """Every model by name: bundled ones, then those of the user."""
    entries = {
        name: ModelEntry(name, model.folder, bundled=True)
        for name, model in registry().models.items()
    }
    own = paths.models_folder()
    if own.is_dir():
        for folder in sorted(own.iterdir()):
            # A name with a dot in front: a model half written when the machine went down.
            if folder.name.startswith(".") or folder.name in entries:
                continue
            if (folder / _DESCRIPTION).is_file():
                entries[folder.name] = ModelEntry(folder.name, folder, bundled=False)
    return entries


def find(name: str) -> Path:
    """The folder of a model given by name or by path.

    Raises:
        UsageError: there is no such model.
    """
    folder = Path(name)
    if name and (folder / _DESCRIPTION).is_file():
        return folder
    registry().refuse_clash("model", name)
    entries = available()
    if name in entries:
        return entries[name].folder
    if name and folder.is_dir():
        raise UsageError(f"{name}: no model folder: it has no {_DESCRIPTION}.")
    raise unknown("model", name, entries, "A path to a model folder is taken too.")


def place_for(name: str, *, replace: bool = False) -> Path:
    """The folder in which a new model called `name` (or at that path) is to be saved.

    Raises:
        UsageError: the name is taken, or cannot be one.
    """
    if Path(name).name != name:
        place = Path(name)
    else:
        if name in registry().models:
            raise UsageError(f"model '{name}' comes with a package; choose another --name.")
        place = paths.models_folder() / name
    if not name or not place.name or place.name.startswith("."):
        raise UsageError(f"'{name}' cannot be the name of a model.")
    if place.exists() and not replace:
        raise UsageError(f"{place}: is there already; choose another --name or add --replace.")
    return place


def describe(folder: Path) -> dict[str, Any]:
    """What `model.json` says.

    Raises:
        EmocliError: it is missing, damaged, incomplete, or of a later format.
    """
    path = folder / _DESCRIPTION
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EmocliError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise EmocliError(f"{path}: is not JSON ({error}); {_AGAIN}") from error
    if not isinstance(found, dict) or not isinstance(found.get("format"), int):
        raise EmocliError(f"{path}: describes no emocli model.")
    if found["format"] > FORMAT:
        raise EmocliError(
            f"{path}: has format {found['format']}, this emocli reads up to {FORMAT}; "
            "upgrade emocli."
        )
    _check_complete(path, found)
    return found


def load(name: str, target: device | None = None) -> Trained:
    """Load a model by name or path, on the CPU or on `target`.

    Raises:
        UsageError: there is no such model, or its method is not installed.
        EmocliError: a file is missing, damaged or belongs to another model.
    """
    trained = _load(find(name))
    trained.model.to(target or "cpu")
    return trained


def _load(folder: Path) -> Trained:
    import numpy as np

    from emocli.modelling.trained import Trained
    from emocli.modelling.unfilled import Unfilled

    found = describe(folder)
    method = registry().method(found["method"])
    bases = [_load(folder / name) for name in found.get("bases", [])]
    with Unfilled():
        model = _build(method, found, folder, {"bases": bases} if bases else {})
    _fill(model, folder, found["weights"]["sha256"])
    model.eval()
    return Trained(method.name, model, np.array(found["thresholds"]), found["about"])


def _build(method: Method, found: dict[str, Any], folder: Path, upon: dict[str, Any]) -> Model:
    """The architecture that a folder describes; `upon` hands over the models it builds upon."""
    from emocli.modelling.labels import Labels
    from emocli.modelling.tokenizer import load_tokenizer

    def labels(told: dict[str, Any]) -> Labels:
        return Labels(tuple(told["names"]), told["exclusive"])

    config = method.config_class().from_options(found["config"])
    model_class = method.model_class()
    tokenizer = model_class.make_tokenizer(config, (), **upon) if upon else load_tokenizer(folder)
    roles = {role: labels(told) for role, told in found["roles"].items()}
    return model_class(config, labels(found["labels"]), tokenizer, **upon, **roles)


def save(trained: Trained, folder: Path, *, half: bool = False) -> None:
    """Write a model folder, whole or not at all.

    Args:
        half: store the weights in half precision.
    """
    import torch

    from emocli.cards import card
    from emocli.modelling.tensor_files import save_tensors

    model = trained.model
    tensors: dict[str, Tensor] = {
        name: _stored(value, torch.float16 if half else None)
        for name, value in model.own_state().items()
    }
    bases = {f"base-{number}": base for number, base in enumerate(model.bases, start=1)}
    with paths.whole_folder(folder) as place:
        save_tensors(tensors, place / _WEIGHTS)
        for name, base in bases.items():
            save(base, place / name, half=half)
        if not bases:
            model.tokenizer.save(place)
        description = {
            "format": FORMAT,
            "method": trained.method,
            "config": trained.about["config"],
            "labels": _told(model.labels),
            "roles": {role: _told(labels) for role, labels in model.roles.items()},
            "bases": list(bases),
            "thresholds": [round(float(t), 6) for t in trained.thresholds],
            "weights": {
                "sha256": _sha256(place / _WEIGHTS),
                "precision": "float16" if half else "float32",
            },
            "about": trained.about,
        }
        text = json.dumps(description, indent=1, ensure_ascii=False)
        _write(place / _DESCRIPTION, text + "\n")
        _write(place / "README.md", card(folder.name, description))


def remove(name: str) -> Path:
    """Delete a model of the user's; its folder.

    Raises:
        UsageError: there is no such model, or it is bundled with a package.
    """
    entries = available()
    if name not in entries:
        raise unknown("model", name, entries)
    if entries[name].bundled:
        raise UsageError(f"model '{name}' comes with a package; it cannot be removed.")
    import shutil

    with paths.writing(entries[name].folder):
        shutil.rmtree(entries[name].folder)
    return entries[name].folder


def _fill(model: Any, folder: Path, sha256: str) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = folder / _WEIGHTS
    if not path.is_file():
        raise EmocliError(f"{path}: is missing; {_AGAIN}")
    if _sha256(path) != sha256:
        raise EmocliError(
            f"{path}: is damaged or belongs to another model (its SHA-256 is not the one in "
            f"{_DESCRIPTION}); {_AGAIN}"
        )
    try:
        model.load_own_state(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        raise EmocliError(f"{path}: does not fit its {_DESCRIPTION}: {error}") from error


def _check_complete(path: Path, found: dict[str, Any]) -> None:
    """Raise EmocliError where a part of a description is missing or does not fit the others."""
    for key, kind in _KEYS.items():
        if not isinstance(found.get(key), kind):
            raise EmocliError(f"{path}: has no '{key}', or not as it should be; {_AGAIN}")
    tasks = [found["labels"], *found["roles"].values()]
    if not all(isinstance(task, dict) and {"names", "exclusive"} <= task.keys() for task in tasks):
        raise EmocliError(f"{path}: tells of labels without names; {_AGAIN}")
    if "sha256" not in found["weights"]:
        raise EmocliError(f"{path}: has no SHA-256 of the weights; {_AGAIN}")
    n_labels, n_thresholds = len(found["labels"]["names"]), len(found["thresholds"])
    if n_labels != n_thresholds:
        raise EmocliError(f"{path}: has {n_labels} labels and {n_thresholds} thresholds; {_AGAIN}")


def _stored(value: Tensor, dtype: Any) -> Tensor:
    return value.to(dtype) if dtype is not None and value.is_floating_point() else value


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _told(labels: Any) -> dict[str, Any]:
    return {"names": list(labels.names), "exclusive": labels.exclusive}


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
