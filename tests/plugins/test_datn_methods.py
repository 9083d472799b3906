from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from emocli_datn.losses import difference_loss
from torch import Tensor, nn
from torch.nn import functional as F

from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Labels
from emocli.modelling.tokenizer import WordTokenizer
from emocli.plugins import registry

HIDDEN = 4
EMOTIONS = Labels(("anger", "joy", "sadness"))
SENTIMENT = Labels(("negative", "positive"), exclusive=True)
WORDS = WordTokenizer([("happy", -1.0), ("sad", -1.0), ("today", -1.0), ("so", -1.0)])
FIRST = len(WORDS.vocabulary) - 4
TARGET = [Item([FIRST, FIRST + 2], [0.0, 1.0, 0.0]), Item([FIRST + 3], [1.0, 0.0, 1.0])]
SOURCE = [
    Item([FIRST + 1], [1.0, 0.0], "source"),
    Item([FIRST + 3, FIRST, FIRST + 2], [0.0, 1.0], "source"),
]
TRANSFER = ("ft", "fs", "psp", "apsp", "sp", "datn1", "datn2")
DUAL = ("datn1", "datn2")

Make = Callable[..., Any]


def make(name: str, *, labels: Labels = EMOTIONS, **options: Any) -> Any:
    """A small model of the family, the same at every call, without dropout."""
    method = registry().method(name)
    small = {"embedding_width": 8, "hidden_width": HIDDEN, "attention_width": 4, "head_width": 4}
    config = method.config.from_options({**small, "dropout": 0.0, **options})
    roles = dict.fromkeys(method.roles, SENTIMENT)
    torch.manual_seed(5)
    model = method.model_class()(config, labels, WORDS, **roles)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)  # as they come, all attention is nearly even
    return model


def touched(model: nn.Module, loss: Tensor) -> set[str]:
    """The parts of a model that a loss has a gradient for."""
    model.zero_grad()
    loss.backward()
    return {
        name.split(".")[0]
        for name, parameter in model.named_parameters()
        if parameter.grad is not None and parameter.grad.abs().sum() > 0
    }


def shift(branch: nn.Module) -> None:
    """Change every weight of a branch."""
    with torch.no_grad():
        for parameter in branch.parameters():
            parameter.add_(0.3)


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
    name: str, read: int, read_by_sentiment: int
) -> None:
    model = make(name)
    assert model.represent(model.batch(TARGET)).shape == (2, read * 2 * HIDDEN)
    assert model.emotion_head[0].in_features == read * 2 * HIDDEN
    assert model(model.batch(TARGET)).shape == (2, 3)
    if read_by_sentiment:
        width = read_by_sentiment * 2 * HIDDEN
        assert model.represent_source(model.batch(SOURCE)).shape == (2, width)
        assert model.sentiment_head.in_features == width
        assert model.sentiment_head.out_features == 2


@pytest.mark.parametrize("name", TRANSFER)
def test_a_method_knows_the_labels_of_its_source(name: str) -> None:
    assert make(name).roles == {"source": SENTIMENT}


def test_base_has_no_source_task() -> None:
    model = make("bilstm")
    assert model.roles == {}
    with pytest.raises(ValueError, match=r"^BiLSTM has no source task$"):
        model.loss(SOURCE)


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
    name: str, parts: set[str]
) -> None:
    model = make(name)
    assert touched(model, model.loss(SOURCE)) == parts
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
def test_a_target_batch_teaches_all_but_the_source_tasks_own(name: str, parts: set[str]) -> None:
    model = make(name)
    assert touched(model, model.loss(TARGET)) == parts


def test_fs_reads_both_tasks_alike() -> None:
    model = make("fs")
    batch = model.batch(SOURCE)
    assert torch.equal(model.represent(batch), model.represent_source(batch))


