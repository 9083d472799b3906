"""BERTScore by hand, and the blocked search against the obvious one."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import emocli_mixing.bert_score
import pytest
import torch
from emocli_mixing.bert_score import Group, by_pieces, f1, nearest
from torch import Tensor
from torch.nn import functional as F

from emocli.modelling.batches import Item
from emocli.modelling.encoder_model import EncoderModel
from emocli.modelling.labels import Labels
from emocli.plugins import registry

WIDTH = 6
NONE_BARRED = -1


def vectors(*shape: int, seed: int = 0) -> Tensor:
    """Random vectors of length 1, (*shape, WIDTH), numbers that half precision holds."""
    random = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(*shape, WIDTH, generator=random), dim=-1).half().float()


def obvious_f1(text: Tensor, other: Tensor) -> float:
    """Of the pieces' vectors of two texts, (n_pieces, width) each."""
    cosines = [[float(x @ y) for y in other] for x in text]
    recall = sum(max(row) for row in cosines) / len(text)
    precision = sum(max(column) for column in zip(*cosines, strict=True)) / len(other)
    if recall <= 0 or precision <= 0:
        return 0.0
    return float(2 * precision * recall / (precision + recall))


def obvious_nearest(text: Tensor, others: dict[int, Tensor]) -> int:
    scores = {number: obvious_f1(text, other) for number, other in others.items()}
    best = max(scores, key=lambda number: scores[number])
    return best if scores[best] > 0 else -1


def grouped(others: dict[int, Tensor]) -> list[Group]:
    groups = []
    for length in sorted({len(other) for other in others.values()}):
        alike = {number: other for number, other in others.items() if len(other) == length}
        stacked = torch.stack(list(alike.values()), dim=1)
        groups.append(Group(torch.tensor(list(alike)), stacked.half()))
    return groups


def test_f1_by_hand() -> None:
    text = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])  # one text of two pieces
    other = torch.tensor([[[0.6, 0.8]]])  # one text of one piece
    # recall (0.6 + 0.8) / 2 = 0.7, precision max(0.6, 0.8) = 0.8
    assert f1(text, other).tolist() == [[pytest.approx(2 * 0.7 * 0.8 / 1.5)]]
    assert f1(text, text.transpose(0, 1)).tolist() == [[pytest.approx(1.0)]]


def test_texts_that_point_the_other_way_have_f1_zero() -> None:
    text = torch.tensor([[[1.0, 0.0]]])
    others = torch.tensor([[[-1.0, 0.0], [0.0, 1.0]]])  # two texts of one piece
    assert f1(text, others).tolist() == [[0.0, 0.0]]
    group = Group(torch.tensor([5, 6]), others.half())
    assert nearest(text, [group], torch.tensor([NONE_BARRED])).tolist() == [-1]


@pytest.mark.parametrize("most", [1, 100, 2**22])
def test_the_blocked_search_finds_what_the_obvious_one_finds(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emocli_mixing.bert_score, "MOST", most)
    others = {10 + n: vectors(1 + n % 4, seed=n) for n in range(60)}
    texts = vectors(25, 3, seed=99)
    found = nearest(texts, grouped(others), torch.full((25,), NONE_BARRED))
    assert found.tolist() == [obvious_nearest(text, others) for text in texts]
    assert len(set(found.tolist())) > 5


def test_a_barred_text_is_not_found() -> None:
    others = {n: vectors(3, seed=n) for n in range(8)}
    texts = torch.stack([others[2], others[5]])
    groups = grouped(others)
    assert nearest(texts, groups, torch.tensor([-1, -1])).tolist() == [2, 5]
    left = {number: other for number, other in others.items() if number != 2}
    assert nearest(texts, groups, torch.tensor([2, -1])).tolist() == [
        obvious_nearest(others[2], left),
        5,
    ]
    assert nearest(texts[:1], grouped({2: others[2]}), torch.tensor([2])).tolist() == [-1]


def test_of_equally_near_texts_the_first_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    same = vectors(2)
    group = grouped({7: same, 3: same, 1: same})
    barred = torch.tensor([NONE_BARRED])
    assert nearest(same[None], group, barred).tolist() == [7]
    monkeypatch.setattr(emocli_mixing.bert_score, "MOST", 1)
    assert nearest(same[None], group, barred).tolist() == [7]


def test_no_block_is_larger_than_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def measured(texts: Tensor, others: Tensor) -> Tensor:
        n_texts, n_pieces, width = texts.shape
        numbers = others.shape[0] * others.shape[1]
        sizes.append(max(numbers * n_texts * n_pieces, numbers * width))
        return f1(texts, others)

    monkeypatch.setattr(emocli_mixing.bert_score, "f1", measured)
    monkeypatch.setattr(emocli_mixing.bert_score, "MOST", 500)
    others = {n: vectors(1 + n % 3, seed=n) for n in range(300)}
    for n_texts, n_pieces in ((1, 1), (10, 4)):
        sizes.clear()
        texts = vectors(n_texts, n_pieces, seed=1)
        nearest(texts, grouped(others), torch.full((n_texts,), NONE_BARRED))
        assert 400 < max(sizes) <= 500


def test_bfloat16_around_it_rounds_no_similarity() -> None:
    common = vectors(4)
    others = {
        n: F.normalize(common + 0.05 * vectors(4, seed=n), dim=-1).half().float()
        for n in range(200)
    }
    texts = torch.stack([others[n] for n in range(0, 200, 10)])
    barred = torch.full((20,), NONE_BARRED)
    expected = nearest(texts, grouped(others), barred)
    assert expected.tolist() == list(range(0, 200, 10))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(nearest(texts, grouped(others), barred), expected)


@pytest.mark.parametrize("kind", ["bert", "distilbert", "roberta", "xlnet"])
def test_pieces_have_vectors_and_marks_have_none(
    kind: str, tiny_encoders: dict[str, Path], make_encoder_model: Callable[..., Any]
) -> None:
    model: EncoderModel = make_encoder_model(tiny_encoders[kind])
    texts = ["so happy", "so", "", "this morning", "so happy today so happy"]
    rows = [model.tokenizer.encode(text) for text in texts]
    n_marks = len(model.tokenizer.encode(""))
    batch = model.batch([Item(ids) for ids in rows])
    with torch.no_grad():
        found = {
            row: read
            for places, of_group in by_pieces(model, batch)
            for row, read in zip(places.tolist(), of_group, strict=True)
        }
        states = model.states(batch)
    assert sorted(found) == [0, 1, 3, 4]
    assert [len(found[row]) for row in sorted(found)] == [
        len(rows[row]) - n_marks for row in (0, 1, 3, 4)
    ]
    assert all(math.isclose(float(x.norm()), 1, abs_tol=1e-5) for x in found[4])
    first = 0 if kind == "xlnet" else 1
    expected = F.normalize(states[1, first], dim=0)
    torch.testing.assert_close(found[1][0], expected, atol=1e-6, rtol=0)


@pytest.fixture(scope="module")
def make_encoder_model() -> Callable[..., Any]:
    """Make an untrained model upon an encoder's folder."""

    def make(folder: Path) -> Any:
        method = registry().method("bert")
        config = method.config_class().from_options({"encoder": str(folder)})
        model_class = method.model_class()
        tokenizer = model_class.make_tokenizer(config, ())
        return model_class(config, Labels(("joy",)), tokenizer).eval()

    return make
