"""Each kind of encoder by a small one with random weights: what is said of it holds."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoConfig, AutoModel

from emocli.modelling.batches import Item, collate
from emocli.modelling.encoder_kinds import KINDS, longest_text, summary_is_last
from emocli.modelling.encoder_model import encode
from emocli.modelling.encoders import drop_pooler

PAD = 1
# One entry a size, under each name that some configuration has for it.
SIZES = {
    "vocab_size": 50,
    **dict.fromkeys(("hidden_size", "dim", "d_model", "embedding_size"), 32),
    **dict.fromkeys(("intermediate_size", "hidden_dim", "d_inner"), 64),
    **dict.fromkeys(("num_hidden_layers", "n_layers", "n_layer"), 2),
    **dict.fromkeys(("num_attention_heads", "n_heads", "n_head", "num_key_value_heads"), 2),
    "d_head": 16,
    "initializer_range": 0.2,
    "max_position_embeddings": 64,
    "pad_token_id": PAD,
    **dict.fromkeys(("bos_token_id", "cls_token_id"), 0),
    **dict.fromkeys(("eos_token_id", "sep_token_id"), 2),
}
# Angles in the place of a table of positions: what they were trained on is no hard limit.
ROTARY = ("eurobert", "modernbert")
PADDING_LEAKS = ("canine", "convbert", "fnet", "nystromformer", "yoso")


def small(kind: str) -> Any:
    default = AutoConfig.for_model(kind).to_dict()
    config = AutoConfig.for_model(kind, **{k: v for k, v in SIZES.items() if k in default})
    torch.manual_seed(0)
    build: Any = AutoModel.from_config
    encoder = build(config).eval()
    drop_pooler(encoder)
    return encoder


def states(encoder: Any, *texts: list[int]) -> Tensor:
    with torch.no_grad():
        return encode(encoder, collate([Item(ids) for ids in texts], PAD))


def text(length: int) -> list[int]:
    return [5 + 7 * place % 43 for place in range(length)]


def largest_change_by_padding(kind: str) -> float:
    """As a share of the largest state: mobilebert's are large, it has no layer normalisation."""
    encoder = small(kind)
    alone = states(encoder, text(6))[0]
    change = (states(encoder, text(6), text(20))[0, :6] - alone).abs().max()
    return float(change / alone.abs().max())


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_state(kind: str) -> None:
    assert largest_change_by_padding(kind) < 1e-5


@pytest.mark.parametrize("kind", PADDING_LEAKS)
def test_a_kind_in_which_padding_changes_states_is_left_out(kind: str) -> None:
    assert kind not in KINDS
    assert largest_change_by_padding(kind) > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_piece_sees_the_last(kind: str) -> None:
    encoder = small(kind)
    ids = text(10)
    assert not torch.equal(states(encoder, ids)[0, 0], states(encoder, [*ids[:-1], 40])[0, 0])


@pytest.mark.parametrize("kind", KINDS)
def test_an_encoder_reads_as_many_pieces_as_is_said_and_no_more(kind: str) -> None:
    encoder = small(kind)
    longest = longest_text(encoder.config.to_diff_dict())
    if longest is None:
        assert states(encoder, text(600)).shape == (1, 600, 32)
        return
    assert states(encoder, text(longest)).shape == (1, longest, 32)
    if kind not in ROTARY:
        with pytest.raises((IndexError, RuntimeError)):
            states(encoder, text(longest + 1))


@pytest.mark.parametrize("kind", KINDS)
def test_states_are_numbers_in_bfloat16_too(kind: str) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert states(small(kind), text(6), text(9)).isfinite().all()


def test_robertas_positions_begin_behind_padding() -> None:
    roberta = {"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}
    bert = {"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}
    assert longest_text(roberta) == longest_text(bert) == 512
    assert longest_text({"model_type": "xlnet"}) is None


def test_xlnet_alone_has_its_classification_token_last() -> None:
    assert [kind for kind in KINDS if summary_is_last(kind)] == ["xlnet"]
