"""The trained models that come with emocli."""

from __future__ import annotations

import pytest
from emocli_datn import emocli_models

from emocli import models
from emocli.inference.prediction import Predictor

MEGABYTES = 20
SHOWN = {
    "datn2": [
        ("What a lovely morning, I am so happy", "joy"),
        ("I miss him and cannot stop crying", "sadness"),
        ("How dare they lie to us again, I am furious", "anger"),
        ("I am terrified of what comes next", "fear"),
    ],
    "datn2-goemotions": [
        ("Thank you, that was very kind of you", "gratitude"),
        ("I have no idea what you mean, please explain", "confusion"),
        ("That is the funniest thing ever, hahaha", "amusement"),
        ("I am so sorry, I did not mean that", "remorse"),
        ("The train leaves at nine from the second platform", "neutral"),
    ],
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_model_that_comes_along_answers_plain_texts(name: str) -> None:
    texts, expected = zip(*SHOWN[name], strict=True)
    trained = models.load(name)
    predictor = Predictor(trained)
    decided = predictor.decide(predictor.probabilities(texts))
    columns = [trained.model.labels.names.index(label) for label in expected]
    assert [
        label for label, row, at in zip(expected, decided, columns, strict=True) if row[at]
    ] == [*expected]


@pytest.mark.parametrize("bundled", emocli_models(), ids=lambda bundled: str(bundled.name))
def test_a_model_that_comes_along_is_small_and_has_its_card(bundled: models.BundledModel) -> None:
    sizes = [file.stat().st_size for file in bundled.folder.iterdir()]
    assert sum(sizes) < MEGABYTES * 1e6
    card = (bundled.folder / "README.md").read_text(encoding="utf-8")
    for heading in ("## Data", "Terms of the data:", "## Scores on dev", "## How it was trained"):
        assert heading in card
    assert card.startswith(f"# {bundled.name}\n")
    assert {*SHOWN} == {entry.name for entry in emocli_models()}
