"""Tensors in safetensors files, which hold numbers and nothing that could be run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save
from torch import Tensor


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors by name; those that share memory are written once each.

    Raises:
        OSError: the file cannot be written (no space, no permission).
    """
    apart = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    # Not the library's own save_file: it hides the system's refusals and the user's umask.
    path.write_bytes(save(apart))
