"""How long trials may take: from those done before, else from training on a few of their texts."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from emocli.benchmark.execution import learn, settings_of
from emocli.benchmark.materials import Learning, learning_data
from emocli.benchmark.results import Record
from emocli.benchmark.trials import Trial
from emocli.errors import EmocliError
from emocli.reporting import SILENT, Reporter

N_TEXTS = 64
"""Texts of each part that a method never timed before is tried on."""


@dataclass(frozen=True)
class Cost:
    """What a method's training takes: seconds before its first step, and seconds a text."""

    beginning: float
    a_text: float


class Estimates:
    """What trainings cost, by method, options and device."""

    def __init__(self, records: Iterable[Record], reporter: Reporter = SILENT) -> None:
        """Know what the records tell; the others are tried when they are asked for."""
        rates: dict[str, list[float]] = {}
        for record in records:
            kind = _kind(record["method"], record["asked"], record["device"])
            rates.setdefault(kind, []).append(record["seconds"] / _recorded_texts(record))
        self._costs: dict[str, Cost | None] = {
            kind: Cost(0.0, statistics.median(found)) for kind, found in rates.items()
        }
        self._n_texts: dict[Hashable, int] = {}
        self._reporter = reporter

    def minutes(self, trial: Trial) -> float | None:
        """About how long a trial will take; None where it cannot be told before it is begun."""
        kind = _kind(trial.method, asdict(trial.config), trial.variant.device)
        # The seed chooses among the texts, and does not change how many they are.
        place = (trial.data.name, trial.method, trial.variant, trial.fold, trial.source_size)
        if place not in self._n_texts:
            self._n_texts[place] = _texts(learning_data(trial))
        if kind not in self._costs:
            self._costs[kind] = self._tried(trial)
        cost = self._costs[kind]
        if cost is None:
            return None
        return (cost.beginning + cost.a_text * self._n_texts[place]) / 60

    def total(self, trials: Sequence[Trial], done: Container[str], jobs: int) -> str:
        """A sentence on what is left to do."""
        left = [trial for trial in trials if trial.key not in done]
        times = [self.minutes(trial) for trial in left]
        known = sum(minutes for minutes in times if minutes is not None)
        unknown = sum(minutes is None for minutes in times)
        told = (
            f"{len(left)} of {len(trials)} trials are to be run: about {known / jobs:.1f} minutes"
        )
        return told + (f", and {unknown} that cannot be timed before." if unknown else ".")

    def _tried(self, trial: Trial) -> Cost | None:
        """What training on a few texts takes; None where that fails or needs bases."""
        if trial.bases:
            return None
        self._reporter.say(f"timing {trial.row} on {N_TEXTS} texts")
        few = replace(trial, variant=replace(trial.variant, limit=N_TEXTS))
        try:
            learning = learning_data(few)
            began = time.perf_counter()
            trained = learn(few, learning, settings_of(few))
        except EmocliError as error:
            self._reporter.warn(f"{trial.row} could not be timed: {error}")
            return None
        took = time.perf_counter() - began
        history = trained.about["history"]
        beginning = max(took - sum(entry["seconds"] for entry in history), 0.0) if history else 0.0
        return Cost(beginning, (_seconds_of_steps(history) or took) / _texts(learning))


def _seconds_of_steps(history: Iterable[Mapping[str, Any]]) -> float:
    """What a training's steps take; what comes before them, more texts would not make longer.

    Every epoch of a stage counts as its quickest one: the first ones wait for libraries.
    """
    stages: dict[int, list[float]] = {}
    for entry in history:
        stages.setdefault(entry["stage"], []).append(entry["seconds"])
    return sum(min(epochs) * len(epochs) for epochs in stages.values())


def _kind(method: str, options: dict[str, object], device: str) -> str:
    return json.dumps([method, options, device], sort_keys=True, default=str)


def _recorded_texts(record: Record) -> int:
    return sum(part["texts"] for role, part in record["parts"].items() if role != "dev")


def _texts(learning: Learning) -> int:
    return sum(len(data.examples) for data in (learning.train, *learning.roles.values()))
