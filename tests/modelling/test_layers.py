from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from emocli.methods import Config
from emocli.modelling.layers import looked_up
from emocli.training.optimising import Stepper
from emocli.training.settings import Settings

PADDING = 0


class Words(nn.Module):
    """A table of five vectors; a text's score is the sum of the squares of what it looks up."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        self.whole = whole
        torch.manual_seed(0)
        self.table = nn.Parameter(torch.randn(5, 3))

    def loss(self, texts: list[list[int]]) -> Tensor:
        ids = torch.tensor(texts)
        if self.whole:
            return F.embedding(ids, self.table, PADDING).square().sum()
        return looked_up(self.table, ids, PADDING).square().sum()


def test_a_gradient_of_rows_is_made_as_wide_as_the_parameter() -> None:
    words = Words(whole=False)
    for used in ([1, 1, 3], [2, PADDING, 4]):
        words.table.grad = None
        torch.autograd.backward(words.loss([used]))
        torch.autograd.backward(words.loss([used]))
        expected = torch.zeros(5, 3)
        for row in used:
            expected[row] += 4 * words.table.detach()[row] if row != PADDING else 0
        assert words.table.grad is not None and not words.table.grad.is_sparse
        torch.testing.assert_close(words.table.grad, expected)


def test_its_memory_is_used_again() -> None:
    words = Words(whole=False)
    places = set()
    for _ in range(3):
        words.table.grad = None
        torch.autograd.backward(words.loss([[1, 2]]))
        assert words.table.grad is not None
        places.add(words.table.grad.data_ptr())
    assert len(places) == 1


@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.1}, {"weight_decay": 0.5}])
def test_steps_are_those_of_whole_gradients(options: dict[str, float]) -> None:
    tables = []
    for whole in (True, False):
        words = Words(whole=whole)
        config = Config(learning_rate=0.1, **options)  # type: ignore[arg-type]
        stepper = Stepper(words, config, Settings(), None, 4)
        stepper.step(words.loss, [[1, 2], [2, 4]])
        stepper.step(words.loss, [[3, PADDING]], [[1, 1]])
        stepper.pieces = 2
        stepper.step(words.loss, [[4, 2], [2, 4]])
        tables.append(words.table.detach())
    assert torch.equal(*tables)


def test_a_table_that_is_computed_or_does_not_learn_is_looked_up_as_any() -> None:
    table = nn.Parameter(torch.ones(5, 3))
    torch.autograd.backward(looked_up(2 * table, torch.tensor([1])).sum())
    assert table.grad is not None and table.grad[1].tolist() == [2.0, 2.0, 2.0]
    fixed = torch.ones(5, 3)
    assert not looked_up(fixed, torch.tensor([1])).requires_grad
