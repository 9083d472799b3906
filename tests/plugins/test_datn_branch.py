from __future__ import annotations

import math

import pytest
import torch
from emocli_datn.branch import Branch, States
from torch import Tensor

from emocli.modelling.batches import Batch, Item, collate

INPUT, HIDDEN, ATTENTION = 5, 3, 4
LENGTHS = [4, 1, 6, 3]


def batch(lengths: list[int]) -> Batch:
    return collate([Item([1] * length) for length in lengths], 0)


def words(lengths: list[int]) -> Tensor:
    """Word vectors; what stands at padding must not matter, so it is large."""
    vectors = torch.randn(len(lengths), max(lengths), INPUT)
    vectors[~batch(lengths).mask] = 100.0
    return vectors


@pytest.fixture
def branch() -> Branch:
    torch.manual_seed(3)
    return Branch(INPUT, HIDDEN, ATTENTION)


def test_states_and_summary_are_those_of_the_bidirectional_lstm(branch: Branch) -> None:
    vectors, texts = words(LENGTHS), batch(LENGTHS)
    found = branch.states(vectors, texts)
    hidden, last = branch(vectors, texts.lengths)
    assert torch.equal(found.hidden, hidden)
    assert torch.equal(found.summary, last)


def by_hand(sees_other: bool = False) -> tuple[Branch, States, Tensor]:
    """A branch of width 2 whose every weight is known, and states of two words."""
    branch = Branch(1, 1, 1, sees_other=sees_other)
    values = {
        "from_hidden.weight": [[1.0, -1.0]],
        "from_hidden.bias": [0.1],
        "from_summary.weight": [[0.5, 0.0]],
        "to_score.weight": [[2.0]],
    }
    if sees_other:
        values["from_other.weight"] = [[3.0]]
    branch.load_state_dict({name: torch.tensor(v) for name, v in values.items()}, strict=False)
    hidden = torch.tensor([[[0.3, 0.1], [0.2, 0.6]]])
    return branch, States(hidden, torch.tensor([[0.4, 9.0]])), torch.ones(1, 2, dtype=torch.bool)


def softmax(*scores: float) -> list[float]:
    total = sum(map(math.exp, scores))
    return [math.exp(score) / total for score in scores]


def test_attention_is_equation_1() -> None:
    branch, states, mask = by_hand()
    # W_h h + b + W_z z: 0.3 - 0.1 + 0.1 + 0.2 and 0.2 - 0.6 + 0.1 + 0.2.
    expected = softmax(2 * math.tanh(0.5), 2 * math.tanh(-0.1))
    assert branch.attention(states, mask)[0].tolist() == pytest.approx(expected)


def test_the_other_attention_enters_as_in_equation_2() -> None:
    branch, states, mask = by_hand(sees_other=True)
    found = branch.attention(states, mask, torch.tensor([[0.1, 0.9]]))
    expected = softmax(2 * math.tanh(0.5 + 3 * 0.1), 2 * math.tanh(-0.1 + 3 * 0.9))
    assert found[0].tolist() == pytest.approx(expected)


def test_a_branch_that_sees_no_other_is_equation_1_with_or_without_one() -> None:
    branch, states, mask = by_hand()
    other = torch.tensor([[0.1, 0.9]])
    assert torch.equal(branch.attention(states, mask, other), branch.attention(states, mask))


def test_a_text_is_its_states_weighed_by_attention() -> None:
    _, states, _ = by_hand()
    found = Branch.pool(states, torch.tensor([[0.75, 0.25]]))
    assert found[0].tolist() == pytest.approx([0.75 * 0.3 + 0.25 * 0.2, 0.75 * 0.1 + 0.25 * 0.6])


def test_padding_is_not_attended_to(branch: Branch) -> None:
    texts = batch(LENGTHS)
    found = branch.attention(branch.states(words(LENGTHS), texts), texts.mask)
    assert found[~texts.mask].abs().sum() == 0
    torch.testing.assert_close(found.sum(1), torch.ones(4))
    assert found[1, 0] == 1.0


def test_padding_changes_no_sentence(branch: Branch) -> None:
    vectors, texts = words(LENGTHS), batch(LENGTHS)
    states = branch.states(vectors, texts)
    together = branch.pool(states, branch.attention(states, texts.mask))
    for row, length in enumerate(LENGTHS):
        short = batch([length])
        alone = branch.states(vectors[row : row + 1, :length], short)
        sentence = branch.pool(alone, branch.attention(alone, short.mask))[0]
        torch.testing.assert_close(together[row], sentence, atol=1e-6, rtol=0)


def test_attention_is_computed_in_full_precision(branch: Branch) -> None:
    texts = batch(LENGTHS)
    with torch.autocast("cpu", torch.bfloat16):
        states = branch.states(words(LENGTHS), texts)
        found = branch.attention(states, texts.mask)
        sentence = branch.pool(states, found)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.sum(1), torch.ones(4))
    assert sentence.isfinite().all()
