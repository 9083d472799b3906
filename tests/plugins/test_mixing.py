"""Embedding mixing: what is mixed, with which weights, and upon which models."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from emocli_mixing.model import EmbeddingMixing

from emocli import models
from emocli.data.examples import Example, LabelledData
from emocli.errors import UsageError
from emocli.evaluation.thresholds import fit_thresholds
from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Item
from emocli.modelling.trained import Trained, state_digest
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

TEXTS = ["so happy this morning", "i cry , i hate this awful morning !", "tears", "", "😂"]
BASES: dict[str, dict[str, Any]] = {
    "bert": {},
    "auxiliary": {"mapping": "ekman"},
    "label-embedding": {"epochs": 60, "learning_rate": 5e-3},
}


def ids_of(trained: Trained, texts: list[str]) -> list[tuple[int, ...]]:
    return [tuple(trained.model.tokenizer.encode(text)) for text in texts]


def mixing(trained: Trained) -> EmbeddingMixing:
    assert isinstance(trained.model, EmbeddingMixing)
    return trained.model


@pytest.fixture(params=BASES)
def base(request: pytest.FixtureRequest, make_base: Callable[..., Trained]) -> Trained:
    """A trained model of each method that mixing is tried upon."""
    return make_base(request.param, **BASES[request.param])


def test_weight_one_gives_the_unmixed_answers(base: Trained, mix: Callable[..., Trained]) -> None:
    unmixed = Predictor(base).probabilities(TEXTS)
    assert Predictor(mix(base, weight=1.0)).probabilities(TEXTS) == pytest.approx(unmixed, abs=1e-6)


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.92])
def test_a_text_mixed_with_itself_gives_the_unmixed_answers(
    base: Trained, mix: Callable[..., Trained], weight: float
) -> None:
    model = mixing(mix(base, weight=weight))
    batch = model.batch([Item(ids) for ids in ids_of(base, TEXTS)])
    with torch.no_grad():
        mixed = model.probabilities(model.classify(model.represent(batch, batch.rows())))
        unmixed = base.model.probabilities(base.model(batch))
    torch.testing.assert_close(mixed, unmixed, atol=1e-6, rtol=0)


def test_another_weight_gives_other_answers(base: Trained, mix: Callable[..., Trained]) -> None:
    unseen = TEXTS[:2]  # no training texts, each of which would be nearest to itself
    unmixed = Predictor(base).probabilities(unseen)
    mixed = Predictor(mix(base, weight=0.5)).probabilities(unseen)
    assert (np.abs(mixed - unmixed).max(1) > 1e-4).all()


def test_a_mixture_is_a_weighted_sum_of_representations(
    base: Trained, mix: Callable[..., Trained]
) -> None:
    model = mixing(mix(base, weight=0.75))
    texts, candidates = ids_of(base, TEXTS[:3]), ids_of(base, TEXTS[2::-1])
    with torch.no_grad():
        first, second = (
            torch.cat([base.model.represent(model.batch([Item(ids)])) for ids in rows])
            for rows in (texts, candidates)
        )
        mixed = model.represent(model.batch([Item(ids) for ids in texts]), candidates)
    torch.testing.assert_close(mixed, 0.75 * first + 0.25 * second, atol=1e-6, rtol=0)
    of_labels = base.method == "label-embedding"
    assert mixed.shape == ((3, 3, 32) if of_labels else (3, 32))


def test_nothing_is_learnt_but_thresholds(
    make_base: Callable[..., Trained], mix: Callable[..., Trained]
) -> None:
    before = {name: value.clone() for name, value in make_base().model.state_dict().items()}
    mixed = mix()
    after = mixing(mixed).base.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert mixed.about["history"] == []
    assert mix(thresholds="fixed", threshold=0.3).thresholds.tolist() == [0.3, 0.3, 0.3]


def test_thresholds_are_fitted_to_mixtures_with_other_texts_than_dev_s_own(
    mix: Callable[..., Trained],
) -> None:
    data = sample_data()
    trained = mix(data=TrainingData(data, data), weight=0.1)
    texts = [example.text for example in data.examples]
    gold = np.array([trained.model.labels.vector(e.labels) for e in data.examples]) > 0.5
    with trained.model.answering_dev():
        answers = Predictor(trained).probabilities(texts)
    assert np.abs(answers - Predictor(trained).probabilities(texts)).max() > 0.01
    expected = fit_thresholds(gold, answers, metric="jaccard", per_label=False)
    assert trained.thresholds == pytest.approx(expected, abs=1e-6)


def test_a_mixture_within_an_ensemble_answers_dev_as_it_does_alone(
    make_base: Callable[..., Trained], mix: Callable[..., Trained]
) -> None:
    data, mixed = sample_data(), mix(weight=0.1)
    method = registry().method("ensemble")
    upon = TrainingData(data, data, bases=[mixed, make_base()])
    ensemble = train(method, method.config_class()(), upon, Settings())
    texts = [example.text for example in data.examples]
    with mixed.model.answering_dev():
        alone = Predictor(mixed).probabilities(texts)
    with ensemble.model.answering_dev():
        together = Predictor(ensemble).probabilities(texts)
    expected = (alone + Predictor(make_base()).probabilities(texts)) / 2
    assert together == pytest.approx(expected, abs=1e-6)


def test_answers_are_kept_apart_of_mixtures_with_other_texts(mix: Callable[..., Trained]) -> None:
    data = sample_data()
    fewer = dataclasses.replace(data, examples=data.examples[:4])
    one, same, other = mix(), mix(), mix(data=TrainingData(fewer, data))
    assert state_digest(one) == state_digest(same) != state_digest(other)


def test_a_folder_holds_the_base_and_the_training_texts_and_says_so(
    base: Trained, mix: Callable[..., Trained], tmp_path: Path
) -> None:
    trained = mix(base, weight=0.5)
    models.save(trained, tmp_path / "mixed")
    moved = Path(shutil.move(tmp_path / "mixed", tmp_path / "elsewhere"))
    described = json.loads((moved / "model.json").read_text(encoding="utf-8"))
    assert described["bases"] == ["base-1"]
    assert set(trained.model.own_state()) == {"candidates.ids", "candidates.lengths"}
    loaded = models.load(str(moved))
    before = Predictor(trained).probabilities(TEXTS)
    assert Predictor(loaded).probabilities(TEXTS) == pytest.approx(before, abs=1e-6)
    card = (moved / "README.md").read_text(encoding="utf-8")
    assert card.endswith(
        "This folder holds 8 training texts as ids of pieces, from which they can be read again: "
        "what the terms of the data say of copies holds for it too.\n"
    )


def test_a_base_without_an_encoder_is_refused(
    make_model: Callable[..., Path], mix: Callable[..., Trained]
) -> None:
    other = models.load(str(make_model("words", ("anger", "joy", "sadness"))))
    with pytest.raises(UsageError) as caught:
        mix(other)
    assert str(caught.value) == (
        "the base 'bilstm' is not a pretrained encoder with a head; expected a model of a method "
        "such as bert, auxiliary or label-embedding."
    )


def test_candidates_of_any_length_stay_with_their_texts(mix: Callable[..., Trained]) -> None:
    rows = tuple(
        Example(str(number), text, ("joy",))
        for number, text in enumerate(["love", "so happy , so happy , so happy", "i hate this"])
    )
    data = LabelledData("few", rows, ("anger", "joy", "sadness"), False, "few")
    model = mixing(mix(data=TrainingData(data, sample_data()), weight=0.0))
    texts = ids_of(mix(), [row.text for row in rows])
    with torch.no_grad():
        together = model.represent(model.batch([Item(ids) for ids in texts]))
        singly = torch.cat([model.base.represent(model.batch([Item(ids)])) for ids in texts])
    torch.testing.assert_close(together, singly, atol=1e-6, rtol=0)
