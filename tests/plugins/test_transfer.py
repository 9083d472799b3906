"""Model-1 and Model-2: who learns what in which stage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from emocli import models
from emocli.errors import UsageError
from emocli.inference.prediction import Predictor
from emocli.modelling import encoder_model
from emocli.modelling.batches import Item

Make = Callable[..., Any]

TARGET = [Item([2, 5, 6, 3], [0.0, 1.0, 0.0]), Item([2, 9, 3], [1.0, 0.0, 1.0])]
SOURCE = [Item([2, 8, 3], [1.0, 0.0], "source"), Item([2, 5, 7, 10, 3], [0.0, 1.0], "source")]


def test_parameters_are_transferred_and_last_layers_are_new(watch: Make) -> None:
    _, stages = watch("parameter-transfer", source_epochs=1)
    assert stages == [
        ("sentiment", {"encoder", "sentiment_head"}),
        ("emotions", {"encoder", "head"}),
    ]


def test_both_tasks_are_learnt_in_one_stage(watch: Make) -> None:
    _, stages = watch("multitask")
    assert stages == [("", {"encoder", "shared", "head", "sentiment_head"})]


def test_a_sentiment_loss_of_weight_0_does_not_count(watch: Make) -> None:
    trained, _ = watch("multitask", source_weight=0)
    rows = list(zip(SOURCE, TARGET, strict=True))
    trained.model.eval()
    torch.testing.assert_close(trained.model.combined_loss(rows), trained.model.loss(TARGET))


def test_the_combined_loss_adds_the_weighted_sentiment_to_the_emotions(watch: Make) -> None:
    model = watch("multitask", source_weight=0.25)[0].model.eval()
    target, source = model.batch(TARGET), model.batch(SOURCE)
    emotions = F.binary_cross_entropy(model(target).sigmoid(), target.gold())
    shared = model.shared(model.pool(model.states(source), source))
    probabilities = model.sentiment_head(shared).softmax(-1)
    sentiment = -(probabilities[0, 0].log() + probabilities[1, 1].log()) / 2
    found = model.combined_loss(list(zip(SOURCE, TARGET, strict=True)))
    torch.testing.assert_close(found, emotions + 0.25 * sentiment)


def test_the_source_loss_is_the_cross_entropy_of_the_sentiment(watch: Make) -> None:
    model = watch("parameter-transfer")[0].model.eval()
    source = model.batch(SOURCE)
    logits = model.sentiment_head(model.represent(source))
    torch.testing.assert_close(
        model.source_loss(SOURCE), F.cross_entropy(logits, torch.tensor([0, 1]))
    )


def test_a_transfer_of_a_frozen_encoder_is_refused(watch: Make) -> None:
    with pytest.raises(UsageError) as caught:
        watch("parameter-transfer", frozen=True)
    assert str(caught.value) == (
        "option 'frozen' is 'True', expected false: the method teaches the encoder itself"
    )


def test_a_frozen_encoder_reads_the_texts_of_both_tasks_once(
    watch: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_read: list[int] = []
    encode = encoder_model.encode

    def counting(encoder: Any, batch: Any, *columns: Any) -> Any:
        n_read.append(len(batch.ids))
        return encode(encoder, batch, *columns)

    monkeypatch.setattr(encoder_model, "encode", counting)
    _, stages = watch("multitask", frozen=True, epochs=5)
    assert stages == [("", {"shared", "head", "sentiment_head"})]
    # 8 texts, which are dev too, and 4 source texts; and dev once more when all is over.
    assert sum(n_read) == 8 + 4 + 8


@pytest.mark.parametrize("method", ["parameter-transfer", "multitask", "common-space"])
def test_a_prediction_needs_neither_sentiment_data_nor_the_encoders_folder(
    method: str, watch: Make, tiny_encoder: Path, tmp_path: Path
) -> None:
    encoder = Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    trained, _ = watch(method, encoder=str(encoder), epochs=1)
    texts = ["so happy", "", "😂", "x" * 500]
    before = Predictor(trained).probabilities(texts)
    models.save(trained, tmp_path / "model")
    shutil.rmtree(encoder)
    loaded = models.load(str(tmp_path / "model"))
    assert loaded.model.roles["source"].names == ("negative", "positive")
    np.testing.assert_allclose(Predictor(loaded).probabilities(texts), before, atol=1e-6)
