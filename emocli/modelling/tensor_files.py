"""Tensors in safetensors files, which hold numbers and nothing that could be run."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors by name; those that share memory are written once each.

    Raises:
        OSError: the file cannot be written (no space, no permission).
    """
    apart = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    try:
        save_file(apart, path)
    # The library hides the operating system's refusal in an error of its own.
    except SafetensorError as error:
        found = re.search(r"os error (\d+)", str(error))
        if found is None:
            raise
        code = int(found[1])
        raise OSError(code, os.strerror(code), None, code) from error
