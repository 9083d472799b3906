"""The dev metric and the thresholds that a configuration asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from emocli.modelling.labels import Bools, Floats, Labels

Make = Callable[..., Any]

GOLD = np.array([[1], [1], [0], [0]], dtype=bool)


def test_the_metric_suits_the_labels_unless_it_is_chosen(make_run: Make) -> None:
    run = make_run()
    assert run.metric == "jaccard"
    run.model.labels = Labels(("joy", "anger"), exclusive=True)
    assert run.metric == "accuracy"
    assert make_run(metric="macro-f1").metric == "macro-f1"


def test_exclusive_labels_have_no_thresholds_to_fit(make_run: Make) -> None:
    run = make_run()
    run.model.labels = Labels(("joy", "anger"), exclusive=True)
    gold = np.array([[True, False]])
    assert run.fit_thresholds(gold, np.array([[0.2, 0.8]])).tolist() == [0.5, 0.5]


def test_a_fixed_threshold_is_not_fitted(make_run: Make) -> None:
    probabilities = np.array([[0.6, 0.2], [0.4, 0.1]])
    gold = np.array([[True, True], [True, False]])
    run = make_run(thresholds="fixed", threshold=0.3)
    assert run.fit_thresholds(gold, probabilities).tolist() == [0.3, 0.3]
    assert make_run(thresholds="fixed").fit_thresholds(gold, probabilities).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("metric", "fitted_to"),
    [
        ("jaccard", "jaccard"),
        ("exact-match", "exact-match"),
        ("macro-f1", "macro-f1"),
        ("average-precision", "jaccard"),
        ("hamming-loss", "jaccard"),
    ],
)
def test_thresholds_are_fitted_to_the_metric_where_that_can_be(
    make_run: Make, monkeypatch: pytest.MonkeyPatch, metric: str, fitted_to: str
) -> None:
    asked: list[dict[str, Any]] = []

    def fit(gold: Bools, probabilities: Floats, **options: Any) -> Floats:
        asked.append(options)
        return np.array([0.5])

    monkeypatch.setattr("emocli.training.choosing.fit_thresholds", fit)
    for kind in ("global", "per-label"):
        make_run(metric=metric, thresholds=kind).fit_thresholds(GOLD, GOLD.astype(float))
    assert asked == [
        {"metric": fitted_to, "per_label": False},
        {"metric": fitted_to, "per_label": True},
    ]
