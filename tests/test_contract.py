"""Every installed method keeps the contract."""

import pytest

from emocli.plugins import registry
from emocli.testing import check_method

SMALL = {
    "embedding_width": 24,
    "hidden_width": 16,
    "attention_width": 8,
    "head_width": 16,
    "min_count": 1,
    "dropout": 0.0,
    "epochs": 40,
    "patience": 0,
    "learning_rate": 0.02,
    "batch_size": 4,
}


@pytest.mark.parametrize("name", sorted(registry().methods))
def test_a_method_keeps_the_contract(name: str) -> None:
    check_method(registry().methods[name], SMALL)
