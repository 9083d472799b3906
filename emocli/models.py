"""Model folders: find one by name, describe, load, save, list and remove.

A folder holds `model.json`, `model.safetensors`, the tokenizer's files and a card `README.md`:
everything needed to predict offline. Nothing in it is ever unpickled or run.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emocli import paths
from emocli.cards import card
from emocli.errors import EmocliError, UsageError, unknown
from emocli.plugins import registry

if TYPE_CHECKING:
    from torch import Tensor, device

    from emocli.modelling.trained import Trained

FORMAT = 1
_DESCRIPTION = "model.json"
_WEIGHTS = "model.safetensors"


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
            if (folder / _DESCRIPTION).is_file() and folder.name not in entries:
                entries[folder.name] = ModelEntry(folder.name, folder, bundled=False)
    return entries


def find(name: str) -> Path:
    """The folder of a model given by name or by path.

    Raises:
        UsageError: there is no such model.
    """
    folder = Path(name)
    if (folder / _DESCRIPTION).is_file():
        return folder
    if folder.is_dir():
        raise UsageError(f"{name}: no model folder: it has no {_DESCRIPTION}.")
    registry().refuse_clash("model", name)
    entries = available()
    if name not in entries:
        raise unknown("model", name, entries, "A path to a model folder is taken too.")
    return entries[name].folder


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
    if not place.name or place.name.startswith("."):
        raise UsageError(f"'{name}' cannot be the name of a model.")
    if place.exists() and not replace:
        raise UsageError(f"{place}: is there already; choose another --name or add --replace.")
    return place


def describe(folder: Path) -> dict[str, Any]:
    """What `model.json` says.

    Raises:
        EmocliError: it is missing, damaged, or of a later format.
    """
    path = folder / _DESCRIPTION
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EmocliError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise EmocliError(f"{path}: is not JSON ({error}); copy or train the model again.") from error
    if not isinstance(found, dict) or not isinstance(found.get("format"), int):
        raise EmocliError(f"{path}: describes no emocli model.")
    if found["format"] > FORMAT:
        raise EmocliError(
            f"{path}: has format {found['format']}, this emocli reads up to {FORMAT}; upgrade emocli."
        )
    return found


def load(name: str, target: device | None = None) -> Trained:
    """Load a model by name or path, on the CPU or on `target`.

    Raises:
        UsageError: there is no such model, or its method is not installed.
        EmocliError: a file is missing, damaged or belongs to another model.
    """
    import numpy as np

    from emocli.modelling.labels import Labels
    from emocli.modelling.tokenizer import load_tokenizer
    from emocli.modelling.trained import Trained

    folder = find(name)
    found = describe(folder)
    method = registry().method(found["method"])
    model = method.model_class()(
        method.config.from_options(found["config"]),
        Labels(tuple(found["labels"]["names"]), found["labels"]["exclusive"]),
        load_tokenizer(folder),
        **{
            role: Labels(tuple(labels["names"]), labels["exclusive"])
            for role, labels in found["roles"].items()
        },
    )
    _fill(model, folder, found["weights"]["sha256"])
    model.to(target or "cpu")
    model.eval()
    return Trained(method.name, model, np.array(found["thresholds"]), found["about"])


def save(trained: Trained, folder: Path, *, half: bool = False) -> None:
    """Write a model folder, whole or not at all.

    Args:
        half: store the weights in half precision.
    """
    import torch
    from safetensors.torch import save_file

    model = trained.model
    tensors: dict[str, Tensor] = {
        name: _stored(value, torch.float16 if half else None)
        for name, value in model.state_dict().items()
    }
    with paths.whole_folder(folder) as place:
        save_file(tensors, place / _WEIGHTS)
        model.tokenizer.save(place)
        description = {
            "format": FORMAT,
            "method": trained.method,
            "config": trained.about["config"],
            "labels": _told(model.labels),
            "roles": {role: _told(labels) for role, labels in model.roles.items()},
            "thresholds": [round(float(t), 6) for t in trained.thresholds],
            "weights": {
                "sha256": _sha256(place / _WEIGHTS),
                "precision": "float16" if half else "float32",
            },
            "about": trained.about,
        }
        text = json.dumps(description, indent=1, ensure_ascii=False)
        (place / _DESCRIPTION).write_text(text + "\n", encoding="utf-8")
        (place / "README.md").write_text(card(folder.name, description), encoding="utf-8")


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
    with paths.writing(entries[name].folder):
        shutil.rmtree(entries[name].folder)
    return entries[name].folder


def _fill(model: Any, folder: Path, sha256: str) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = folder / _WEIGHTS
    if not path.is_file():
        raise EmocliError(f"{path}: is missing; copy or train the model again.")
    if _sha256(path) != sha256:
        raise EmocliError(
            f"{path}: is damaged or belongs to another model (its SHA-256 is not the one in "
            f"{_DESCRIPTION}); copy or train the model again."
        )
    try:
        model.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        raise EmocliError(f"{path}: does not fit its {_DESCRIPTION}: {error}") from error


def _stored(value: Tensor, dtype: Any) -> Tensor:
    value = value.detach().cpu().contiguous()
    return value.to(dtype) if dtype is not None and value.is_floating_point() else value


def _told(labels: Any) -> dict[str, Any]:
    return {"names": list(labels.names), "exclusive": labels.exclusive}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
