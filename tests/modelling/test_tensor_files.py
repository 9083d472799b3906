from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from emocli.modelling.tensor_files import save_tensors


def test_tensors_come_back_as_they_were(tmp_path: Path) -> None:
    tensors = {"ids": torch.tensor([1, 2]), "turned": torch.arange(6.0).view(2, 3).T}
    save_tensors(tensors, tmp_path / "some.safetensors")
    loaded = load_file(tmp_path / "some.safetensors")
    assert loaded["ids"].tolist() == [1, 2]
    assert loaded["turned"].tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]


def test_no_tensors_are_a_file_too(tmp_path: Path) -> None:
    save_tensors({}, tmp_path / "none.safetensors")
    assert load_file(tmp_path / "none.safetensors") == {}


def test_tensors_that_share_memory_are_kept_each(tmp_path: Path) -> None:
    table = torch.eye(2)
    save_tensors({"table": table, "row": table[0]}, tmp_path / "tied.safetensors")
    loaded = load_file(tmp_path / "tied.safetensors")
    assert loaded["row"].tolist() == [1.0, 0.0]
    assert loaded["table"].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_refused_write_is_an_error_of_the_operating_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        save_tensors({"row": torch.zeros(2)}, tmp_path / "none" / "some.safetensors")
    assert caught.value.errno == errno.ENOENT
    assert caught.value.strerror == os.strerror(errno.ENOENT)
