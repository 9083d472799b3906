from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from emocli.modelling.recurrent import BidirectionalLSTM

INPUT, HIDDEN = 5, 3
LENGTHS = [4, 1, 6, 3]


def mask(lengths: list[int]) -> Tensor:
    return torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]


def words(lengths: list[int]) -> Tensor:
    """Word vectors; what stands at padding must not matter, so it is large."""
    vectors = torch.randn(len(lengths), max(lengths), INPUT)
    vectors[~mask(lengths)] = 100.0
    return vectors


@pytest.fixture
def lstm() -> BidirectionalLSTM:
    torch.manual_seed(3)
    return BidirectionalLSTM(INPUT, HIDDEN)


def packed(lstm: BidirectionalLSTM, vectors: Tensor, lengths: list[int]) -> tuple[Tensor, Tensor]:
    """The same by torch's own bidirectional LSTM over packed sequences: states and last ones."""
    oracle = nn.LSTM(INPUT, HIDDEN, batch_first=True, bidirectional=True)
    state = lstm.forwards.state_dict()
    state |= {f"{name}_reverse": v for name, v in lstm.backwards.state_dict().items()}
    oracle.load_state_dict(state)
    sequences = pack_padded_sequence(vectors, torch.tensor(lengths), True, False)
    hidden, (last, _) = oracle(sequences)
    return pad_packed_sequence(hidden, True)[0], torch.cat([last[0], last[1]], dim=-1)


def test_states_are_those_of_a_packed_bidirectional_lstm(lstm: BidirectionalLSTM) -> None:
    vectors, real = words(LENGTHS), mask(LENGTHS)
    states, last = lstm(vectors, torch.tensor(LENGTHS))
    expected, expected_last = packed(lstm, vectors, LENGTHS)
    assert states.shape == (4, 6, lstm.width) == (4, 6, 2 * HIDDEN)
    torch.testing.assert_close(states[real], expected[real], atol=1e-6, rtol=0)
    torch.testing.assert_close(last, expected_last, atol=1e-6, rtol=0)


def test_the_gradient_is_that_of_a_packed_lstm(lstm: BidirectionalLSTM) -> None:
    vectors = words(LENGTHS).requires_grad_()
    weights = torch.randn(4, 6, 2 * HIDDEN) * mask(LENGTHS)[..., None]
    (lstm(vectors, torch.tensor(LENGTHS))[0] * weights).sum().backward()
    found, vectors.grad = vectors.grad, None
    (packed(lstm, vectors, LENGTHS)[0] * weights).sum().backward()
    assert found is not None
    torch.testing.assert_close(found, vectors.grad, atol=1e-6, rtol=0)


def test_padding_changes_no_state(lstm: BidirectionalLSTM) -> None:
    vectors = words(LENGTHS)
    states, last = lstm(vectors, torch.tensor(LENGTHS))
    for row, length in enumerate(LENGTHS):
        alone, last_alone = lstm(vectors[row : row + 1, :length], torch.tensor([length]))
        torch.testing.assert_close(states[row, :length], alone[0])
        torch.testing.assert_close(last[row], last_alone[0])


def test_the_last_states_have_read_the_whole_text_from_both_ends(lstm: BidirectionalLSTM) -> None:
    states, last = lstm(words([3, 5]), torch.tensor([3, 5]))
    assert torch.equal(last[0, :HIDDEN], states[0, 2, :HIDDEN])
    assert torch.equal(last[1, :HIDDEN], states[1, 4, :HIDDEN])
    assert torch.equal(last[:, HIDDEN:], states[:, 0, HIDDEN:])
