"""Each layer of an encoder learns at a share of the rate of the one above it."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    RobertaConfig,
    RobertaModel,
    XLNetConfig,
    XLNetModel,
)

from emocli.modelling.encoder_model import by_layers

_BERT = {"hidden_size": 4, "num_hidden_layers": 3, "num_attention_heads": 1, "intermediate_size": 4}
_DISTILBERT = {"dim": 4, "n_layers": 3, "n_heads": 1, "hidden_dim": 4}
_XLNET = {"d_model": 4, "n_layer": 3, "n_head": 1, "d_inner": 4}
# Where the layers stand, and a name of an embedding.
ENCODERS = {
    "bert": ("encoder.layer", "embeddings.word_embeddings.weight"),
    "distilbert": ("transformer.layer", "embeddings.word_embeddings.weight"),
    "roberta": ("encoder.layer", "embeddings.word_embeddings.weight"),
    "xlnet": ("layer", "word_embedding.weight"),
}


def encoder(kind: str) -> nn.Module:
    if kind == "distilbert":
        return DistilBertModel(DistilBertConfig(vocab_size=5, **_DISTILBERT))
    if kind == "xlnet":
        return XLNetModel(XLNetConfig(vocab_size=5, **_XLNET))
    if kind == "roberta":
        return RobertaModel(RobertaConfig(vocab_size=5, **_BERT))
    return BertModel(BertConfig(vocab_size=5, **_BERT))


def rates(model: nn.Module, rate: float, decay: float) -> dict[str, float]:
    """The learning rate of each parameter, by its name."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = by_layers(model, rate, decay)
    return {names[id(p)]: group["lr"] for group in groups for p in group["params"]}


@pytest.mark.parametrize("kind", ENCODERS)
def test_a_layer_learns_at_half_the_rate_of_the_one_above_it(kind: str) -> None:
    found = rates(encoder(kind), 0.8, 0.5)
    layers, embedding = ENCODERS[kind]
    for number, rate in ((0, 0.2), (1, 0.4), (2, 0.8)):
        of_layer = {value for name, value in found.items() if name.startswith(f"{layers}.{number}")}
        assert of_layer == {rate}
    of_embeddings = {
        value for name, value in found.items() if name.startswith(embedding.split(".")[0])
    }
    assert of_embeddings == {found[embedding]} == {0.1}


@pytest.mark.parametrize("kind", ENCODERS)
def test_no_parameter_is_left_out_or_taken_twice(kind: str) -> None:
    model = encoder(kind)
    taken = [p for group in by_layers(model, 0.8, 0.5) for p in group["params"]]
    assert len(taken) == len({id(p) for p in taken}) == len(list(model.parameters()))


@pytest.mark.parametrize("kind", ENCODERS)
def test_without_decay_all_learn_alike(kind: str) -> None:
    assert set(rates(encoder(kind), 0.8, 1.0).values()) == {0.8}


def test_what_stands_upon_the_layers_learns_as_the_top_one_does() -> None:
    found = rates(encoder("bert"), 0.8, 0.5)
    assert {found["pooler.dense.weight"], found["pooler.dense.bias"]} == {0.8}


def test_what_is_frozen_is_left_out_and_changes_no_other_rate() -> None:
    model = encoder("bert")
    for parameter in model.get_submodule("encoder.layer.0").parameters():
        parameter.requires_grad_(False)
    found = rates(model, 0.8, 0.5)
    assert not [name for name in found if name.startswith("encoder.layer.0.")]
    assert found["encoder.layer.1.output.dense.weight"] == 0.4
    assert found["embeddings.word_embeddings.weight"] == 0.1


def test_an_optimiser_takes_the_groups() -> None:
    model = encoder("distilbert")
    optimizer = torch.optim.AdamW(by_layers(model, 0.8, 0.5))
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.2, 0.4, 0.8]
