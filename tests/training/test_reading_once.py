"""Texts that frozen layers have read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from emocli.modelling.batches import Batch, Item
from emocli.training.reading_once import read_once

Make = Callable[..., Any]


def items(*rows: list[int], role: str = "target") -> list[Item]:
    return [Item(row, [1.0], role) for row in rows]


class Sums:
    """The sum of a text's ids, (batch, 1); it counts the texts that it was asked about."""

    def __init__(self) -> None:
        self.n_asked = 0

    def __call__(self, batch: Batch) -> Tensor:
        self.n_asked += len(batch.ids)
        return (batch.ids * batch.mask).sum(1, keepdim=True).float()


def test_every_text_is_read_once_whatever_its_role(make_run: Make, memory: Make) -> None:
    run, sums, heard = make_run(), Sums(), memory()
    texts = [*items([3], [1, 2, 4], [3]), *items([5, 5], [1, 2, 4], role="source")]
    known = read_once(run.model, texts, sums, torch.float32, heard)
    assert sums.n_asked == 3
    assert heard.bars == [("encoding the texts", 3, "texts")]
    assert sum(heard.advanced) == 3
    found = known.recall(run.model.batch(items([1, 2, 4], [3])), sums)
    assert found.tolist() == [[7.0], [3.0]]
    assert sums.n_asked == 3


def test_a_run_reads_the_texts_of_its_roles_and_of_dev(make_run: Make) -> None:
    run, sums = make_run(n=2), Sums()
    run._items["source"] = items([7], [8], role="source")
    run._dev = items([9])
    assert run.read_once(sums, "source").recall(
        run.model.batch(items([9], [7])), sums
    ).tolist() == [
        [9.0],
        [7.0],
    ]
    assert sums.n_asked == 3
    run.read_once(sums, "target", "source")
    assert sums.n_asked == 3 + 4


def test_layers_are_asked_without_dropout(make_run: Make, memory: Make) -> None:
    model = make_run().model.train()
    modes = []

    def compute(batch: Batch) -> Tensor:
        modes.append(model.training)
        return torch.zeros(len(batch.ids), 1)

    read_once(model, items([1], [2]), compute, torch.float32, memory())
    assert modes == [False]
