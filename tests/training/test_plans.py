from __future__ import annotations

from itertools import chain, islice
from typing import Any

import numpy as np
import pytest

from emocli.modelling.batches import Item
from emocli.training.plans import Alternating, Shuffled, Together


def items(n: int, role: str = "target") -> list[Item]:
    """Texts of 1 to `n` tokens; the first token is the text's number."""
    return [Item([number] * (number + 1), None, role) for number in range(n)]


def numbers(batches: Any) -> list[list[int]]:
    return [[item.ids[0] for item in batch] for batch in batches]


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("n", "batches"), [(0, 0), (1, 1), (4, 1), (5, 2), (1000, 250)])
def test_every_item_is_visited_once_an_epoch(n: int, batches: int) -> None:
    plan = Shuffled(items(n), 4)
    visited = numbers(plan.epoch(generator()))
    assert len(visited) == len(plan) == batches
    assert sorted(chain.from_iterable(visited)) == list(range(n))


def test_texts_of_like_length_share_a_batch() -> None:
    batches = sorted(numbers(Shuffled(items(20), 4).epoch(generator())))
    assert batches == [[4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3] for n in range(5)]


def test_batches_come_in_random_order() -> None:
    batches = numbers(Shuffled(items(20), 4).epoch(generator()))
    assert batches != sorted(batches)
    assert batches != numbers(Shuffled(items(20), 4).epoch(generator(1)))
    assert batches == numbers(Shuffled(items(20), 4).epoch(generator()))


def test_only_texts_of_one_pool_are_sorted_together() -> None:
    """With 50 batches a pool, the shortest texts of all are not always in one batch."""
    batches = numbers(Shuffled(items(200), 2).epoch(generator()))
    together = {tuple(batch) for batch in batches}
    assert together != {(2 * n, 2 * n + 1) for n in range(100)}


def test_an_epoch_goes_on_where_its_generator_stands() -> None:
    plan, random = Shuffled(items(20), 4), generator()
    assert numbers(plan.epoch(random)) != numbers(plan.epoch(random))


def test_anything_can_be_shuffled() -> None:
    batches = list(Shuffled([("a", "b"), ("a", "c"), ("b", "c")], 2).epoch(generator()))
    assert sorted(chain.from_iterable(batches)) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_roles_take_turns_and_the_last_one_ends_the_epoch() -> None:
    plan = Alternating([items(3, "source"), items(10)], 2)
    batches = list(plan.epoch(generator()))
    assert len(batches) == len(plan) == 10
    assert [batch[0].role for batch in batches] == ["source", "target"] * 5
    assert sorted(chain.from_iterable(numbers(batches[1::2]))) == list(range(10))


def test_a_short_role_begins_anew_when_it_is_over() -> None:
    batches = list(Alternating([items(3, "source"), items(8)], 2).epoch(generator()))
    source = numbers(batches[::2])
    assert sorted(chain.from_iterable(source[:2])) == [0, 1, 2]
    assert sorted(chain.from_iterable(source[2:])) == [0, 1, 2]


def test_each_epoch_draws_other_batches_of_a_long_role() -> None:
    plan = Alternating([items(100, "source"), items(4)], 2)
    first, second = (numbers(islice(plan.epoch(generator(n)), 0, None, 2)) for n in (0, 1))
    assert len(first) == len(second) == 2
    assert first != second


def test_three_roles_take_turns_too() -> None:
    plan = Alternating([items(4, "source"), items(4, "auxiliary"), items(4)], 2)
    roles = [batch[0].role for batch in plan.epoch(generator())]
    assert roles == ["source", "auxiliary", "target"] * 2
    assert len(plan) == 6


def test_a_row_holds_an_item_of_every_role() -> None:
    plan = Together([items(3, "source"), items(5)], 2)
    batches = list(plan.epoch(generator()))
    assert len(plan) == 3
    assert sorted(len(batch) for batch in batches) == [1, 2, 2]
    assert {tuple(item.role for item in row) for batch in batches for row in batch} == {
        ("source", "target")
    }
    targets = [row[-1].ids[0] for batch in batches for row in batch]
    sources = [row[0].ids[0] for batch in batches for row in batch]
    assert sorted(targets) == [0, 1, 2, 3, 4]
    assert sorted(sources[:3]) == [0, 1, 2]
    assert set(sources[3:]) < {0, 1, 2}


def test_a_larger_source_is_drawn_anew_each_epoch() -> None:
    plan, random = Together([items(100, "source"), items(4)], 2), generator()
    first, second = (
        {row[0].ids[0] for batch in plan.epoch(random) for row in batch} for _ in range(2)
    )
    assert len(first) == len(second) == 4
    assert first != second
