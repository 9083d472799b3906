"""Model folders: save a trained model, and load it.

A folder holds `model.json`, `model.safetensors`, the tokenizer's files and a card `README.md`:
everything needed to predict offline. A model upon trained models holds the folder of each in the
tokenizer's place. Nothing in it is ever unpickled or run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emocli import paths
from emocli.descriptions import AGAIN, DESCRIPTION, FORMAT, describe, is_base
from emocli.errors import DataError, EmocliError, UsageError
from emocli.plugins import registry

if TYPE_CHECKING:
    from torch import Tensor

    from emocli.methods import Method
    from emocli.modelling.model import Model
    from emocli.modelling.trained import Trained

WEIGHTS = "model.safetensors"
_CARD = "README.md"
_FILES = frozenset({DESCRIPTION, WEIGHTS, "tokenizer.json", "pieces.json", _CARD})


def is_part(name: str) -> bool:
    """Whether a file or folder in a model folder, so called, belongs to the model."""
    return name in _FILES or is_base(name)


def load_folder(folder: Path) -> Trained:
    """Load the model in a folder, on the CPU.

    Raises:
        UsageError: its method is not installed.
        EmocliError: a file is missing, damaged or belongs to another model.
    """
    import numpy as np

    from emocli.modelling.trained import Trained
    from emocli.modelling.unfilled import Unfilled

    found = describe(folder)
    method = _method(folder, found)
    bases = [load_folder(folder / name) for name in found.get("bases", [])]
    with Unfilled(), _naming(folder, method):
        model = _build(method, found, folder, {"bases": bases} if bases else {})
    _fill(model, folder, found["weights"]["sha256"])
    model.eval()
    return Trained(method.name, model, np.array(found["thresholds"]), found["about"])


def _method(folder: Path, found: dict[str, Any]) -> Method:
    """The method of a description, which must be installed and build upon as many models."""
    path = folder / DESCRIPTION
    try:
        method = registry().method(found["method"])
    except UsageError as error:
        raise UsageError(
            f"{path}: {error} Install the plugin that brings the method, or remove the model."
        ) from error
    n_bases = len(found.get("bases", []))
    wrong = method.wrong_bases(n_bases)
    if wrong is not None:
        raise EmocliError(f"{path}: {wrong}, and it has {n_bases}; {AGAIN}")
    return method


@contextmanager
def _naming(folder: Path, method: Method) -> Iterator[None]:
    """Tell of files from which a method cannot build a model, whatever is wrong with them."""
    try:
        yield
    except DataError as error:
        raise EmocliError(f"{error}; {AGAIN}") from error
    except UsageError as error:
        raise EmocliError(
            f"{folder / DESCRIPTION}: does not fit its method '{method.name}': "
            f"{str(error).rstrip('.')}; {AGAIN}"
        ) from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise EmocliError(
            f"{folder / DESCRIPTION}: the method '{method.name}' can build no model from it and "
            f"the files beside it ({error!r}); {AGAIN}"
        ) from error


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
        save_tensors(tensors, place / WEIGHTS)
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
                "sha256": _sha256(place / WEIGHTS),
                "precision": "float16" if half else "float32",
            },
            "about": trained.about,
        }
        text = json.dumps(description, indent=1, ensure_ascii=False)
        _write(place / DESCRIPTION, text + "\n")
        _write(place / _CARD, card(folder.name, description))


def _fill(model: Any, folder: Path, sha256: str) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = folder / WEIGHTS
    if not path.is_file():
        raise EmocliError(f"{path}: is missing; {AGAIN}")
    try:
        if _sha256(path) != sha256:
            raise EmocliError(
                f"{path}: is damaged or belongs to another model (its SHA-256 is not the one in "
                f"{DESCRIPTION}); {AGAIN}"
            )
        model.load_own_state(load_file(path))
    except OSError as error:
        raise EmocliError(f"{path}: cannot be read: {error.strerror}") from error
    except (SafetensorError, RuntimeError) as error:
        # Of what torch says, the second line is the first tensor that does not fit.
        said = str(error).splitlines()
        fault = "".join(said[1:2] or said).strip(" \t.")
        raise EmocliError(f"{path}: does not fit its {DESCRIPTION}: {fault}; {AGAIN}") from error


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
