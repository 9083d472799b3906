"""What dev chooses by: the metric of the best epoch, and the thresholds."""

from __future__ import annotations

import numpy as np

from emocli.evaluation.thresholds import FITTED_METRICS, fit_thresholds
from emocli.methods import Config
from emocli.modelling.labels import Bools, Floats, Labels


def dev_metric(config: Config, labels: Labels) -> str:
    """The name of the metric that chooses the epoch."""
    if config.metric != "auto":
        return config.metric
    return "accuracy" if labels.exclusive else "jaccard"


def suitable_thresholds(
    config: Config, labels: Labels, gold: Bools, probabilities: Floats
) -> Floats:
    """Thresholds that suit gold labels and probabilities, (n, n_labels) each; (n_labels,)."""
    if labels.exclusive:
        return np.full(gold.shape[1], 0.5)
    if config.thresholds == "fixed":
        return np.full(gold.shape[1], config.threshold)
    metric = dev_metric(config, labels)
    return fit_thresholds(
        gold,
        probabilities,
        metric=metric if metric in FITTED_METRICS else "jaccard",
        per_label=config.thresholds == "per-label",
    )
