"""auxiliary: the derived task, the joint loss, its temperature, the mapping kept in the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from emocli import models
from emocli.cli.materials import Materials, fingerprint
from emocli.cli.recipe import make_recipe
from emocli.errors import DataError
from emocli.inference.prediction import Predictor
from emocli.modelling.batches import Item
from emocli.modelling.labels import Labels
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.testing import sample_data
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train

Make = Callable[..., Any]

GROUPS = 'good = ["joy"]\nbad = ["anger", "sadness"]\n'
HEADS = ("text", "labels")


def learn(
    encoder: Path,
    method: str = "auxiliary",
    precision: torch.dtype = torch.float32,
    **options: Any,
) -> Trained:
    found = registry().method(method)
    small = {"encoder": str(encoder), "epochs": 2, "batch_size": 4, "dropout": 0.0}
    config = found.config_class().from_options({**small, **options})
    data = sample_data()
    return train(found, config, TrainingData(data, data), Settings(seed=3, precision=precision))


@pytest.fixture
def make(tiny_encoder: Path) -> Make:
    """Make a model that was never trained, without dropout; called with labels and options."""

    def call(labels: tuple[str, ...], exclusive: bool = False, **options: Any) -> Any:
        method = registry().method("auxiliary")
        model_class: Any = method.model_class()
        chosen = {"encoder": str(tiny_encoder), "dropout": 0.0, **options}
        config = method.config_class().from_options(chosen)
        torch.manual_seed(1)
        tokenizer = model_class.make_tokenizer(config, ())
        return model_class(config, Labels(labels, exclusive), tokenizer).eval()

    return call


def items(model: Any, *targets: list[float]) -> list[Item]:
    return [Item(model.tokenizer.encode("so happy today"), target) for target in targets]


@pytest.mark.parametrize("head", HEADS)
def test_the_groups_of_a_texts_labels_are_learnt(make: Make, head: str) -> None:
    model = make(("anger", "joy", "love"), mapping="sentiment", head=head)
    assert model.auxiliary_labels.names == ("positive", "negative")
    learnt = items(model, [1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    batch = model.batch(learnt)
    with torch.no_grad():
        representation = model.represent(batch)
        logits = model.auxiliary_head(representation.reshape(3, -1))
        found = model.auxiliary_loss(representation, batch)
    gold = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    torch.testing.assert_close(found, F.binary_cross_entropy_with_logits(logits, gold))


def test_a_teachers_probabilities_add_up_to_those_of_the_groups(make: Make) -> None:
    model = make(("anger", "joy", "love"), mapping="sentiment")
    batch = model.batch(items(model, [0.2, 0.3, 0.5], [0.1, 0.9, 0.8]))
    with torch.no_grad():
        representation = model.represent(batch)
        logits = model.auxiliary_head(representation)
        found = model.auxiliary_loss(representation, batch)
    gold = torch.tensor([[0.8, 0.2], [1.0, 0.1]])
    torch.testing.assert_close(found, F.binary_cross_entropy_with_logits(logits, gold))


def test_groups_of_exclusive_labels_exclude_one_another(make: Make) -> None:
    model = make(("anger", "joy", "love"), exclusive=True, mapping="sentiment")
    batch = model.batch(items(model, [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]))
    with torch.no_grad():
        representation = model.represent(batch)
        logits = model.auxiliary_head(representation)
        found = model.auxiliary_loss(representation, batch)
    torch.testing.assert_close(found, F.cross_entropy(logits, torch.tensor([0, 1])))


@pytest.mark.parametrize(("progress", "share"), [(0.0, 0.8), (0.25, 0.85), (1.0, 1.0)])
def test_the_joint_loss_goes_from_both_tasks_to_the_main_one(
    make: Make, progress: float, share: float
) -> None:
    model = make(("anger", "joy", "love"), correlation_weight=0.2)
    learnt = items(model, [1.0, 0.0, 0.0], [0.0, 1.0, 1.0])
    batch = model.batch(learnt)
    with torch.no_grad():
        main = model.loss(learnt)
        auxiliary = model.auxiliary_loss(model.represent(batch), batch)
        found = model.joint_loss(learnt, progress)
    torch.testing.assert_close(found, share * main + (1 - share) * auxiliary)


def test_the_temperature_rises_evenly_from_step_to_step(
    tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """8 texts in batches of 4, 2 epochs: 4 steps."""
    asked: list[float] = []
    model_class: Any = registry().method("auxiliary").model_class()
    known = model_class.temperature

    def remembered(model: Any, progress: float) -> float:
        asked.append(known(model, progress))
        return asked[-1]

    monkeypatch.setattr(model_class, "temperature", remembered)
    learn(tiny_encoder)
    assert asked == pytest.approx([0.8, 0.85, 0.9, 0.95])


@pytest.mark.parametrize(("head", "method"), [("text", "bert"), ("labels", "label-embedding")])
def test_at_temperature_one_it_is_the_method_without_an_auxiliary_task(
    tiny_encoder: Path, head: str, method: str
) -> None:
    texts = ["so happy", "i cry", "furious today"]
    alone = Predictor(learn(tiny_encoder, method)).probabilities(texts)
    beside = Predictor(learn(tiny_encoder, head=head, temperature=1.0)).probabilities(texts)
    np.testing.assert_allclose(beside, alone, atol=1e-6)


@pytest.mark.parametrize("head", HEADS)
def test_it_learns_in_half_precision(tiny_encoder: Path, head: str) -> None:
    bf16 = learn(tiny_encoder, head=head, precision=torch.bfloat16).about["history"]
    fp32 = learn(tiny_encoder, head=head).about["history"]
    assert bf16[-1]["loss"] == pytest.approx(fp32[-1]["loss"], rel=0.02)


@pytest.mark.parametrize("head", HEADS)
def test_a_model_folder_holds_its_mapping(tiny_encoder: Path, head: str, tmp_path: Path) -> None:
    path = tmp_path / "groups.toml"
    path.write_text(GROUPS, encoding="utf-8")
    trained = learn(tiny_encoder, head=head, mapping=str(path))
    before = Predictor(trained).probabilities(["so happy", "i cry"])
    models.save(trained, tmp_path / "model")
    path.unlink()
    told = models.describe(tmp_path / "model")
    assert told["config"]["mapping"] == '{"good": ["joy"], "bad": ["anger", "sadness"]}'
    loaded = models.load(str(tmp_path / "model"))
    assert loaded.model.auxiliary_labels.names == ("good", "bad")
    after = Predictor(loaded).probabilities(["so happy", "i cry"])
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_a_mapping_without_a_label_ends_the_training_before_it_begins(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "groups.toml"
    path.write_text('good = ["joy"]\nbad = ["anger"]\n', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        learn(tiny_encoder, mapping=str(path))
    assert str(caught.value) == (
        f"{path}: label 'sadness' is in no group, expected it in one of: good, bad."
    )


def test_an_unfinished_training_is_told_by_what_its_mapping_says(tmp_path: Path) -> None:
    path = tmp_path / "groups.toml"
    data = sample_data()
    materials = Materials(data, data, {}, (), {})

    def told(groups: str) -> dict[str, Any]:
        path.write_text(groups, encoding="utf-8")
        given = {"method": "auxiliary", "train": "train.csv"}
        return fingerprint(make_recipe(given, [f"mapping={path}"], None), materials, "fp32")

    first, other = told(GROUPS), told(GROUPS.replace("good", "fine"))
    assert told(GROUPS) == first
    assert {key for key in first if first[key] != other[key]} == {"option mapping"}


def test_settled_options_stay_as_they_are() -> None:
    model_class: Any = registry().method("auxiliary").model_class()
    labels = Labels(("anger", "joy"))
    config = registry().method("auxiliary").config_class().from_options({"mapping": "ekman"})
    settled = model_class.settle(config, labels)
    assert settled == replace(config, mapping='{"anger": ["anger"], "joy": ["joy"]}')
    assert model_class.settle(settled, labels) == settled