@pytest.mark.parametrize("name", ["sp", "psp", "apsp", *DUAL])
def test_both_tasks_read_the_same_shared_branch(name: str) -> None:
    model = make(name)
    batch = model.batch(SOURCE)
    shared = model.represent(batch)[:, : 2 * HIDDEN]
    torch.testing.assert_close(model.represent_source(batch)[:, : 2 * HIDDEN], shared)


@pytest.mark.parametrize("name", DUAL)
def test_the_second_attention_depends_on_the_first_and_not_the_other_way_round(name: str) -> None:
    first, second = {
        "datn1": ("shared_branch", "target_branch"),
        "datn2": ("target_branch", "shared_branch"),
    }[name]
    for changed, moved in ((first, {first, second}), (second, {second})):
        model = make(name)
        batch = model.batch(TARGET)
        before = dict(zip(("shared_branch", "target_branch"), model.both(batch)[1:], strict=True))
        shift(getattr(model, changed))
        after = dict(zip(("shared_branch", "target_branch"), model.both(batch)[1:], strict=True))
        assert {part for part in before if not torch.equal(before[part], after[part])} == moved


@pytest.mark.parametrize(
    ("name", "seeing"), [("datn1", "target_branch"), ("datn2", "shared_branch")]
)
def test_only_the_second_branch_has_the_weights_of_equation_2(name: str, seeing: str) -> None:
    model = make(name)
    for part in ("shared_branch", "target_branch"):
        assert (getattr(model, part).from_other is not None) == (part == seeing)


@pytest.mark.parametrize("name", DUAL)
def test_without_the_link_of_equation_2_the_branches_are_those_of_sp(name: str) -> None:
    model, plain = make(name), make("sp")
    for branch in (model.shared_branch, model.target_branch):
        if branch.from_other is not None:
            nn.init.zeros_(branch.from_other.weight)
    plain.load_state_dict(model.state_dict(), strict=False)
    batch = model.batch(TARGET)
    torch.testing.assert_close(model(batch), plain(batch))
    torch.testing.assert_close(model.attention(batch), plain.attention(batch))


@pytest.mark.parametrize("name", DUAL)
@pytest.mark.parametrize("weight", [0.05, 2.0])
def test_alike_attentions_cost_their_cosine_times_lambda(name: str, weight: float) -> None:
    model, plain = make(name, similarity_weight=weight), make(name, similarity_weight=0)
    batch = model.batch(TARGET)
    _, alpha_s, alpha_t = model.both(batch)
    norms = alpha_s.norm(dim=1) * alpha_t.norm(dim=1)
    cosine = ((alpha_s * alpha_t).sum(1) / norms).mean()
    # The second text is one word long: its attentions are both (1, 0).
    assert 0.5 < cosine < 1
    difference = model.loss(TARGET) - plain.loss(TARGET)
    assert difference.item() == pytest.approx(weight * cosine.item(), rel=1e-4)


def test_the_source_loss_is_the_cross_entropy_of_the_sentiment() -> None:
    for name in ("ft", "fs", "sp", "psp", *DUAL):
        model = make(name)
        logits = model.sentiment_head(model.represent_source(model.batch(SOURCE)))
        expected = F.cross_entropy(logits, torch.tensor([0, 1]))
        torch.testing.assert_close(model.loss(SOURCE), expected)


@pytest.mark.parametrize(("items", "task"), [(SOURCE, 0), (TARGET, 1)])
def test_apsp_is_psp_with_an_adversary_and_a_difference(items: list[Item], task: int) -> None:
    model, plain = make("apsp", adversarial_weight=0.5, difference_weight=0.25), make("psp")
    plain.load_state_dict(model.state_dict(), strict=False)
    batch = model.batch(items)
    read = model.represent if task else model.represent_source
    shared, private = read(batch).split(2 * HIDDEN, dim=-1)
    told = F.cross_entropy(model.discriminator(shared), torch.tensor([task, task]))
    expected = plain.loss(items) + 0.5 * told + 0.25 * difference_loss(shared, private)
    torch.testing.assert_close(model.loss(items), expected)


