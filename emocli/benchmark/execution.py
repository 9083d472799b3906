"""One trial from beginning to end: train, then and only then read the test texts, and score."""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections.abc import Mapping, Sequence
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
from emocli.modelling.labels import Labels
from emocli.modelling.trained import Trained
from emocli.plugins import registry
from emocli.reporting import SILENT, Reporter
from emocli.training.checkpoints import DamagedCheckpointError
from emocli.training.settings import Settings
from emocli.training.train import TrainingData, train


class _Listening(Reporter):
    """Passes on what it hears, and keeps the warnings for the trial's record."""

    def __init__(self, listener: Reporter) -> None:
        self.warnings: list[str] = []
        self._listener = listener

    def say(self, text: str) -> None:
        self._listener.say(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def execute(
    trial: Trial, results: Results, *, keep_model: bool, reporter: Reporter = SILENT
) -> Record:
    """Train and score one trial; its answers are written, its record is returned.

    Args:
        keep_model: whether its model is kept.

    Raises:
        EmocliError: data, a base or the method fail.
    """
    keep_freed_memory()
    listening = _Listening(reporter)
    learning = learning_data(trial)
    checkpoint = results.checkpoint(trial.key)
    settings = settings_of(trial, checkpoint=checkpoint, fingerprint={"trial": trial.key})
    bases = [models.load(str(results.model(base.key)), settings.device) for base in trial.bases]
    began, resumed = time.perf_counter(), checkpoint.is_dir()
    try:
        trained = learn(trial, learning, settings, bases, listening)
    except DamagedCheckpointError:
        shutil.rmtree(checkpoint)
        resumed = False
        trained = learn(trial, learning, settings, bases, listening)
    took = time.perf_counter() - began
    if keep_model:
        models.save(trained, results.model(trial.key))
    scored = _scored(trial, trained, settings, learning, results.predictions(trial.key))
    shutil.rmtree(checkpoint, ignore_errors=True)
    return {
        **trial.described(),
        "status": "done",
        **_trained(trained),
        **scored,
        # Of a training that was interrupted, only its steps are known.
        "seconds": trained.about["seconds"] if resumed else took,
        "resumed": resumed,
        **_circumstances(trial, settings.device),
        "warnings": listening.warnings,
    }


def _circumstances(trial: Trial, device: torch.device) -> dict[str, Any]:
    """What memory it took, and where it ran."""
    return {
        "peak_memory": peak_memory(device),
        "machine": machine(device),
        "device": trial.variant.device,
    }


def learn(
    trial: Trial,
    learning: Learning,
    settings: Settings,
    bases: Sequence[Trained] = (),
    reporter: Reporter = SILENT,
) -> Trained:
    """Train a trial's method; nothing is kept.

    Raises:
        EmocliError: the method fails.
    """
    data = TrainingData(learning.train, learning.dev, learning.roles, bases)
    return train(registry().method(trial.method), trial.config, data, settings, reporter)


def settings_of(trial: Trial, **more: Any) -> Settings:
    """Seed, device and precision of a trial, and more of the settings.

    Raises:
        UsageError: the device is not there.
    """
    device, asked = choose_device(trial.variant.device), trial.variant.precision
    return Settings(
        seed=trial.seed,
        device=device,
        precision=choose_precision(asked, device, bf16_on_cpu=trial.config.quick_in_bf16),
        scoring=choose_precision(asked, device),
        **more,
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


def _trained(trained: Trained) -> dict[str, Any]:
    """What the training tells: options, data, labels, epochs, dev scores, times, versions."""
    about, labels = trained.about, trained.model.labels
    told = ("config", "history", "parameters", "versions", "precision")
    return {
        **{name: about[name] for name in told},
        "parts": about["data"],
        "label_names": list(labels.names),
        "exclusive": labels.exclusive,
        "dev": _overall(about["dev"]),
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
