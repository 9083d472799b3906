"""The convolutional network: slow arithmetic beside it, padding that says nothing, its preset."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

LABELS = Labels(("anger", "joy", "sadness"))
FIRST = 7
LONGEST = 20
TEXTS = [[FIRST, FIRST + 1, FIRST + 2], [FIRST + 3] * 11, [FIRST + 1], [FIRST, FIRST + 2] * 10]


def model(labels: Labels = LABELS, **options: Any) -> Any:
    small = {"embedding_width": 4, "filters": 3, "blocks": 2, "max_length": LONGEST}
    method = registry().method("cnn")
    config = method.config_class().from_options({**small, **options})
    words = [(word, -1.0) for word in ("happy", "sad", "today", "so")]
    tokenizer = WordTokenizer(words, max_length=config.max_length)  # type: ignore[attr-defined]
    torch.manual_seed(11)
    return method.model_class()(config, labels, tokenizer).eval()


def batch(texts: list[list[int]]) -> Batch:
    return collate([Item(ids) for ids in texts], 0)


def padded(texts: list[list[int]], length: int) -> Batch:
    """The same texts, padded to `length`."""
    found = batch([*texts, [FIRST] * length])
    n = len(texts)
    return Batch(found.ids[:n], found.mask[:n], found.lengths[:n], None, "target")


def by_hand(cnn: Any, text: list[int]) -> Tensor:
    """One text alone, position after position, (filters * positions,)."""
    values = [cnn.embedding.weight[index] for index in text]
    for block in cnn.blocks:
        weight, bias = block.convolution.weight, block.convolution.bias
        kernel, pool = weight.shape[2], block.pool
        nothing = [torch.zeros(weight.shape[1])]
        before, after = (kernel - 1) // 2, kernel // 2
        row = nothing * before + values + nothing * after
        answers = []
        for place in range(len(values)):
            seen = torch.stack(row[place : place + kernel], dim=1)  # (width, kernel)
            answers.append(((weight * seen).sum((1, 2)) + bias).clamp(min=0))
        values = [
            torch.stack(answers[start : start + pool]).max(0).values
            for start in range(0, len(answers), pool)
        ]
    filled = values + [torch.zeros(len(values[0]))] * (cnn.positions - len(values))
    return torch.stack(filled, dim=1).flatten()


@pytest.mark.parametrize(
    "options", [{}, {"kernel": 4}, {"pool": 3}, {"pool": 1}, {"pool": 35}, {"blocks": 5}]
)
def test_the_blocks_are_those_of_slow_arithmetic(options: dict[str, Any]) -> None:
    cnn = model(**options)
    with torch.no_grad():
        found = cnn.represent(batch(TEXTS))
        for row, text in zip(found, TEXTS, strict=True):
            torch.testing.assert_close(row, by_hand(cnn, text), atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("options", "positions"),
    [
        ({"max_length": 128, "blocks": 5}, 4),
        ({"max_length": 128, "blocks": 5, "pool": 35}, 1),
        ({"max_length": 20}, 5),
        ({"max_length": 17}, 5),
        ({"max_length": 20, "pool": 1}, 20),
        ({"max_length": 1}, 1),
    ],
)
def test_the_dense_layer_reads_what_the_longest_text_leaves(
    options: dict[str, Any], positions: int
) -> None:
    cnn = model(**options)
    assert cnn.positions == positions
    assert cnn.dense.in_features == 3 * positions
    longest = batch([[FIRST] * options["max_length"], [FIRST]])
    assert cnn.represent(longest).shape == (2, 3 * positions)
    assert cnn(longest).shape == (2, 3)


@pytest.mark.parametrize("length", [11, 12, 17, LONGEST])
def test_padding_changes_no_score(length: int) -> None:
    cnn = model(blocks=4)
    with torch.no_grad():
        # A bias makes something of nothing, and what stands at padding is no word's vector.
        for block in cnn.blocks:
            block.convolution.bias.fill_(5.0)
        cnn.embedding.weight[0] = 100.0
        together = cnn(padded(TEXTS[:3], length))
        alone = torch.cat([cnn(batch([text])) for text in TEXTS[:3]])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


def test_padding_learns_nothing() -> None:
    cnn = model()
    cnn(batch(TEXTS)).sum().backward()
    assert cnn.embedding.weight.grad[0].abs().sum() == 0


def test_where_a_word_stands_matters() -> None:
    cnn = model()
    there, elsewhere = cnn(batch([[FIRST] * 8 + [FIRST + 1], [FIRST + 1] + [FIRST] * 8]))
    assert not torch.allclose(there, elsewhere)


def test_dropout_is_after_each_convolution_and_only_in_training() -> None:
    cnn = model(dropout=0.5)
    assert torch.equal(cnn(batch(TEXTS)), cnn(batch(TEXTS)))
    cnn.train()
    assert not torch.equal(cnn(batch(TEXTS)), cnn(batch(TEXTS)))
    assert [block.dropout.p for block in cnn.blocks] == [0.5, 0.5]


def test_emotions_share_one_probability_unless_a_sigmoid_is_asked_for() -> None:
    logits = torch.tensor([[0.0, 1.0, -1.0]])
    assert torch.equal(model().probabilities(logits), logits.softmax(-1))
    assert torch.equal(model(output="sigmoid").probabilities(logits), logits.sigmoid())


def test_exclusive_labels_are_learnt_by_cross_entropy() -> None:
    cnn = model(Labels(LABELS.names, exclusive=True), output="sigmoid")
    items = [Item(TEXTS[0], [0.0, 1.0, 0.0]), Item(TEXTS[2], [1.0, 0.0, 0.0])]
    expected = F.cross_entropy(cnn(batch([TEXTS[0], TEXTS[2]])), torch.tensor([1, 0]))
    torch.testing.assert_close(cnn.loss(items), expected)


def test_the_preset_is_what_the_paper_says() -> None:
    config: Any = registry().method("cnn").config_class().from_options({"preset": "bert-variants"})
    assert (config.max_length, config.blocks, config.filters, config.kernel) == (128, 5, 128, 5)
    assert (config.dropout, config.batch_size, config.learning_rate) == (0.2, 128, 1e-4)
    assert (config.embedding_width, config.epochs) == (100, 29)
    assert (config.output, config.thresholds, config.threshold) == ("softmax", "fixed", 0.5)


def test_above_a_half_at_most_one_emotion_is_marked() -> None:
    method, data = registry().method("cnn"), sample_data()
    options = {"preset": "bert-variants", "epochs": 1, "filters": 4, "min_count": 1}
    trained = train(
        method, method.config_class().from_options(options), TrainingData(data, data), Settings()
    )
    assert trained.thresholds.tolist() == [0.5] * 3
    predictor = Predictor(trained)
    marked = predictor.decide(np.array([[0.5, 0.5, 0.0], [0.51, 0.49, 0.0], [0.4, 0.3, 0.3]]))
    assert marked.tolist() == [[False] * 3, [True, False, False], [False] * 3]


def test_a_longer_text_is_scored_as_its_beginning() -> None:
    method, data = registry().method("cnn"), sample_data()
    small = {"epochs": 1, "filters": 4, "embedding_width": 4, "min_count": 1, "max_length": 6}
    config = method.config_class().from_options(small)
    predictor = Predictor(train(method, config, TrainingData(data, data), Settings()))
    scores = predictor.probabilities(["so happy today " * 9, "so happy today so happy today"])
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
    assert predictor.reader.n_long == 1
