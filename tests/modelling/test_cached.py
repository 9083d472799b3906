"""What is kept in the cache folder, and under which name."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from emocli.modelling.cached import digest, keep, recall
from emocli.paths import cache_folder
from emocli.reporting import Reporter


def test_what_was_kept_is_there_again() -> None:
    assert recall("encoded words", "a") is None
    keep("encoded words", "a", torch.eye(3)[:, 1:])
    found = recall("encoded words", "a")
    assert found is not None
    assert torch.equal(found, torch.eye(3)[:, 1:])
    assert recall("encoded words", "b") is None
    assert recall("others", "a") is None


@pytest.mark.parametrize(
    ("tensors", "others"),
    [
        ([torch.ones(3)], ["one", 2]),
        ([torch.ones(2, dtype=torch.bfloat16)], ["one", 2]),
        ([torch.ones(2)], ["one", 3]),
        ([torch.ones(2)], ["one", "2"]),
    ],
)
def test_the_name_changes_with_anything(tensors: list[torch.Tensor], others: list[Any]) -> None:
    assert digest([torch.ones(2)], "one", 2) == digest([torch.ones(4)[::2]], "one", 2)
    assert digest(tensors, *others) != digest([torch.ones(2)], "one", 2)


def test_what_cannot_be_read_is_as_if_it_were_not_there() -> None:
    keep("words", "a", torch.ones(2))
    (file,) = (cache_folder() / "words").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert recall("words", "a") is None


class Ear(Reporter):
    def __init__(self) -> None:
        self.warned: list[str] = []

    def warn(self, text: str) -> None:
        self.warned.append(text)


def test_what_cannot_be_kept_is_told() -> None:
    cache_folder().write_text("no folder")
    heard = Ear()
    keep("encoded words", "a", torch.ones(2), heard)
    (told,) = heard.warned
    assert told.startswith("encoded words are not kept for the next time: ")
