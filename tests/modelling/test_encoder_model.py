"""Models upon an encoder: which state speaks for a text, and what learns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

from emocli.common_options import EncoderConfig
from emocli.methods import Method
from emocli.modelling.batches import Batch, Item
from emocli.modelling.classifying_encoder import ClassifyingEncoder
from emocli.modelling.encoder_model import EncoderModel, pool
from emocli.modelling.labels import Labels
from emocli.modelling.trained import Trained
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

KINDS = ("bert", "distilbert", "roberta", "xlnet")
METHOD = Method(
    "classifier", "", "", EncoderConfig, "emocli.modelling.classifying_encoder:ClassifyingEncoder"
)


def model_of(encoder: Path, **options: object) -> ClassifyingEncoder:
    """A model with the encoder's own weights, in evaluation."""
    config = EncoderConfig.from_options({"encoder": str(encoder), "tweets": False, **options})
    torch.manual_seed(2)
    tokenizer = ClassifyingEncoder.make_tokenizer(config, [])
    model = ClassifyingEncoder(config, Labels(("anger", "joy")), tokenizer)
    model.prepare()
    return model.eval()


def batch_of(model: EncoderModel, *texts: str) -> Batch:
    return model.batch([Item(model.tokenizer.encode(text)) for text in texts])


def own_states(encoder: Path, text: str) -> Tensor:
    """The states (length, width) that transformers gives one text."""
    # transformers' tokenizer gives XLNet's segments only where they are asked for.
    typed = "xlnet" in encoder.name
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    encoded = tokenizer(text, return_tensors="pt", return_token_type_ids=typed)
    with torch.no_grad():
        states: Tensor = AutoModel.from_pretrained(encoder).eval()(**encoded).last_hidden_state[0]
    return states


STATES = torch.tensor(
    [[[1.0, 2.0], [3.0, 4.0], [90.0, 90.0]], [[1.0, 0.0], [2.0, 3.0], [6.0, 9.0]]]
)
MASK = torch.tensor([[True, True, False], [True, True, True]])


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("mean", [[2.0, 3.0], [3.0, 4.0]]),
        ("first", [[1.0, 2.0], [1.0, 0.0]]),
        ("last", [[3.0, 4.0], [6.0, 9.0]]),
    ],
)
def test_pooling_leaves_padding_out(pooling: str, expected: list[list[float]]) -> None:
    assert pool(STATES, MASK, pooling).tolist() == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pooling", ["first", "mean"])
