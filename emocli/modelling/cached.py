"""Tensors that take long to compute, kept in the cache folder by what they depend upon."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from emocli.errors import EmocliError
from emocli.paths import cache_folder, whole_file
from emocli.reporting import SILENT, Reporter

_NAME = "tensor"


def digest(tensors: Iterable[Tensor], *others: object) -> str:
    """A name for whatever depends on these tensors, bit by bit, and on plain JSON values."""
    found = hashlib.sha256()
    for tensor in tensors:
        found.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    found.update(json.dumps(others, default=str).encode("ascii"))
    return found.hexdigest()


def recall(kind: str, name: str) -> Tensor | None:
    """What was kept, float32 on the CPU; None where there is nothing, or nothing readable."""
    place = _place(kind, name)
    try:
        return load_file(place)[_NAME] if place.is_file() else None
    except (OSError, SafetensorError, KeyError):
        return None


def keep(kind: str, name: str, tensor: Tensor, reporter: Reporter = SILENT) -> None:
    """Keep a tensor for the next time; where that cannot be, it is told and nothing else."""
    place = _place(kind, name)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(place, "wb") as stream:
            stream.write(save({_NAME: tensor.contiguous()}))
    except (EmocliError, OSError) as error:
        reporter.warn(f"{kind} are not kept for the next time: {error}")


def _place(kind: str, name: str) -> Path:
    folder = kind.replace(" ", "-").replace("'", "")
    return cache_folder() / folder / f"{name}.safetensors"
