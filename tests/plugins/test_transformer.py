"""Fine-tuned encoders: transformers' own numbers, and folders that need nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertForSequenceClassification,
    DistilBertForSequenceClassification,
    RobertaForSequenceClassification,
    XLNetForSequenceClassification,
)

from emocli import models
from emocli.inference.prediction import Predictor
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import TOLERANCE, sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

KINDS = ("bert", "distilbert", "roberta", "xlnet")
TEXTS = ["so happy today", "i hate this awful morning , i cry", "", "héte 😂 !", "so " * 100]
# Where transformers' own classifiers keep the two layers of their heads.
HEADS = {
    "bert": (BertForSequenceClassification, "bert.pooler.dense", "classifier"),
    "distilbert": (DistilBertForSequenceClassification, "pre_classifier", "classifier"),
    "roberta": (RobertaForSequenceClassification, "classifier.dense", "classifier.out_proj"),
    "xlnet": (XLNetForSequenceClassification, "sequence_summary.summary", "logits_proj"),
}


def fine_tuned(encoder: Path, method: str = "bert", **options: object) -> Trained:
    found = registry().method(method)
    config = found.config_class().from_options({"encoder": str(encoder), "epochs": 1, **options})
    data = sample_data()
    return train(found, config, TrainingData(data, data), Settings())


@pytest.fixture
def saved(tiny_encoders: dict[str, Path], tmp_path: Path) -> Callable[..., Path]:
    """Train a method on its kind of encoder, save it, and put the encoder's folder away."""

    def save(kind: str, **options: object) -> Path:
        encoder = tmp_path / "encoder"
        shutil.copytree(tiny_encoders[kind], encoder)
        # Rates at which one epoch moves every score.
        rates = {"learning_rate": 1e-2, "head_learning_rate": 1e-2, "max_length": 512}
        trained = fine_tuned(encoder, kind, tweets=False, **{**rates, **options})
        models.save(trained, tmp_path / "model")
        shutil.rmtree(encoder)
        return tmp_path / "model"

    return save


def logits_of(model: Any, tokenizer: Any, longest: int) -> Tensor:
    """Each text by itself through transformers alone, (n_texts, …)."""
    rows = []
    for text in TEXTS:
        # XLNet's segments, which its tokenizer gives only where they are asked for.
        typed = "xlnet" in str(type(model)).lower()
        encoded = tokenizer(
            text,
            truncation=True,
            max_length=longest,
            return_tensors="pt",
            return_token_type_ids=typed,
        )
        with torch.no_grad():
            rows.append(model(**encoded))
    return torch.cat([getattr(row, "logits", row) for row in rows])


@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_model_gives_the_logits_of_transformers_own_classifier(
    tiny_encoders: dict[str, Path], saved: Callable[..., Path], kind: str
) -> None:
    loaded = models.load(str(saved(kind, pooling="first", head_layers=2)))
    kind_of_class, dense, linear = HEADS[kind]
    config = AutoConfig.from_pretrained(tiny_encoders[kind], num_labels=3)
    build: Any = AutoModelForSequenceClassification.from_config
    own: Any = build(config).eval()
    assert type(own) is kind_of_class
    state = loaded.model.state_dict()
    missing = own.base_model.load_state_dict(
        {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")},
        strict=False,
    )
    assert set(missing.missing_keys) <= {"pooler.dense.weight", "pooler.dense.bias"}
    for name, place in (("head.0", dense), ("head.3", linear)):
        layer = own.get_submodule(place)
        layer.load_state_dict({part: state[f"{name}.{part}"] for part in ("weight", "bias")})
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoders[kind])
    expected = logits_of(own, tokenizer, loaded.model.tokenizer.max_length)
    found = Predictor(loaded).probabilities(TEXTS)
    np.testing.assert_allclose(found, expected.sigmoid(), atol=TOLERANCE, rtol=0)
    assert expected.std(0).min() > 10 * TOLERANCE


@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_model_gives_the_mean_of_transformers_states_and_a_linear_layer(
    tiny_encoders: dict[str, Path], saved: Callable[..., Path], kind: str
) -> None:
    loaded = models.load(str(saved(kind)))
    state = loaded.model.state_dict()
    encoder: Any = AutoModel.from_pretrained(tiny_encoders[kind]).eval()
    own = {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}
    encoder.load_state_dict(own, strict=False)

    class Classifier(torch.nn.Module):
        def forward(self, **encoded: Tensor) -> Tensor:
            mean = encoder(**encoded).last_hidden_state.mean(1)
            logits: Tensor = mean @ state["head.weight"].T + state["head.bias"]
            return logits

    Classifier.__qualname__ = f"{kind}Classifier"
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoders[kind])
    expected = logits_of(Classifier(), tokenizer, loaded.model.tokenizer.max_length)
    found = Predictor(loaded).probabilities(TEXTS)
    np.testing.assert_allclose(found, expected.sigmoid(), atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_folder_predicts_as_before_without_the_encoders_folder(
    tiny_encoders: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    encoder = Path(shutil.copytree(tiny_encoders[kind], tmp_path / "encoder"))
    trained = fine_tuned(encoder, kind)
    texts = [*TEXTS, "lone \ud83d surrogate", "x" * 5000]
    before = Predictor(trained).probabilities(texts)
    models.save(trained, tmp_path / "model")
    shutil.rmtree(encoder)
    after = Predictor(models.load(str(tmp_path / "model"))).probabilities(texts)
    np.testing.assert_allclose(after, before, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_and_order_change_no_score(tiny_encoders: dict[str, Path], kind: str) -> None:
    trained = fine_tuned(tiny_encoders[kind], kind, pooling="first", head_layers=2)
    together = Predictor(trained, batch_tokens=4096).probabilities(TEXTS)
    alone = np.concatenate([Predictor(trained).probabilities([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=TOLERANCE, rtol=0)
    backwards = Predictor(trained).probabilities(TEXTS[::-1])[::-1]
    np.testing.assert_allclose(together, backwards, atol=TOLERANCE, rtol=0)


def test_a_head_of_two_layers_begins_with_the_encoders_trained_pooler(
    tiny_encoders: dict[str, Path],
) -> None:
    def dense_before_training(kind: str) -> Tensor:
        found = registry().method(kind)
        options = {"encoder": str(tiny_encoders[kind]), "head_layers": 2}
        config = found.config_class().from_options(options)
        model_class: Any = found.model_class()
        labels = fine_tuned(tiny_encoders[kind]).model.labels
        model = model_class(config, labels, model_class.make_tokenizer(config, []))
        model.prepare()
        weight: Tensor = model.head[0].weight
        return weight

    pooler = AutoModel.from_pretrained(tiny_encoders["bert"]).pooler.dense.weight
    assert torch.equal(dense_before_training("bert"), pooler)
    assert dense_before_training("distilbert").shape == (32, 32)


def test_a_longer_text_is_scored_as_its_beginning_and_counted(tiny_encoder: Path) -> None:
    predictor = Predictor(fine_tuned(tiny_encoder))
    long, cut = "so happy today " * 100, "so happy today " * 20 + "so happy"
    scores = predictor.probabilities([long, cut])
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
    assert predictor.reader.n_long == 1