def test_the_shared_branch_of_apsp_learns_to_mislead_the_discriminator() -> None:
    options = {"adversarial_weight": 1.0, "difference_weight": 0.0}
    model = make("apsp", **options)
    representation = model.represent_source(model.batch(SOURCE)).detach().requires_grad_()
    model._penalties(representation, task=0).backward()
    ascent, learnt = representation.grad, model.discriminator.weight.grad.clone()
    plain = representation.detach().clone().requires_grad_()
    model.zero_grad()
    shared = plain[:, : 2 * HIDDEN]
    F.cross_entropy(model.discriminator(shared), torch.tensor([0, 0])).backward()
    torch.testing.assert_close(ascent, -plain.grad)
    torch.testing.assert_close(learnt, model.discriminator.weight.grad)


def test_ft_learns_the_source_then_the_target() -> None:
    run: Any = Notebook()
    make("ft", source_epochs=3).fit(run)
    assert run.asked == [("source", {"epochs": 3, "keep_best": False}), ("target", {})]


@pytest.mark.parametrize("name", ["fs", "sp", "psp", "apsp", *DUAL])
def test_the_others_alternate_and_end_with_the_target(name: str) -> None:
    run: Any = Notebook()
    make(name).fit(run)
    assert run.asked == [
        ("source", {"epochs": 0, "keep_best": False}),
        (("source", "target"), {}),
    ]


def test_ft_meets_the_emotions_with_a_new_mlp() -> None:
    model = make("ft", weight_decay=0.1)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1)
    model.loss(SOURCE).backward()
    optimizer.step()
    same = {name for name, value in model.state_dict().items() if torch.equal(value, before[name])}
    assert same == {name for name in before if name.startswith("emotion_head")}


@pytest.mark.parametrize("name", ["bilstm", *TRANSFER])
def test_attention_adds_up_to_1_over_the_words_of_a_text(name: str) -> None:
    model = make(name)
    batch = model.batch(TARGET)
    found = model.attention(batch)
    assert found.shape == (2, 2)
    torch.testing.assert_close(found.sum(1), torch.ones(2))
    assert found[1].tolist() == [1.0, 0.0]


def test_emotions_share_one_probability_unless_a_sigmoid_is_asked_for() -> None:
    logits = torch.tensor([[0.0, 1.0, -1.0]])
    exclusive = Labels(EMOTIONS.names, exclusive=True)
    softmax, sigmoid = logits.softmax(-1), logits.sigmoid()
    assert torch.equal(make("bilstm").probabilities(logits), softmax)
    assert torch.equal(make("bilstm", output="sigmoid").probabilities(logits), sigmoid)
    model = make("bilstm", labels=exclusive, output="sigmoid")
    assert torch.equal(model.probabilities(logits), softmax)


def test_word_vectors_come_from_a_file_and_may_be_frozen(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("happy 1 2 3 4 5 6 7 8\nsad 8 7 6 5 4 3 2 1\n", encoding="utf-8")
    model = make("bilstm", embeddings=str(path), tune_embeddings=False)
    model.prepare()
    rows = model.embedding.weight[FIRST : FIRST + 2]
    assert rows.tolist() == [[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]]
    assert model.embedding.weight[WORDS.pad].tolist() == [0.0] * 8
    assert touched(model, model.loss(TARGET)) == {"target_branch", "emotion_head"}


def test_dropout_is_of_words_and_sentences_and_only_in_training() -> None:
    model = make("bilstm", dropout=0.5)
    batch: Batch = model.batch(TARGET)
    model.eval()
    assert torch.equal(model.words(batch), model.embedding(batch.ids))
    assert torch.equal(model(batch), model(batch))
    model.train()
    assert (model.words(batch) == 0).any()
    assert not torch.equal(model.classify(torch.ones(2, 8)), model.classify(torch.ones(2, 8)))
