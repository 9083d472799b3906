"""What each method of the family reads, learns from and learns in which order."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from emocli.modelling.batches import Item
from emocli.modelling.labels import Labels

HIDDEN = 4
TRANSFER = ("ft", "fs", "psp", "apsp", "sp", "datn1", "datn2")
DUAL = ("datn1", "datn2")
SENTIMENT = Labels(("negative", "positive"), exclusive=True)

Make = Callable[..., Any]


def touched(model: Any, loss: Any) -> set[str]:
    """The parts of a model that a loss has a gradient for."""
    model.zero_grad()
    loss.backward()
    return {
        name.split(".")[0]
        for name, parameter in model.named_parameters()
        if parameter.grad is not None and parameter.grad.abs().sum() > 0
    }


class Notebook:
    """In the place of a Run: writes down what it is asked to minimise."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, dict[str, Any]]] = []
        self.train = "target"

    def items(self, role: str) -> str:
        return role

    def alternating(self, *roles: str) -> tuple[str, ...]:
        return roles

    def minimise(self, loss: Any, items: Any, **options: Any) -> None:
        self.asked.append((items, options))


@pytest.mark.parametrize(
    ("name", "read", "read_by_sentiment"),
    [
        ("bilstm", 1, 0),
        ("ft", 1, 1),
        ("fs", 1, 1),
        ("sp", 2, 1),
        ("psp", 2, 2),
        ("apsp", 2, 2),
        ("datn1", 2, 1),
        ("datn2", 2, 1),
    ],
)
def test_each_task_reads_as_many_branches_as_in_the_figure(
    name: str,
    read: int,
    read_by_sentiment: int,
    make_datn: Make,
    target: list[Item],
    source: list[Item],
) -> None:
    model = make_datn(name)
    assert model.represent(model.batch(target)).shape == (2, read * 2 * HIDDEN)
    assert model.emotion_head[0].in_features == read * 2 * HIDDEN
    assert model(model.batch(target)).shape == (2, 3)
    if read_by_sentiment:
        width = read_by_sentiment * 2 * HIDDEN
        assert model.represent_source(model.batch(source)).shape == (2, width)
        assert model.sentiment_head.in_features == width
        assert model.sentiment_head.out_features == 2


@pytest.mark.parametrize("name", TRANSFER)
def test_a_method_knows_the_labels_of_its_source(name: str, make_datn: Make) -> None:
    assert make_datn(name).roles == {"source": SENTIMENT}


def test_base_has_no_source_task(make_datn: Make, source: list[Item]) -> None:
    model = make_datn("bilstm")
    assert model.roles == {}
    with pytest.raises(ValueError, match=r"^BiLSTM has no source task$"):
        model.loss(source)


SHARED_ONLY = {"embedding", "shared_branch", "sentiment_head"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ft", {"embedding", "target_branch", "sentiment_head"}),
        ("fs", {"embedding", "target_branch", "sentiment_head"}),
        ("sp", SHARED_ONLY),
        ("psp", SHARED_ONLY | {"source_branch"}),
        ("apsp", SHARED_ONLY | {"source_branch", "discriminator"}),
        ("datn1", SHARED_ONLY),
        ("datn2", SHARED_ONLY),
    ],
)
def test_a_source_batch_teaches_only_what_the_source_task_owns(
    name: str, parts: set[str], make_datn: Make, source: list[Item]
) -> None:
    model = make_datn(name)
    assert touched(model, model.loss(source)) == parts
    if name not in ("ft", "fs"):
        assert all(parameter.grad is None for parameter in model.target_branch.parameters())


BOTH = {"embedding", "shared_branch", "target_branch", "emotion_head"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("bilstm", {"embedding", "target_branch", "emotion_head"}),
        ("ft", {"embedding", "target_branch", "emotion_head"}),
        ("fs", {"embedding", "target_branch", "emotion_head"}),
        ("sp", BOTH),
        ("psp", BOTH),
        ("apsp", BOTH | {"discriminator"}),
        ("datn1", BOTH),
        ("datn2", BOTH),
    ],
)
def test_a_target_batch_teaches_all_but_the_source_tasks_own(
    name: str, parts: set[str], make_datn: Make, target: list[Item]
) -> None:
    model = make_datn(name)
    assert touched(model, model.loss(target)) == parts


def test_fs_reads_both_tasks_alike(make_datn: Make, source: list[Item]) -> None:
    model = make_datn("fs")
    batch = model.batch(source)
    assert torch.equal(model.represent(batch), model.represent_source(batch))


@pytest.mark.parametrize("name", ["sp", "psp", "apsp", *DUAL])
def test_both_tasks_read_the_same_shared_branch(
    name: str, make_datn: Make, source: list[Item]
) -> None:
    model = make_datn(name)
    batch = model.batch(source)
    shared = model.represent(batch)[:, : 2 * HIDDEN]
    torch.testing.assert_close(model.represent_source(batch)[:, : 2 * HIDDEN], shared)


