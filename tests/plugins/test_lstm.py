"""The LSTM: torch's own beside it, padding that says nothing, its preset."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

LABELS = Labels(("sadness", "joy", "love"), exclusive=True)
FIRST, WIDTH, HIDDEN, LONGEST = 7, 5, 3, 9
TEXTS = [[FIRST, FIRST + 1, FIRST + 2], [FIRST + 3] * 6, [FIRST + 1], [FIRST, FIRST + 2, FIRST]]


def model(labels: Labels = LABELS, **options: Any) -> Any:
    small = {"embedding_width": WIDTH, "hidden_width": HIDDEN, "max_length": LONGEST}
    method = registry().method("lstm")
    config = method.config_class().from_options({**small, **options})
    words = [(word, -1.0) for word in ("happy", "sad", "today", "so")]
    tokenizer = WordTokenizer(words, max_length=config.max_length)  # type: ignore[attr-defined]
    torch.manual_seed(11)
    return method.model_class()(config, labels, tokenizer).eval()


def batch(texts: list[list[int]]) -> Batch:
    return collate([Item(ids) for ids in texts], 0)


def packed(lstm: Any, texts: Batch) -> Tensor:
    """The flattened states by torch's own stacked LSTM, padded with zeros to the full length."""
    n_layers = len(lstm.layers)
    oracle = nn.LSTM(WIDTH, HIDDEN, n_layers, batch_first=True, bidirectional=True)
    state = {}
    for number, layer in enumerate(lstm.layers):
        for direction, end in ((layer.forwards, ""), (layer.backwards, "_reverse")):
            for name, value in direction.state_dict().items():
                state[name.replace("_l0", f"_l{number}") + end] = value
    oracle.load_state_dict(state)
    words = pack_padded_sequence(lstm.embedding(texts.ids), texts.lengths, True, False)
    states, _ = pad_packed_sequence(oracle(words)[0], True, total_length=LONGEST)
    return states.flatten(1)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_states_are_those_of_torchs_packed_lstm(n_layers: int) -> None:
    lstm = model(layers=n_layers)
    found = lstm.represent(batch(TEXTS))
    assert found.shape == (4, LONGEST * 2 * HIDDEN)
    torch.testing.assert_close(found, packed(lstm, batch(TEXTS)), atol=1e-6, rtol=0)


def test_the_gradient_is_that_of_torchs_packed_lstm() -> None:
    lstm = model()
    weights = torch.randn(4, LONGEST * 2 * HIDDEN)
    (lstm.represent(batch(TEXTS)) * weights).sum().backward()
    found = lstm.embedding.weight.grad.clone()
    lstm.zero_grad()
    (packed(lstm, batch(TEXTS)) * weights).sum().backward()
    torch.testing.assert_close(found, lstm.embedding.weight.grad, atol=1e-6, rtol=0)
    assert found[0].abs().sum() == 0


@pytest.mark.parametrize("length", [6, 7, LONGEST])
def test_padding_changes_no_score(length: int) -> None:
    lstm = model()
    with torch.no_grad():
        lstm.embedding.weight[0] = 100.0
        together = lstm(batch([*TEXTS, [FIRST] * length]))[:-1]
        alone = torch.cat([lstm(batch([text])) for text in TEXTS])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


def test_places_after_a_text_say_nothing() -> None:
    states = model().represent(batch(TEXTS)).unflatten(1, (LONGEST, 2 * HIDDEN))
    for row, text in zip(states, TEXTS, strict=True):
        assert row[: len(text)].abs().min() > 0
        assert row[len(text) :].abs().sum() == 0


def test_the_linear_layer_has_weights_for_each_place() -> None:
    lstm = model()
    assert lstm.linear.in_features == 2 * HIDDEN * LONGEST
    with torch.no_grad():
        lstm.linear.weight.zero_()
        lstm.linear.bias.zero_()
        lstm.linear.weight[1, 2 * HIDDEN] = 1.0  # the first state of the second word says joy
        logits = lstm(batch(TEXTS))
        states = lstm.represent(batch(TEXTS))
    assert logits[:, 1].tolist() == pytest.approx(states[:, 2 * HIDDEN].tolist())
    assert logits[2].tolist() == [0.0, 0.0, 0.0]  # a text of one word


def test_dropout_is_of_what_is_read_and_only_in_training() -> None:
    lstm = model(dropout=0.5)
    assert torch.equal(lstm(batch(TEXTS)), lstm(batch(TEXTS)))
    lstm.train()
    assert not torch.equal(lstm.represent(batch(TEXTS)), lstm.represent(batch(TEXTS)))
    states = torch.ones(4, LONGEST * 2 * HIDDEN)
    assert not torch.equal(lstm.classify(states), lstm.classify(states))


def test_exclusive_labels_are_learnt_by_cross_entropy_and_share_one_probability() -> None:
    lstm = model()
    items = [Item(TEXTS[0], [0.0, 1.0, 0.0]), Item(TEXTS[2], [1.0, 0.0, 0.0])]
    logits = lstm(batch([TEXTS[0], TEXTS[2]]))
    torch.testing.assert_close(lstm.loss(items), F.cross_entropy(logits, torch.tensor([1, 0])))
    assert torch.equal(lstm.probabilities(logits), logits.softmax(-1))


def test_labels_that_may_go_together_are_learnt_each_for_itself() -> None:
    lstm = model(Labels(LABELS.names))
    logits, gold = lstm(batch(TEXTS[:1])), torch.tensor([[1.0, 0.0, 1.0]])
    expected = F.binary_cross_entropy_with_logits(logits, gold)
    torch.testing.assert_close(lstm.loss([Item(TEXTS[0], [1.0, 0.0, 1.0])]), expected)
    assert torch.equal(lstm.probabilities(logits), logits.sigmoid())


def test_the_preset_is_what_the_slides_say() -> None:
    config: Any = registry().method("lstm").config_class().from_options({"preset": "bert-family"})
    assert (config.embedding_width, config.max_length, config.layers) == (50, 117, 2)
    assert (config.batch_size, config.patience, config.dropout) == (16, 1, 0.0)
    assert config.clip_norm > 0


def test_a_longer_text_is_scored_as_its_beginning() -> None:
    method, data = registry().method("lstm"), sample_data(exclusive=True)
    small = {"epochs": 1, "hidden_width": 4, "embedding_width": 4, "min_count": 1, "max_length": 6}
    config = method.config_class().from_options(small)
    predictor = Predictor(train(method, config, TrainingData(data, data), Settings()))
    scores = predictor.probabilities(["so happy today " * 9, "so happy today so happy today"])
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
    assert predictor.reader.n_long == 1