def test_a_text_is_its_classification_tokens_state_or_their_mean(
    tiny_encoders: dict[str, Path], kind: str, pooling: str
) -> None:
    model = model_of(tiny_encoders[kind], pooling=pooling)
    text = "so happy today"
    marks = AutoTokenizer.from_pretrained(tiny_encoders[kind])
    states = own_states(tiny_encoders[kind], text)
    place = marks(text)["input_ids"].index(marks.cls_token_id)
    assert place == (len(states) - 1 if kind == "xlnet" else 0)
    expected = states[place] if pooling == "first" else states.mean(0)
    with torch.no_grad():
        found = model.represent(batch_of(model, "i hate this awful morning", text))[1]
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_xlnet_is_padded_at_the_end_with_the_same_answer_as_at_the_beginning(
    tiny_encoders: dict[str, Path],
) -> None:
    encoder = tiny_encoders["xlnet"]
    texts = ["so happy", "i hate this awful morning !"]
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    encoded = tokenizer(texts, padding=True, return_tensors="pt", return_token_type_ids=True)
    assert encoded["attention_mask"][0, 0] == 0
    model = model_of(encoder, pooling="first")
    with torch.no_grad():
        states = AutoModel.from_pretrained(encoder).eval()(**encoded).last_hidden_state
        found = model.represent(batch_of(model, *texts))
    torch.testing.assert_close(found, states[:, -1], atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_encoder_is_built_from_what_the_tokenizer_carries_without_a_pooler(
    tiny_encoders: dict[str, Path], kind: str
) -> None:
    model = model_of(tiny_encoders[kind])
    own = AutoModel.from_pretrained(tiny_encoders[kind]).state_dict()
    kept = {name: value for name, value in own.items() if not name.startswith("pooler.")}
    found = model.encoder.state_dict()
    assert found.keys() == kept.keys()
    assert all(torch.equal(found[name], kept[name]) for name in kept)


def test_every_parameter_of_an_encoder_learns(tiny_encoder: Path) -> None:
    model = model_of(tiny_encoder)
    model(batch_of(model, "so happy", "i cry")).sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def test_the_encoder_and_the_head_learn_at_their_own_rates(tiny_encoder: Path) -> None:
    model = model_of(tiny_encoder, learning_rate=1e-5, head_learning_rate=1e-2)
    rates = {id(p): group["lr"] for group in model.groups() for p in group["params"]}
    assert {rates[id(p)] for p in model.encoder.parameters()} == {1e-5}
    assert {rates[id(p)] for p in model.head.parameters()} == {1e-2}
    assert len(rates) == len(list(model.parameters()))
    assert {rates[id(p)] for p in model.parameters()} == {1e-5, 1e-2}


# Frozen encoders.


def trained_upon(encoder: Path, **options: object) -> Trained:
    config = EncoderConfig.from_options(
        {"encoder": str(encoder), "frozen": True, "epochs": 3, "dropout": 0.5, **options}
    )
    data = sample_data()
    return train(METHOD, config, TrainingData(data, data), Settings())


def encoder_of(trained: Trained) -> Any:
    assert isinstance(trained.model, EncoderModel)
    return trained.model.encoder


@pytest.fixture
def texts_read(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The ids of every text that an encoder was given."""
    from emocli.modelling import encoder_model

    read: list[list[int]] = []
    encode: Callable[[Any, Batch], Tensor] = encoder_model.encode

    def counting(encoder: Any, batch: Batch, *columns: Any) -> Tensor:
        rows = zip(batch.ids.tolist(), batch.lengths.tolist(), strict=True)
        read.extend(row[:length] for row, length in rows)
        return encode(encoder, batch, *columns)

    monkeypatch.setattr(encoder_model, "encode", counting)
    return read


def test_a_frozen_encoder_keeps_every_bit_while_the_head_learns(tiny_encoder: Path) -> None:
    trained = trained_upon(tiny_encoder)
    own = AutoModel.from_pretrained(tiny_encoder).state_dict()
    for name, value in encoder_of(trained).state_dict().items():
        assert torch.equal(value, own[name])
    losses = [entry["loss"] for entry in trained.about["history"]]
    assert len(losses) == 3
    assert losses[-1] < losses[0]


def test_a_frozen_encoder_reads_each_text_once_over_all_epochs(
    tiny_encoder: Path, texts_read: list[list[int]]
) -> None:
    tokenizer = trained_upon(tiny_encoder, thresholds="fixed", epochs=1).model.tokenizer
    texts = sorted(tokenizer.encode(example.text) for example in sample_data().examples)
    texts_read.clear()
    trained_upon(tiny_encoder, thresholds="fixed", epochs=5, patience=0)
    once, after_training = texts_read[: len(texts)], texts_read[len(texts) :]
    assert sorted(once) == texts
    # The model kept is scored once more, as it will be used.
    assert sorted(after_training) == texts


def test_upon_a_frozen_encoder_a_text_is_represented_as_by_the_encoder_itself(
    tiny_encoder: Path,
) -> None:
    frozen, free = trained_upon(tiny_encoder).model, model_of(tiny_encoder, tweets=True)
    texts = [example.text for example in sample_data().examples]
    with torch.no_grad():
        found = frozen.represent(batch_of(free, *texts))
        expected = free.represent(batch_of(free, *texts))
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_there_is_no_dropout_inside_a_frozen_encoder(tiny_encoder: Path) -> None:
    model = model_of(tiny_encoder, frozen=True).train()
    batch = batch_of(model, "so happy today")
    assert torch.equal(model.represent(batch), model.represent(batch))
    assert model.head.training
    assert not any(part.training for part in model.encoder.modules())
    free = model_of(tiny_encoder).train()
    assert not torch.equal(free.represent(batch), free.represent(batch))


def test_of_a_frozen_encoder_nothing_is_handed_to_the_optimiser(tiny_encoder: Path) -> None:
    model = model_of(tiny_encoder, frozen=True)
    learning = [p for group in model.groups() for p in group["params"]]
    assert [id(p) for p in learning] == [id(p) for p in model.head.parameters()]
