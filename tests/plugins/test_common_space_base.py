"""A common space that begins with the encoders of a trained one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from emocli.errors import UsageError
from emocli.modelling.labels import Labels
from emocli.modelling.trained import Trained
from emocli.reporting import SILENT
from emocli.training.checkpoints import weights

Make = Callable[..., Any]

FEW = {"source_epochs": 1, "space_epochs": 2}


@pytest.fixture
def base(watch: Make) -> Trained:
    trained: Trained = watch("common-space-3.1", **FEW)[0]
    return trained


def test_only_the_later_stages_are_trained(base: Trained, watch: Make) -> None:
    trained, stages = watch("common-space", SILENT, base, **FEW)
    assert stages == [
        ("Siamese network", {"siamese"}),
        ("common space", {"space", "decoder", "head"}),
    ]
    before, after = weights(base.model), weights(trained.model)
    taken = [key for key in after if key.startswith(("emotion.", "sentiment."))]
    assert taken
    assert all(torch.equal(before[key], after[key]) for key in taken)


def test_the_model_stands_alone_and_its_card_tells_of_the_base(base: Trained, watch: Make) -> None:
    trained, _ = watch("common-space-3.2", SILENT, base, **FEW)
    assert trained.model.bases == ()
    assert [told["method"] for told in trained.about["bases"]] == ["common-space-3.1"]


def test_a_base_without_both_encoders_is_refused(watch: Make, make_base: Make) -> None:
    with pytest.raises(UsageError, match=r"base 'bert' has no encoders of emotion and of sent"):
        watch("common-space", SILENT, make_base(), **FEW)


@pytest.mark.parametrize(
    ("part", "labels", "told"),
    [
        ("model", ("a", "b", "c"), "the base 'common-space-3.1' has the labels a, b, c; expected "),
        ("sentiment", ("bad", "good"), "has learnt the sentiments bad, good; expected "),
    ],
)
def test_a_base_of_other_labels_is_refused(
    part: str, labels: tuple[str, ...], told: str, base: Trained, watch: Make
) -> None:
    network = base.model if part == "model" else base.model.sentiment
    network.labels = Labels(labels)  # type: ignore[union-attr]
    with pytest.raises(UsageError, match=told):
        watch("common-space", SILENT, base, **FEW)


OTHERWISE = (
    "the base 'common-space-3.1' reads texts otherwise; give it the same -o encoder, -o tweets, "
    "-o max_length and -o pooling."
)
SIZES = "the base has layers of other sizes; give it the same -o encoder and -o head_width."


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tweets": False}, OTHERWISE),
        ({"max_length": 9}, OTHERWISE),
        ({"pooling": "first"}, OTHERWISE),  # was taken, and its encoders read by the other piece
        ({"head_width": 5}, SIZES),
    ],
)
def test_a_base_with_other_options_is_refused(
    options: dict[str, Any], told: str, base: Trained, watch: Make
) -> None:
    with pytest.raises(UsageError) as caught:
        watch("common-space", SILENT, base, **FEW, **options)
    assert str(caught.value) == told


def test_two_bases_are_one_too_many(base: Trained, watch: Make) -> None:
    with pytest.raises(UsageError) as caught:
        watch("common-space", SILENT, base, replace(base), **FEW)
    assert str(caught.value) == (
        "method 'common-space' begins with one trained model at most, got 2; each --base MODEL "
        "names one."
    )
