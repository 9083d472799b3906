"""The trained models that come with emocli."""

from __future__ import annotations

import os

import numpy as np
import pytest
from emocli_datn import emocli_models

from emocli import models
from emocli.data.labelled import read_labelled
from emocli.evaluation.scores import score
from emocli.inference.prediction import Predictor

MEGABYTES = 20
SHOWN = {
    "datn2": [
        ("What a lovely morning, I am so happy", ["joy", "love", "optimism"]),
        ("I miss him and cannot stop crying", ["pessimism", "sadness"]),
        ("How dare they lie to us again, I am furious", ["anger", "disgust"]),
        ("I am terrified of what comes next", ["fear"]),
    ],
    "datn2-goemotions": [
        ("Thank you, that was very kind of you", ["gratitude"]),
        ("I have no idea what you mean, please explain", ["confusion"]),
        ("That is the funniest thing ever, hahaha", ["amusement"]),
        ("I am so sorry, I did not mean that", ["remorse", "sadness"]),
        ("The train leaves at nine from the second platform", ["neutral"]),
    ],
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_model_that_comes_along_answers_plain_texts(name: str) -> None:
    texts, expected = zip(*SHOWN[name], strict=True)
    trained = models.load(name)
    predictor = Predictor(trained)
    decided = predictor.decide(predictor.probabilities(texts))
    names = np.array(trained.model.labels.names)
    assert [names[row].tolist() for row in decided] == [*expected]


@pytest.mark.real_data
@pytest.mark.skipif("EMOCLI_DATA" not in os.environ, reason="EMOCLI_DATA names no folder")
@pytest.mark.parametrize(
    ("name", "data"), [("datn2", "semeval2018-ec"), ("datn2-goemotions", "goemotions")]
)
def test_a_model_that_comes_along_scores_what_its_card_says(name: str, data: str) -> None:
    trained = models.load(name)
    labels = trained.model.labels
    dev = read_labelled(f"{data}:dev", labels=labels.names)
    predictor = Predictor(trained)
    probabilities = predictor.probabilities([example.text for example in dev.examples])
    gold = np.array([labels.vector(example.labels) for example in dev.examples]) > 0.5
    found = score(labels, gold, predictor.decide(probabilities), probabilities)
    for metric in ("jaccard", "micro_f1", "macro_f1"):
        assert getattr(found, metric) == pytest.approx(trained.about["dev"][metric], abs=0.002)


@pytest.mark.parametrize("bundled", emocli_models(), ids=lambda bundled: str(bundled.name))
def test_a_model_that_comes_along_is_small_and_has_its_card(bundled: models.BundledModel) -> None:
    sizes = [file.stat().st_size for file in bundled.folder.iterdir()]
    assert sum(sizes) < MEGABYTES * 1e6
    card = (bundled.folder / "README.md").read_text(encoding="utf-8")
    for heading in ("## Data", "Terms of the data:", "## Scores on dev", "## How it was trained"):
        assert heading in card
    assert card.startswith(f"# {bundled.name}\n")
    assert {*SHOWN} == {entry.name for entry in emocli_models()}
