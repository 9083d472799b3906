"""emocli's own encoder beside transformers'."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import AutoConfig, AutoModel

from emocli.modelling.batches import Batch, Item, collate
from emocli.modelling.encoder_layout import Layout
from emocli.modelling.encoder_model import encode
from emocli.modelling.encoders import drop_pooler
from emocli.modelling.packed_encoder import PackedEncoder
from emocli.modelling.packing import Packing
from emocli.modelling.processor import has_int8
from emocli.modelling.products import in_int8

KINDS = ("bert", "distilbert", "roberta")
PAD = 1


def both(folder: Path) -> tuple[PackedEncoder, Any]:
    """Our encoder and transformers', with the same weights, in evaluation, without dropout."""
    theirs = AutoModel.from_pretrained(folder)
    drop_pooler(theirs)
    layout = Layout.of(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    assert layout is not None
    ours = PackedEncoder(layout)
    ours.load_state_dict(theirs.state_dict())
    return ours.eval(), theirs.eval()


def batch_of(*texts: list[int]) -> Batch:
    return collate([Item(ids) for ids in texts], PAD)


def apart(one: Tensor, other: Tensor, batch: Batch) -> float:
    """The greatest difference between states at real pieces."""
    return float(((one - other).abs() * batch.mask[..., None]).max().detach())


TEXT = st.lists(st.integers(5, 30), min_size=1, max_size=12)


@pytest.mark.parametrize("kind", KINDS)
@given(texts=st.lists(TEXT, min_size=1, max_size=9))
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
def test_states_are_those_of_transformers(
    kind: str, tiny_encoders: dict[str, Path], texts: list[list[int]]
) -> None:
    ours, theirs = both(tiny_encoders[kind])
    batch = batch_of(*texts)
    with torch.inference_mode():
        found = ours(batch)
        assert found.shape == (*batch.ids.shape, ours.config.hidden_size)
        assert apart(found, encode(theirs, batch), batch) < 1e-5
        assert not found[~batch.mask].any()


def test_segments_are_told_apart(tiny_encoders: dict[str, Path]) -> None:
    ours, theirs = both(tiny_encoders["bert"])
    plain = batch_of([5, 6, 7], [8, 9])
    types = torch.tensor([[0, 1, 1], [0, 1, 0]])
    typed = Batch(plain.ids, plain.mask, plain.lengths, None, "target", types)
    with torch.inference_mode():
        assert apart(ours(typed), encode(theirs, typed), typed) < 1e-5
        assert apart(ours(typed), ours(plain), typed) > 1e-3


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_transformers(
    kind: str, training: bool, tiny_encoders: dict[str, Path]
) -> None:
    ours, theirs = both(tiny_encoders[kind])
    ours.config = replace(ours.config, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    ours.train(training)
    batch = batch_of([5, 6, 7], [8, 9], [10], [11, 12, 13])
    real = batch.mask[..., None]
    for states in (ours(batch), encode(theirs, batch)):
        torch.autograd.backward((states * real).pow(3).sum())
    theirs_by_name = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None
        torch.testing.assert_close(
            parameter.grad, theirs_by_name[name].grad, atol=2e-4, rtol=1e-3, msg=name
        )


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_stands_where_transformers_has_it(
    kind: str, tiny_encoders: dict[str, Path]
) -> None:
    """Seen where all is dropped: there only the biases are left, and what has no dropout."""
    ours, theirs = both(tiny_encoders[kind])
    for part in theirs.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 1.0
        elif isinstance(part, torch.nn.Linear | torch.nn.LayerNorm):
            torch.nn.init.normal_(part.bias)
    ours.load_state_dict(theirs.state_dict())
    ours.config = replace(ours.config, hidden_dropout_prob=1.0, attention_probs_dropout_prob=1.0)
    batch = batch_of([5, 6, 7], [8, 9])
    assert apart(ours.train()(batch), encode(theirs.train(), batch), batch) < 1e-5


def test_dropout_is_for_training_alone(tiny_encoders: dict[str, Path]) -> None:
    ours, _ = both(tiny_encoders["bert"])
    batch = batch_of([5, 6, 7], [8, 9])
    assert torch.equal(ours(batch), ours(batch))
    ours.train()
    assert not torch.equal(ours(batch), ours(batch))


def test_bfloat16_is_near(tiny_encoders: dict[str, Path]) -> None:
    ours, _ = both(tiny_encoders["bert"])
    batch = batch_of([5, 6, 7], [8, 9])
    with torch.inference_mode():
        exact = ours(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = ours(batch)
    assert found.dtype == torch.float32
    assert 0 < apart(found, exact, batch) < 0.1


@pytest.mark.parametrize("enabled", [False, True])
def test_an_encoder_that_has_answered_can_be_copied(
    enabled: bool, tiny_encoders: dict[str, Path]
) -> None:
    ours, _ = both(tiny_encoders["bert"])
    batch = batch_of([5, 6, 7], [8, 9])

    def answered(encoder: PackedEncoder) -> Tensor:
        in_bf16 = torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled)
        with torch.inference_mode(), in_bf16:
            states: Tensor = encoder(batch)
        return states

    found = answered(ours)
    assert torch.equal(answered(copy.deepcopy(ours)), found)
    assert torch.equal(answered(ours), found)


@pytest.mark.parametrize("training", [False, True])
@given(texts=st.lists(TEXT, min_size=1, max_size=9), data=st.data())
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
def test_columns_that_are_asked_for_are_as_with_all_others(
    training: bool, tiny_encoders: dict[str, Path], texts: list[list[int]], data: st.DataObject
) -> None:
    ours, _ = both(tiny_encoders["bert"])
    ours.config = replace(ours.config, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    ours.train(training)
    batch = batch_of(*texts)
    shortest = int(batch.lengths.min())
    wanted = data.draw(st.sets(st.integers(0, shortest - 1), min_size=1))
    with torch.no_grad():
        found, full = ours(batch, torch.tensor(sorted(wanted))), ours(batch)
    others = [column for column in range(batch.ids.shape[1]) if column not in wanted]
    torch.testing.assert_close(found[:, sorted(wanted)], full[:, sorted(wanted)])
    assert not found[:, others].any()


@pytest.mark.skipif(not has_int8(), reason="products of whole numbers are slow here")
def test_int8_is_near(tiny_encoders: dict[str, Path]) -> None:
    ours, _ = both(tiny_encoders["bert"])
    batch = batch_of([5, 6, 7], [8, 9])
    with torch.inference_mode():
        exact = ours(batch)
        with in_int8():
            found = ours(batch)
        assert torch.equal(ours(batch), exact)
    assert found.dtype == torch.float32
    assert 0 < apart(found, exact, batch) < 0.1


def test_weights_that_change_are_cast_again(tiny_encoders: dict[str, Path]) -> None:
    ours, _ = both(tiny_encoders["bert"])
    batch, before = batch_of([5, 6, 7]), copy.deepcopy(ours.state_dict())
    with torch.no_grad():
        first = ours(batch)
        for parameter in ours.parameters():
            parameter.add_(0.1)
        assert not torch.equal(ours(batch), first)
    ours.load_state_dict(before)
    with torch.no_grad():
        assert torch.equal(ours(batch), first)


def test_a_training_step_casts_the_weights_again(tiny_encoders: dict[str, Path]) -> None:
    """A fused optimiser changes tensors without counting that among their versions."""
    ours, _ = both(tiny_encoders["bert"])
    batch = batch_of([5, 6, 7])
    optimizer = torch.optim.AdamW(ours.parameters(), lr=0.1, fused=True)
    with torch.inference_mode():
        before = ours(batch)
    torch.autograd.backward(ours.train()(batch).pow(3).sum())
    optimizer.step()
    ours.eval()
    with torch.inference_mode():
        assert not torch.equal(ours(batch), before)


def test_texts_of_one_length_stand_together() -> None:
    packing = Packing.of(batch_of([5], [6, 7, 8], [9], [10, 11]))
    assert list(packing.groups) == [(1, 3), (1, 2), (2, 1)]
    assert packing.index.tolist() == [3, 4, 5, 9, 10, 0, 6]
    assert packing.places.tolist() == [0, 1, 2, 0, 1, 0, 0]


@pytest.mark.parametrize("kind", ["bert", "roberta", "camembert", "xlm-roberta", "distilbert"])
def test_what_a_configuration_leaves_out_is_as_in_transformers(kind: str) -> None:
    config = AutoConfig.for_model(kind)
    ours = Layout.of({"model_type": kind})
    assert ours == Layout.of(config.to_dict())
    assert ours is not None
    assert ours.hidden_size == config.hidden_size
    assert ours.num_hidden_layers == config.num_hidden_layers


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "xlnet"},
        {"model_type": "bert", "hidden_act": "relu"},
        {"model_type": "bert", "is_decoder": True},
        {"model_type": "bert", "position_embedding_type": "relative_key"},
        {"model_type": "distilbert", "sinusoidal_pos_embds": True},
    ],
)
def test_other_architectures_are_left_to_transformers(config: dict[str, Any]) -> None:
    assert Layout.of(config) is None
