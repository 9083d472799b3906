"""The three variations of Model-3: stages, representations and losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from emocli_common_space.pairs import Pair
from torch import nn
from torch.nn import functional as F

from emocli.errors import UsageError
from emocli.modelling import encoder_model
from emocli.modelling.batches import Item
from emocli.plugins import registry
from emocli.reporting import Reporter

Make = Callable[..., Any]

WIDTH = 32
ITEMS = [Item([2, 5, 6, 3], [0.0, 1.0, 0.0]), Item([2, 9, 3], [1.0, 0.0, 1.0])]
ENCODERS = [
    ("emotion encoder", {"emotion.encoder", "emotion.head"}),
    ("sentiment encoder", {"sentiment.encoder", "sentiment.head"}),
]
SIAMESE = ("Siamese network", {"siamese"})
FEW = {"source_epochs": 1, "space_epochs": 2}
STAGES = {
    "common-space-3.1": [*ENCODERS, ("common space", {"space", "head"})],
    "common-space-3.2": [
        *ENCODERS,
        SIAMESE,
        ("reconstruction", {"space", "decoder"}),
        ("prediction layers", {"head"}),
    ],
    "common-space": [*ENCODERS, SIAMESE, ("common space", {"space", "decoder", "head"})],
}


class Ear(Reporter):
    """Remembers the beginnings of what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text.split(":")[0])


@pytest.fixture
def model(watch: Make) -> Any:
    """A small common-space, trained a little, in eval."""
    return watch("common-space", **FEW)[0].model.eval()


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("method", STAGES)
def test_each_stage_changes_its_own_parts_alone(method: str, exclusive: bool, watch: Make) -> None:
    _, stages = watch(method, exclusive=exclusive, **FEW)
    assert stages == STAGES[method]


def test_stages_are_named_in_what_is_said(watch: Make) -> None:
    ear = Ear()
    watch("common-space", ear, epochs=1, source_epochs=1, siamese_epochs=1, space_epochs=1)
    assert [text for text in ear.said if text.startswith("stage")] == [
        "stage 1, emotion encoder, epoch 1/1",
        "stage 2, sentiment encoder, epoch 1/1",
        "stage 3, Siamese network, epoch 1/1",
        "stage 4, common space, epoch 1/1",
    ]


def test_frozen_encoders_read_each_text_once(watch: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    n_read: list[int] = []
    encode = encoder_model.encode

    def counting(encoder: Any, batch: Any, *columns: Any) -> Any:
        n_read.append(len(batch.ids))
        return encode(encoder, batch, *columns)

    monkeypatch.setattr(encoder_model, "encode", counting)
    watch("common-space", epochs=2, source_epochs=3, siamese_epochs=4, space_epochs=5, patience=0)
    # The emotion encoder's 2 epochs, each with its dev; the sentiment encoder's 3; both encoders
    # once for all later stages; both for dev when all is over.
    assert sum(n_read) == 2 * (8 + 8) + 3 * 4 + 2 * 8 + 2 * 8


def test_frozen_encoders_have_no_dropout(model: Any) -> None:
    model.train()
    assert model.head.training
    for encoder in (model.emotion.encoder, model.sentiment.encoder):
        assert not any(module.training for module in encoder.modules())
        assert not any(parameter.requires_grad for parameter in encoder.parameters())


def test_the_concatenation_is_the_sentiment_and_the_emotion_encoders(model: Any) -> None:
    """Step 8 as it is meant: the sentiment representation comes from the sentiment encoder."""
    batch = model.batch(ITEMS)
    found = model.concatenate(batch)
    assert found.shape == (2, 2 * WIDTH)
    assert torch.equal(found[:, :WIDTH], model.sentiment.represent(batch))
    assert torch.equal(found[:, WIDTH:], model.emotion.represent(batch))
    assert not torch.equal(found[:, :WIDTH], found[:, WIDTH:])
    assert torch.equal(model.emotion_part(found), found[:, WIDTH:])


def test_the_reconstruction_loss_is_the_mean_distance_to_the_emotion_representation(
    model: Any,
) -> None:
    model.siamese.layers = nn.Identity()
    nn.init.zeros_(model.decoder.weight)
    nn.init.zeros_(model.decoder.bias)
    concatenated = torch.full((2, 2 * WIDTH), 7.0)
    concatenated[:, WIDTH:] = 0
    concatenated[0, WIDTH : WIDTH + 2] = torch.tensor([3.0, 4.0])  # 5 away from 0; the other is 0
    common = torch.randn(2, model.config.space_width)
    assert float(model.reconstruction_loss(concatenated, common).detach()) == 2.5


def test_the_siamese_network_compares_the_emotion_representations_of_a_pair(model: Any) -> None:
    first, second = ITEMS
    pairs = [Pair(first, second, True), Pair(second, second, False), Pair(second, first, False)]
    with torch.no_grad():
        one, other = model.siamese.layers(model.emotion.represent(model.batch(ITEMS)))
        distance = (one - other).norm()
        expected = ((distance - 1) ** 2 + 0 + distance**2) / 3
        torch.testing.assert_close(model.siamese_loss(pairs), expected)


@pytest.mark.parametrize("weight", [1.0, 0.0, 0.5])
def test_the_loss_adds_the_weighted_reconstruction_to_the_prediction(
    weight: float, watch: Make
) -> None:
    model = watch("common-space", **FEW, reconstruction_weight=weight)[0].model.eval()
    batch = model.batch(ITEMS)
    with torch.no_grad():
        concatenated = model.concatenate(batch)
        common = model.space(concatenated)
        distance = model.siamese(model.decoder(common), model.emotion.represent(batch))
        prediction = F.binary_cross_entropy(model.head(common).sigmoid(), batch.gold())
        torch.testing.assert_close(model.loss(ITEMS), weight * distance.mean() + prediction)


def test_the_paper_weighs_both_losses_alike() -> None:
    config = registry().method("common-space").config_class()()
    assert config.reconstruction_weight == 1.0


def test_model_3_1_and_the_last_stage_of_3_2_learn_from_the_prediction_alone(watch: Make) -> None:
    for method in ("common-space-3.1", "common-space-3.2"):
        model = watch(method, **FEW)[0].model.eval()
        batch = model.batch(ITEMS)
        with torch.no_grad():
            expected = F.binary_cross_entropy(model(batch).sigmoid(), batch.gold())
            torch.testing.assert_close(model.loss(ITEMS), expected)


def test_labels_have_no_part_in_the_reconstruction_of_3_2(watch: Make) -> None:
    model = watch("common-space-3.2", **FEW)[0].model.eval()
    unlabelled = [Item(item.ids, [0.0, 0.0, 0.0]) for item in ITEMS]
    assert torch.equal(model.reconstruct(ITEMS), model.reconstruct(unlabelled))


def test_frozen_encoders_from_the_start_are_refused(watch: Make) -> None:
    with pytest.raises(UsageError) as caught:
        watch("common-space", frozen=True)
    assert str(caught.value) == (
        "option 'frozen' is 'True', expected false: the method teaches the encoder itself"
    )


def test_both_strategies_of_pairs_are_an_option(watch: Make) -> None:
    both = [watch("common-space", **FEW, pairs=name)[0] for name in ("random", "two-texts")]
    first, second = (trained.model.siamese.layers[0].weight for trained in both)
    assert not torch.equal(first, second)
