"""A training under way: the only loop, whatever is learnt.

The loop knows no model: a model hands it a loss and items, once or in several stages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from emocli.evaluation.metrics import find_metric
from emocli.evaluation.thresholds import FITTED_METRICS, fit_thresholds
from emocli.inference.prediction import BATCH_TOKENS, score_within_memory
from emocli.methods import Config
from emocli.modelling.batches import Item
from emocli.modelling.labels import Bools, Floats
from emocli.modelling.model import Model
from emocli.reporting import SILENT, Bar, Reporter
from emocli.training.checkpoints import (
    Checkpoint,
    State,
    load_checkpoint,
    random_state,
    restore_random_state,
    save_checkpoint,
    weights,
)
from emocli.training.optimising import Stepper, diverged
from emocli.training.plans import Alternating, Plan, Shuffled

Loss = Callable[[list[Any]], Tensor]


@dataclass(frozen=True)
class Settings:
    """How a training runs, whatever the method.

    Attributes:
        checkpoint: folder of the unfinished training; None keeps none.
        checkpoint_seconds: most seconds between two checkpoints within an epoch.
        fingerprint: what must be equal for a training to be resumed.
    """

    seed: int = 0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    precision: torch.dtype = torch.float32
    checkpoint: Path | None = None
    checkpoint_seconds: float = 300.0
    fingerprint: Mapping[str, Any] | None = None


@dataclass
class _Stage:
    loss: Loss
    plan: Plan
    stepper: Stepper
    epochs: int
    keep_best: bool


class Run:
    """What `Model.fit` is handed: the items of each role, and `minimise`."""

    def __init__(
        self,
        model: Model,
        items: Mapping[str, Sequence[Item]],
        dev: Sequence[Item],
        settings: Settings,
        reporter: Reporter = SILENT,
    ) -> None:
        """Prepare a training; an unfinished one in `settings.checkpoint` is gone on with.

        Args:
            items: role to encoded texts; `target` is always there.
            dev: encoded texts that choose epochs and thresholds.
        """
        self.model = model
        self.config: Config = model.config
        self.settings = settings
        self.reporter = reporter
        self.state = State()
        self._items = items
        self._dev = dev
        self._best: dict[str, Tensor] = {}
        self._stage = -1
        self._batch_tokens = BATCH_TOKENS
        self._resumed = self._load()
        self._saved_at = time.monotonic()

    @property
    def train(self) -> Sequence[Item]:
        """The target task's items."""
        return self._items["target"]

    def items(self, role: str) -> Sequence[Item]:
        """The items of one role."""
        return self._items[role]

    def alternating(self, *roles: str) -> Alternating:
        """A batch of each role in turn; an epoch is one pass over the last role."""
        return Alternating([self._items[role] for role in roles], self.config.batch_size)

    def minimise(
        self,
        loss: Loss,
        items: Sequence[Any] | Plan,
        *,
        parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]] | None = None,
        keep_best: bool = True,
        epochs: int | None = None,
    ) -> None:
        """Train until the epochs are over or dev stops getting better.

        Args:
            loss: mean loss of a list of items, () nats.
            items: what to learn from, shuffled into batches; or a plan of batches.
            parameters: what may change, as torch optimisers take them; None: everything that
                requires a gradient.
            keep_best: score dev after each epoch, keep the best epoch's weights, stop early.
            epochs: most epochs; None: the configuration's.
        """
        self._stage += 1
        if self._stage < self.state.stage:
            return
        plan = Shuffled(items, self.config.batch_size) if isinstance(items, Sequence) else items
        most = self.config.epochs if epochs is None else epochs
        stepper = Stepper(self.model, self.config, self.settings, parameters, most * len(plan))
        stage = _Stage(loss, plan, stepper, most, keep_best)
        self._restore(stepper)
        while self.state.epoch < stage.epochs and not self._stale(stage):
            self._epoch(stage)
        if keep_best and self._best:
            self.model.load_state_dict(self._best)
        self.state.next_stage()
        self._best = {}

    def dev_probabilities(self) -> tuple[Bools, Floats]:
        """Gold labels and the model's probabilities on dev, (n, n_labels) each.

        Raises:
            EmocliError: a probability is no number: the training has diverged.
        """
        self.model.eval()
        gold = np.array([item.target for item in self._dev]) > 0.5
        probabilities, self._batch_tokens = score_within_memory(
            self.model, self._dev, self._batch_tokens, self.settings.precision, self.reporter
        )
        if np.isnan(probabilities).any():
            raise diverged("a dev probability is not a number", self.config)
        return gold, probabilities

    def fit_thresholds(self, gold: Bools, probabilities: Floats) -> Floats:
        """Thresholds that suit dev, or the fixed one, (n_labels,); see `Config.thresholds`."""
        if self.model.labels.exclusive:
            return np.full(gold.shape[1], 0.5)
        if self.config.thresholds == "fixed":
            return np.full(gold.shape[1], self.config.threshold)
        per_label = self.config.thresholds == "per-label"
        metric = self.metric if self.metric in FITTED_METRICS else "jaccard"
        return fit_thresholds(gold, probabilities, metric=metric, per_label=per_label)

    @property
    def metric(self) -> str:
        """The dev metric that chooses the epoch."""
        if self.config.metric != "auto":
            return self.config.metric
        return "accuracy" if self.model.labels.exclusive else "jaccard"

    def _epoch(self, stage: _Stage) -> None:
        state = self.state
        seed = (self.settings.seed, state.stage, state.epoch)
        batches = stage.plan.epoch(np.random.default_rng(seed))
        description = f"epoch {state.epoch + 1}/{stage.epochs}"
        with self.reporter.progress(description, len(stage.plan), "batches") as bar:
            bar.advance(state.step)
            for number, batch in enumerate(batches):
                if number >= state.step:
                    self._step(stage, batch, bar)
        entry: dict[str, Any] = {
            "stage": state.stage,
            "epoch": state.epoch + 1,
            "loss": state.loss_sum / max(state.step, 1),
            "seconds": state.seconds - sum(e["seconds"] for e in state.history),
        }
        state.epoch, state.step, state.loss_sum = state.epoch + 1, 0, 0.0
        if stage.keep_best:
            entry[self.metric] = self._score_dev()
        state.history.append(entry)
        self._report(stage, entry)
        self._save(stage)

    def _step(self, stage: _Stage, batch: list[Any], bar: Bar) -> None:
        began = time.perf_counter()
        self.model.train()
        pieces = stage.stepper.pieces
        loss = stage.stepper.step(stage.loss, batch)
        if stage.stepper.pieces > pieces:
            size = -(-len(batch) // stage.stepper.pieces)
            self.reporter.warn(f"out of memory; going on with {size} texts at a time")
        self.state.step += 1
        self.state.loss_sum += loss
        self.state.seconds += time.perf_counter() - began
        bar.advance(1, loss=self.state.loss_sum / self.state.step)
        if time.monotonic() - self._saved_at >= self.settings.checkpoint_seconds:
            self._save(stage)

    def _score_dev(self) -> float:
        gold, probabilities = self.dev_probabilities()
        thresholds = self.fit_thresholds(gold, probabilities)
        predicted = self.model.labels.decide(probabilities, thresholds)
        metric = find_metric(self.metric)
        value = metric(gold, predicted, probabilities)
        best = self.state.best_score
        if best is None or metric.better(value, best):
            self.state.best_score, self.state.best_epoch = value, self.state.epoch
            self._best = weights(self.model)
        return value

    def _stale(self, stage: _Stage) -> bool:
        waited = self.state.epoch - self.state.best_epoch
        return stage.keep_best and 0 < self.config.patience <= waited

    def _report(self, stage: _Stage, entry: dict[str, Any]) -> None:
        scored = f", dev {self.metric} {entry[self.metric]:.4f}" if stage.keep_best else ""
        self.reporter.say(
            f"epoch {entry['epoch']}/{stage.epochs}: loss {entry['loss']:.4f}{scored} "
            f"({entry['seconds']:.0f} s)"
        )

    def _save(self, stage: _Stage) -> None:
        self._saved_at = time.monotonic()
        if self.settings.checkpoint is None:
            return
        checkpoint = Checkpoint(
            state=self.state,
            fingerprint=self.settings.fingerprint or {},
            model=weights(self.model),
            best=self._best,
            optimizer=stage.stepper.state_dict(),
            random=random_state(),
        )
        save_checkpoint(self.settings.checkpoint, checkpoint)

    def _load(self) -> Checkpoint | None:
        if self.settings.checkpoint is None:
            return None
        found = load_checkpoint(self.settings.checkpoint, self.settings.fingerprint or {})
        if found is not None:
            self.state, self._best = found.state, found.best
            self.model.load_state_dict(found.model)
        return found

    def _restore(self, stepper: Stepper) -> None:
        if self._resumed is None:
            return
        self.model.load_state_dict(self._resumed.model)
        stepper.load_state_dict(self._resumed.optimizer)
        restore_random_state(self._resumed.random)
        self._resumed = None
