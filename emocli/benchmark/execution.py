"""One trial from beginning to end: train, then and only then read the test texts, and score."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import torch

from emocli import models
from emocli.benchmark.answers import write_answers
from emocli.benchmark.materials import Learning, learning_data, scoring_data
from emocli.benchmark.results import Record, Results
from emocli.benchmark.trials import Trial
from emocli.data.examples import LabelledData, n_shared
from emocli.evaluation.metrics import METRICS
from emocli.evaluation.scores import score
from emocli.inference.devices import choose_device, choose_precision, keep_freed_memory, peak_memory
from emocli.inference.prediction import Predictor
from emocli.methods import Config
from emocli.modelling.labels import Labels
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.reporting import Reporter
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train


class _Warnings(Reporter):
    """Keeps the warnings of a trial for its record."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def warn(self, text: str) -> None:
        self.heard.append(text)


def execute(trial: Trial, results: Results, *, keep_model: bool) -> Record:
    """Train and score one trial; its answers are written, its record is returned.

    Args:
        keep_model: whether other trials build upon its model.

    Raises:
        EmocliError: data, a base or the method fail.
    """
    keep_freed_memory()
    warnings = _Warnings()
    method = registry().method(trial.method)
    config = method.config_class().from_options(trial.options)
    learning = learning_data(trial, method.roles)
    settings = settings_of(trial, config)
    bases = [models.load(str(results.model(base.key)), settings.device) for base in trial.bases]
    data = TrainingData(learning.train, learning.dev, learning.roles, bases)
    began = time.perf_counter()
    trained = train(method, config, data, settings, warnings)
    took = time.perf_counter() - began
    if keep_model:
        models.save(trained, results.model(trial.key))
    scored = _scored(trial, trained, settings, learning, results.predictions(trial.key))
    return {
        **trial.described(),
        "status": "done",
        "config": trained.about["config"],
        **_parts(trained),
        **scored,
        "history": trained.about["history"],
        "seconds": took,
        "parameters": trained.about["parameters"],
        "peak_memory": peak_memory(settings.device),
        "dev": _overall(trained.about["dev"]),
        "versions": trained.about["versions"],
        "machine": machine(settings.device),
        "device": trial.variant.device,
        "precision": trained.about["precision"],
        "warnings": warnings.heard,
    }


def settings_of(trial: Trial, config: Config) -> Settings:
    """Seed, device and precision of a trial.

    Raises:
        UsageError: the device is not there.
    """
    device, asked = choose_device(trial.variant.device), trial.variant.precision
    return Settings(
        seed=trial.seed,
        device=device,
        precision=choose_precision(asked, device, bf16_on_cpu=config.quick_in_bf16),
        scoring=choose_precision(asked, device),
    )


def machine(device: torch.device) -> dict[str, Any]:
    """What the figures of time and memory belong to."""
    told: dict[str, Any] = {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory": psutil.virtual_memory().total,
    }
    if device.type == "cuda":
        told["gpu"] = torch.cuda.get_device_name(device)
    return told


def _scored(
    trial: Trial, trained: Trained, settings: Settings, learning: Learning, place: Path
) -> dict[str, Any]:
    """Score on the test texts, which nothing before this has read."""
    labels = trained.model.labels
    data, role = scoring_data(trial, labels.names)
    predictor = Predictor(trained, precision=settings.scoring or settings.precision)
    began = time.perf_counter()
    probabilities = predictor.probabilities([example.text for example in data.examples])
    took = time.perf_counter() - began
    predicted = predictor.decide(probabilities)
    gold = labels.matrix(example.labels for example in data.examples)
    ids = [example.id for example in data.examples]
    write_answers(place, labels, ids, gold, predicted, probabilities)
    scores = score(labels, gold, predicted, probabilities, trained.thresholds).as_dict()
    return {
        "scored_on": role,
        "test": {"name": data.name, "sha256": data.checksum, "texts": len(data.examples)},
        "in_train": n_shared(data, learning.train, *learning.roles.values()),
        "train_support": _support(labels, learning.train),
        "metrics": _overall(scores),
        "labels": scores["labels"],
        "confusion": scores["confusion"],
        "texts_per_second": len(data.examples) / took,
    }


def _support(labels: Labels, data: LabelledData) -> dict[str, int]:
    """How many texts have each label."""
    counts = labels.matrix(example.labels for example in data.examples).sum(axis=0)
    return dict(zip(labels.names, counts.tolist(), strict=True))


def _parts(trained: Trained) -> dict[str, Any]:
    """Name, checksum and size of each part that was learnt from, with the labels."""
    labels = trained.model.labels
    return {
        "parts": trained.about["data"],
        "label_names": list(labels.names),
        "exclusive": labels.exclusive,
    }


def _overall(scores: Mapping[str, Any]) -> dict[str, float]:
    """The metrics alone, those that were measured."""
    return {
        name: scores[key]
        for name in METRICS
        if scores.get(key := name.replace("-", "_")) is not None
    }


def _processor() -> str:
    """The processor's name, as the system gives it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