def test_the_source_loss_is_the_cross_entropy_of_the_sentiment(
    make_datn: Make, source: list[Item]
) -> None:
    for name in ("ft", "fs", "sp", "psp", *DUAL):
        model = make_datn(name)
        logits = model.sentiment_head(model.represent_source(model.batch(source)))
        expected = F.cross_entropy(logits, torch.tensor([0, 1]))
        torch.testing.assert_close(model.loss(source), expected)


@pytest.mark.parametrize("name", TRANSFER)
def test_a_source_text_of_several_labels_counts_as_often_as_one_of_one(
    name: str, make_datn: Make, source: list[Item]
) -> None:
    """It counted as often as it had labels."""
    penalties = {"adversarial_weight": 0.0, "difference_weight": 0.0} if name == "apsp" else {}
    model = make_datn(name, **penalties)
    model.roles = {"source": Labels(("negative", "positive"))}
    both, neither = (Item(source[0].ids, target, "source") for target in ([1.0, 1.0], [0.0, 0.0]))
    logits = model.sentiment_head(model.represent_source(model.batch([both])))
    expected = math.log(0.5) - logits.log_softmax(-1).mean()  # KL of (0.5, 0.5) and the softmax
    torch.testing.assert_close(model.loss([both]), expected)
    torch.testing.assert_close(model.loss([both, neither]), expected / 2)


def test_ft_learns_the_source_then_the_target(make_datn: Make) -> None:
    run: Any = Notebook()
    make_datn("ft", source_epochs=3).fit(run)
    assert run.asked == [("source", {"epochs": 3, "keep_best": False}), ("target", {})]


@pytest.mark.parametrize("name", ["fs", "sp", "psp", "apsp", *DUAL])
def test_the_others_alternate_and_end_with_the_target(name: str, make_datn: Make) -> None:
    run: Any = Notebook()
    make_datn(name).fit(run)
    assert run.asked == [
        ("source", {"epochs": 0, "keep_best": False}),
        (("source", "target"), {}),
    ]


def test_ft_meets_the_emotions_with_a_new_mlp(make_datn: Make, source: list[Item]) -> None:
    model = make_datn("ft", weight_decay=0.1)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1)
    model.loss(source).backward()
    optimizer.step()
    same = {name for name, value in model.state_dict().items() if torch.equal(value, before[name])}
    assert same == {name for name in before if name.startswith("emotion_head")}


@pytest.mark.parametrize("name", ["bilstm", *TRANSFER])
def test_attention_adds_up_to_1_over_the_words_of_a_text(
    name: str, make_datn: Make, target: list[Item]
) -> None:
    model = make_datn(name)
    batch = model.batch(target)
    found = model.attention(batch)
    assert found.shape == (2, 2)
    torch.testing.assert_close(found.sum(1), torch.ones(2))
    assert found[1].tolist() == [1.0, 0.0]


def test_emotions_share_one_probability_unless_a_sigmoid_is_asked_for(make_datn: Make) -> None:
    logits = torch.tensor([[0.0, 1.0, -1.0]])
    exclusive = Labels(("anger", "joy", "sadness"), exclusive=True)
    softmax, sigmoid = logits.softmax(-1), logits.sigmoid()
    assert torch.equal(make_datn("bilstm").probabilities(logits), softmax)
    assert torch.equal(make_datn("bilstm", output="sigmoid").probabilities(logits), sigmoid)
    model = make_datn("bilstm", labels=exclusive, output="sigmoid")
    assert torch.equal(model.probabilities(logits), softmax)


def test_word_vectors_come_from_a_file_and_may_be_frozen(
    tmp_path: Path, make_datn: Make, target: list[Item]
) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("happy 1 2 3 4 5 6 7 8\nsad 8 7 6 5 4 3 2 1\n", encoding="utf-8")
    model = make_datn("bilstm", embeddings=str(path), tune_embeddings=False)
    model.prepare()
    first = model.tokenizer.vocabulary.index("happy")
    rows = model.embedding.weight[first : first + 2]
    assert rows.tolist() == [[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]]
    assert model.embedding.weight[model.tokenizer.pad].tolist() == [0.0] * 8
    assert touched(model, model.loss(target)) == {"target_branch", "emotion_head"}


def test_dropout_is_of_words_and_sentences_and_only_in_training(
    make_datn: Make, target: list[Item]
) -> None:
    model = make_datn("bilstm", dropout=0.5)
    batch = model.batch(target)
    model.eval()
    assert torch.equal(model.words(batch), model.embedding(batch.ids))
    assert torch.equal(model(batch), model(batch))
    model.train()
    assert (model.words(batch) == 0).any()
    assert not torch.equal(model.classify(torch.ones(2, 8)), model.classify(torch.ones(2, 8)))
