"""The single-label copy of multi-label data, and the pairs drawn from it."""

from __future__ import annotations

import numpy as np
import pytest
from emocli_common_space.pairs import Copies, Pair, Pairs

from emocli.errors import EmocliError
from emocli.modelling.batches import Item

ANGER, JOY, BOTH, NONE = [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]


def texts(*targets: list[float]) -> list[Item]:
    return [Item([number], target) for number, target in enumerate(targets)]


def drawn(plan: Pairs, n_epochs: int = 1, seed: int = 0) -> list[Pair]:
    random = np.random.default_rng(seed)
    return [pair for _ in range(n_epochs) for batch in plan.epoch(random) for pair in batch]


def numbers(pairs: list[Pair]) -> list[tuple[int, int, bool]]:
    return [(pair.first.ids[0], pair.second.ids[0], pair.different) for pair in pairs]


def test_a_text_with_k_labels_becomes_k_copies() -> None:
    copies = Copies(texts([1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]))
    assert len(copies) == 3
    assert copies.text.tolist() == [0, 0, 2]
    assert copies.label.tolist() == [0, 2, 1]
    assert copies.start.tolist() == [0, 0, 2]
    assert copies.size.tolist() == [2, 2, 1]


def test_a_teachers_probability_is_a_label_above_one_half() -> None:
    assert Copies(texts([0.6, 0.5], [0.1, 0.9])).label.tolist() == [0, 1]


def test_a_pair_differs_where_its_copies_labels_do() -> None:
    copies = Copies(texts(BOTH, ANGER, JOY))
    assert numbers([copies.pair(0, 1), copies.pair(0, 2), copies.pair(0, 3)]) == [
        (0, 0, True),  # two copies of one text
        (0, 1, False),  # anger and anger
        (0, 2, True),
    ]


def test_every_copy_is_the_first_of_a_pair_once_an_epoch() -> None:
    plan = Pairs(texts(BOTH, NONE, ANGER, JOY, JOY), 2)
    batches = list(plan.epoch(np.random.default_rng(0)))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert len(plan) == 3
    firsts = sorted(pair.first.ids[0] for batch in batches for pair in batch)
    assert firsts == [0, 0, 2, 3, 4]


# Copies: anger and joy of text 0, anger of 1, joy of 2.
RANDOM = {(0, 0, True), (0, 1, False), (0, 1, True), (0, 2, True), (0, 2, False)} | {
    *((1, 0, False), (1, 0, True), (1, 2, True)),
    *((2, 0, False), (2, 0, True), (2, 1, True)),
}


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("random", RANDOM), ("two-texts", {pair for pair in RANDOM if pair[0] != pair[1]})],
)
def test_a_strategy_draws_all_its_pairs_and_no_others(
    strategy: str, expected: set[tuple[int, int, bool]]
) -> None:
    plan = Pairs(texts(BOTH, ANGER, JOY), 2, strategy)
    assert set(numbers(drawn(plan, n_epochs=100))) == expected


@pytest.mark.parametrize("strategy", ["random", "two-texts"])
def test_each_other_copy_is_as_likely_as_any(strategy: str) -> None:
    """Against the obvious way: list the copies that may be second, and choose one."""
    items = texts(BOTH, ANGER, JOY, BOTH)
    copies, n_epochs = Copies(items), 3000
    counts = np.zeros((len(copies), len(copies)))
    plan = Pairs(items, 4, strategy)
    random = np.random.default_rng(1)
    for _ in range(n_epochs):
        firsts = random.permutation(len(copies))
        counts[firsts, plan._others(firsts, random)] += 1
    for first in range(len(copies)):
        allowed = [
            second
            for second in range(len(copies))
            if second != first
            and (strategy == "random" or copies.text[second] != copies.text[first])
        ]
        expected = np.zeros(len(copies))
        expected[allowed] = n_epochs / len(allowed)
        np.testing.assert_allclose(counts[first], expected, atol=5 * np.sqrt(n_epochs / 4))
        assert (counts[first] > 0).tolist() == (expected > 0).tolist()


def test_pairs_come_from_the_generator_alone() -> None:
    plan = Pairs(texts(BOTH, ANGER, JOY, JOY), 2)
    np.random.seed(1)
    first = numbers(drawn(plan, n_epochs=2))
    np.random.seed(2)
    assert numbers(drawn(plan, n_epochs=2)) == first
    assert numbers(drawn(plan, n_epochs=2, seed=5)) != first


@pytest.mark.parametrize(
    ("strategy", "targets", "n_texts"),
    [("random", [ANGER], 1), ("two-texts", [BOTH, NONE], 1), ("random", [NONE, NONE], 0)],
)
def test_too_few_texts_for_pairs_are_an_error(
    strategy: str, targets: list[list[float]], n_texts: int
) -> None:
    with pytest.raises(EmocliError) as caught:
        Pairs(texts(*targets), 2, strategy)
    assert str(caught.value) == (
        "the Siamese network learns from pairs of texts that have a label, and the training data "
        f"has {n_texts}; add texts."
    )
