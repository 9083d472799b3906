"""What a memory computes, and what it recalls."""

from __future__ import annotations

import torch
from torch import Tensor

from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.remembering import Memory

PAD = 9


class Sums:
    """Adds the ids of each text up, (batch, 1), and keeps the texts that it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[list[int]]] = []

    def __call__(self, batch: Batch) -> Tensor:
        rows = zip(batch.ids.tolist(), batch.lengths.tolist(), strict=True)
        self.asked.append([row[:length] for row, length in rows])
        return (batch.ids * batch.mask).sum(1, keepdim=True).float()


def batch(*texts: list[int]) -> Batch:
    return collate([Item(ids) for ids in texts], PAD)


def test_a_text_is_computed_once_whatever_stands_beside_it() -> None:
    sums, memory = Sums(), Memory()
    assert memory.recall(batch([1, 2, 3], [4]), sums).tolist() == [[6.0], [4.0]]
    assert memory.recall(batch([4], [5, 6]), sums).tolist() == [[4.0], [11.0]]
    assert memory.recall(batch([5, 6], [4], [1, 2, 3]), sums).tolist() == [[11.0], [4.0], [6.0]]
    assert sums.asked == [[[1, 2, 3], [4]], [[5, 6]]]


def test_a_text_that_comes_twice_in_a_batch_is_computed_once() -> None:
    sums = Sums()
    assert Memory().recall(batch([7], [1, 2], [7]), sums).tolist() == [[7.0], [3.0], [7.0]]
    assert sums.asked == [[[7], [1, 2]]]


def test_texts_that_differ_by_their_end_are_two() -> None:
    sums = Sums()
    assert Memory().recall(batch([1], [1, 1], [1, 1, 1]), sums).tolist() == [[1.0], [2.0], [3.0]]


def test_padding_of_the_new_texts_is_that_of_the_batch() -> None:
    seen: list[list[list[int]]] = []

    def keep(part: Batch) -> Tensor:
        seen.append(part.ids.tolist())
        return torch.zeros(len(part.ids), 1)

    memory = Memory()
    memory.recall(batch([1, 2, 3, 4]), keep)
    memory.recall(batch([1, 2, 3, 4], [5], [6, 7]), keep)
    assert seen == [[[1, 2, 3, 4]], [[5, PAD], [6, 7]]]


def test_no_gradient_reaches_what_is_remembered() -> None:
    weight = torch.ones(1, requires_grad=True)
    rows = Memory().recall(batch([2], [3]), lambda part: part.ids.float() * weight)
    assert rows.tolist() == [[2.0], [3.0]]
    assert not rows.requires_grad


def test_what_was_first_asked_while_predicting_can_be_learnt_from() -> None:
    memory, layer = Memory(), torch.nn.Linear(1, 1)
    with torch.inference_mode():
        memory.recall(batch([2]), Sums())
    layer(memory.recall(batch([2]), Sums())).sum().backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad.tolist() == [[2.0]]
