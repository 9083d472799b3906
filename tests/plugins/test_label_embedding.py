"""label-embedding: any kind of encoder, folders that need nothing else, its options."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from emocli import models
from emocli.errors import UsageError
from emocli.inference.prediction import Predictor
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

KINDS = ("bert", "distilbert", "roberta", "xlnet")


def learn(encoder: Path, **options: Any) -> Trained:
    method = registry().method("label-embedding")
    small = {"encoder": str(encoder), "epochs": 1, "batch_size": 4}
    config = method.config_class().from_options({**small, **options})
    data = sample_data()
    return train(method, config, TrainingData(data, data), Settings())


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_folder_predicts_without_the_encoders_folder(
    tiny_encoders: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    encoder = tmp_path / "encoder"
    shutil.copytree(tiny_encoders[kind], encoder)
    trained = learn(encoder, scoring="feed-forward", correlation_weight=0.2, max_length=512)
    texts = ["so happy", "", "😂", "so happy today " * 400]
    before = Predictor(trained).probabilities(texts)
    models.save(trained, tmp_path / "model")
    shutil.rmtree(encoder)
    loaded = models.load(str(tmp_path / "model"))
    np.testing.assert_allclose(Predictor(loaded).probabilities(texts), before, atol=1e-6)
    assert loaded.model.tokenizer.max_length == trained.model.tokenizer.max_length


def test_a_text_longer_than_the_room_is_cut_and_counted(tiny_encoder: Path) -> None:
    trained = learn(tiny_encoder, max_length=512)
    predictor = Predictor(trained)
    scores = predictor.probabilities(["so happy today " * 100, "so happy"])
    assert np.isfinite(scores).all()
    # joy, 5 letters of anger and 7 of sadness, [SEP]: 14 of 64 pieces.
    assert (predictor.reader.max_length, predictor.reader.n_long) == (50, 1)


def test_each_label_has_a_vector_and_a_score_of_its_own(tiny_encoder: Path) -> None:
    model = learn(tiny_encoder).model
    vectors = torch.randn(2, 3, 32)
    with torch.no_grad():
        scores = model.classify(vectors)
        swapped = model.classify(vectors[:, [2, 0, 1]])
    assert scores.shape == (2, 3)
    torch.testing.assert_close(swapped, scores[:, [2, 0, 1]])


def test_upon_a_frozen_encoder_the_scores_alone_are_learnt(tiny_encoder: Path) -> None:
    trained = learn(tiny_encoder, frozen=True, epochs=2)
    learnt = {name: value.clone() for name, value in trained.model.state_dict().items()}
    trained.model.prepare()
    changed = {n for n, value in trained.model.state_dict().items() if (value != learnt[n]).any()}
    assert changed == set()
    untaught = learn(tiny_encoder, frozen=True, epochs=1, head_learning_rate=0.0)
    assert (untaught.model.head.layers.weight != trained.model.head.layers.weight).any()


@pytest.mark.parametrize("preset", ["none", "bert-family", "fine-grained", "bert-variants"])
def test_a_labels_vector_is_a_mean_whatever_the_preset(preset: str) -> None:
    config = registry().method("label-embedding").config_class()
    read: Any = config.from_options({"preset": preset})
    assert (read.head, read.pooling) == ("labels", "mean")


def test_another_pooling_is_refused() -> None:
    config = registry().method("label-embedding").config_class()
    with pytest.raises(UsageError) as caught:
        config.from_options({"pooling": "first"})
    assert str(caught.value) == "option 'pooling' is 'first', expected one of: mean"
