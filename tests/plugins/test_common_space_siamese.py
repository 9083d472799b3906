"""Distances of representations, reckoned by hand."""

from __future__ import annotations

import pytest
import torch
from emocli_common_space.siamese import SiameseNetwork
from torch import nn


@pytest.fixture
def network() -> SiameseNetwork:
    """A network whose layers leave what is not negative as it is."""
    made = SiameseNetwork(2, 2)
    for layer in made.layers:
        if isinstance(layer, nn.Linear):
            nn.init.eye_(layer.weight)
            nn.init.zeros_(layer.bias)
    return made


FIRST = torch.tensor([[3.0, 0.0], [1.0, 1.0], [2.0, 0.0]])
SECOND = torch.tensor([[0.0, 4.0], [1.0, 1.0], [0.0, 0.0]])


def test_the_distance_is_the_norm_of_the_difference(network: SiameseNetwork) -> None:
    assert network(FIRST, SECOND).tolist() == [5.0, 0.0, 2.0]
    assert network(SECOND, FIRST).tolist() == [5.0, 0.0, 2.0]


def test_the_loss_wants_0_for_a_label_shared_and_1_for_another(network: SiameseNetwork) -> None:
    different = torch.tensor([1.0, 1.0, 0.0])
    # (5 - 1)², (0 - 1)², (2 - 0)²
    assert float(network.loss(FIRST, SECOND, different).detach()) == 7.0


def test_two_copies_of_one_text_give_no_gradient_that_is_no_number(
    network: SiameseNetwork,
) -> None:
    same = torch.ones(2, 2)
    network.loss(same, same, torch.ones(2)).backward()
    assert all(
        parameter.grad is not None and not parameter.grad.isnan().any()
        for parameter in network.parameters()
    )


def test_it_learns_which_vectors_share_a_label() -> None:
    torch.manual_seed(0)
    network = SiameseNetwork(2, 8)
    vectors = torch.tensor([[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [0.1, 2.0]])
    first, second = torch.cartesian_prod(torch.arange(4), torch.arange(4)).T
    different = (first // 2 != second // 2).float()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(300):
        optimizer.zero_grad()
        network.loss(vectors[first], vectors[second], different).backward()
        optimizer.step()
    with torch.no_grad():
        assert network.loss(vectors[first], vectors[second], different) < 0.05
