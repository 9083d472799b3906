"""Encoders that read class names before a text: transformers' own states, scores, room, loss."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F
from transformers import AutoModel, AutoTokenizer

from emocli.common_options import LabelTokenConfig
from emocli.errors import UsageError
from emocli.modelling.batches import Item
from emocli.modelling.encoder_model import encode
from emocli.modelling.label_correlation import correlation_loss
from emocli.modelling.label_tokens import LabelScores, LabelTokenEncoder
from emocli.modelling.labels import Labels

KINDS = ("bert", "distilbert", "roberta", "xlnet")
LABELS = Labels(("joy", "love/optimism", "miss"))
TEXTS = ("so happy today , i cry", "i", "miss love")

Make = Callable[..., LabelTokenEncoder]


@pytest.fixture
def make(tiny_encoders: dict[str, Path]) -> Make:
    """Make a model on a small encoder of a kind; called with the labels and more options."""

    def call(kind: str = "bert", labels: Labels = LABELS, **options: Any) -> LabelTokenEncoder:
        encoder = str(tiny_encoders[kind])
        config = LabelTokenConfig.from_options({"encoder": encoder, "tweets": False, **options})
        torch.manual_seed(2)
        model = LabelTokenEncoder(config, labels, LabelTokenEncoder.make_tokenizer(config, ()))
        model.prepare()
        return model.eval()

    return call


def items(model: LabelTokenEncoder, *texts: str, target: Any = None) -> list[Item]:
    return [Item(model.tokenizer.encode(text), target) for text in texts]


@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_represented_by_transformers_own_states_of_the_pair(
    tiny_encoders: dict[str, Path], make: Make, kind: str
) -> None:
    model = make(kind)
    own = AutoModel.from_pretrained(tiny_encoders[kind]).eval()
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoders[kind])
    with torch.no_grad():
        found = model.represent(model.batch(items(model, *TEXTS)))
        assert found.shape == (3, 3, 32)
        for row, text in enumerate(TEXTS):
            encoded = tokenizer(
                "joy love optimism miss", text, return_tensors="pt", return_token_type_ids=True
            )
            if "token_type_ids" not in signature(own.forward).parameters:
                encoded.pop("token_type_ids", None)
            states = own(**encoded).last_hidden_state[0]
            words = [
                tokenizer(word, add_special_tokens=False)["input_ids"] for word in _names(kind)
            ]
            start = 0 if kind == "xlnet" else 1
            for label, n_pieces in enumerate(map(len, words)):
                expected = states[start : start + n_pieces].mean(0)
                torch.testing.assert_close(found[row, label], expected, atol=1e-5, rtol=0)
                start += n_pieces


def _names(kind: str) -> tuple[str, str, str]:
    """Class names as they stand in the middle of a text, the first at its beginning."""
    blank = " " if kind == "roberta" else ""
    return "joy", f"{blank}love optimism", f"{blank}miss"


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_score(make: Make, kind: str) -> None:
    model = make(kind)
    with torch.no_grad():
        texts = (*TEXTS, "")
        together = model(model.batch(items(model, *texts)))
        alone = torch.cat([model(model.batch(items(model, text))) for text in texts])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


def test_a_text_is_left_the_room_besides_the_names(make: Make) -> None:
    model = make("bert", max_length=512)
    assert model.segment is not None
    # joy, l o v e as one word, eight letters of optimism, miss: 11 pieces and [SEP].
    assert model.segment.n_added == 12
    assert model.tokenizer.max_length == 64 - 12
    whole = model.batch(items(model, "so happy today " * 40))
    assert model.segment.before(whole).ids.shape == (1, 64)
    assert make("bert", max_length=20).tokenizer.max_length == 20
    assert make("xlnet", max_length=900).tokenizer.max_length == 900


def test_names_that_leave_a_text_no_room_are_refused(make: Make) -> None:
    many = Labels(tuple("happy" + " so" * n for n in range(11)))
    with pytest.raises(UsageError) as caught:
        make("bert", many)
    assert str(caught.value) == (
        "the names of 11 labels take 67 of the 64 pieces that the encoder reads at once, which "
        "leaves 0 for a text, expected 8 or more; choose another encoder, or another method."
    )


def test_all_labels_share_the_weights_of_a_linear_score() -> None:
    scores = LabelScores(2, "linear")
    with torch.no_grad():
        scores.layers.weight.copy_(torch.tensor([[2.0, -1.0]]))
        scores.layers.bias.fill_(0.5)
        found = scores(torch.tensor([[[1.0, 1.0], [0.0, 3.0]]]))
    assert found.tolist() == [[1.5, -2.5]]


def test_a_feed_forward_score_is_the_product_of_tanh_and_the_position_vector() -> None:
    scores = LabelScores(2, "feed-forward")
    vectors = torch.tensor([[[0.3, -1.0], [2.0, 0.1], [0.0, 0.0]]])
    hidden, _, position = scores.layers
    f = torch.tanh(vectors @ hidden.weight.T + hidden.bias)
    assert position.bias is None
    torch.testing.assert_close(scores(vectors), (f * position.weight[0]).sum(-1))


def test_the_loss_is_shared_between_cross_entropy_and_correlation(make: Make) -> None:
    model = make(correlation_weight=0.2)
    learnt = items(model, *TEXTS, target=[0.0, 1.0, 0.0])
    batch = model.batch(learnt)
    with torch.no_grad():
        logits = model(batch)
        entropy = F.binary_cross_entropy_with_logits(logits, batch.gold())
        correlation = correlation_loss(logits.sigmoid(), batch.gold())
        torch.testing.assert_close(model.loss(learnt), 0.8 * entropy + 0.2 * correlation)
        plain = make().loss(learnt)
    torch.testing.assert_close(plain, entropy)


def test_with_the_head_on_the_text_no_name_is_read(make: Make) -> None:
    model = make(head="text", pooling="first")
    with torch.no_grad():
        batch = model.batch(items(model, *TEXTS))
        states = encode(model.encoder, batch)
        found = model.represent(batch)
        logits = model(batch)
    torch.testing.assert_close(found, states[:, 0])
    torch.testing.assert_close(logits, model.head(found))
    assert model.segment is None


def test_of_a_frozen_encoder_the_labels_vectors_are_kept(make: Make) -> None:
    model = make(frozen=True)
    assert all(not parameter.requires_grad for parameter in model.encoder.parameters())
    assert any(parameter.requires_grad for parameter in model.head.parameters())


def test_presets_bring_the_head_of_their_paper() -> None:
    presets = ("none", "fine-grained", "bert-variants")
    read = [LabelTokenConfig.from_options({"preset": preset}) for preset in presets]
    assert [config.scoring for config in read] == ["linear", "linear", "feed-forward"]
