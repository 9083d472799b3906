"""A training under way: the only loop, whatever is learnt.

The loop knows no model: a model hands it a loss and items, once or in several stages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from torch import Tensor, nn

from emocli.evaluation.metrics import find_metric
from emocli.inference.scoring import BATCH_TOKENS, score_within_memory
from emocli.methods import Config
from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Bools, Floats
from emocli.modelling.model import Model
from emocli.modelling.remembering import Memory
from emocli.reporting import SILENT, Bar, Reporter
from emocli.training.checkpoints import (
    Checkpoint,
    State,
    going_on,
    load_checkpoint,
    restore_random_state,
    save_checkpoint,
    weights,
)
from emocli.training.choosing import dev_metric, suitable_thresholds
from emocli.training.optimising import Stepper, diverged
from emocli.training.plans import Alternating, Plan, Shuffled
from emocli.training.reading_once import read_once
from emocli.training.settings import Settings
from emocli.training.stage import Stage

Loss = Callable[[list[Any]], Tensor]


class Run:
    """What `Model.fit` is handed: the items of each role, and `minimise`.

    Attributes:
        stopped: that the time was over before the training was, in words; else "".
    """

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
        self.stopped = ""
        self._items = items
        self._dev = dev
        self._best: dict[str, Tensor] = {}
        self._stage = -1
        self._stepper: Stepper | None = None
        self._over = False
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

    def read_once(self, compute: Callable[[Batch], Tensor], *roles: str) -> Memory:
        """What a frozen part of the model says of all texts of these roles and of dev.

        See `reading_once`.
        """
        texts = [item for role in roles for item in self._items[role]]
        precision = self.settings.precision
        return read_once(self.model, [*texts, *self._dev], compute, precision, self.reporter)

    @property
    def progress(self) -> float:
        """The share of the stage's planned steps that are done, in [0, 1]; 0 before a stage."""
        return self._stepper.progress if self._stepper else 0.0

    def minimise(
        self,
        loss: Loss,
        items: Sequence[Any] | Plan,
        *,
        parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]] | None = None,
        keep_best: bool = True,
        epochs: int | None = None,
        scored: Model | None = None,
        name: str = "",
    ) -> None:
        """Train until the epochs are over, dev stops getting better, or the time is over.

        Args:
            loss: mean loss of a list of items, () nats.
            items: what to learn from, shuffled into batches; or a plan of batches.
            parameters: what may change, as torch optimisers take them; None: everything that
                requires a gradient.
            keep_best: score dev after each epoch, keep the best epoch's weights, stop early.
            epochs: most epochs; None: the configuration's.
            scored: what answers dev, with the model's labels; None: the model itself.
            name: what this stage learns, for the progress told.

        Raises:
            OutOfTimeError: the time was over before this stage began.
        """
        self._stage += 1
        if self._stage < self.state.stage:
            return
        plan = Shuffled(items, self.config.batch_size) if isinstance(items, Sequence) else items
        most = self.config.epochs if epochs is None else epochs
        n_steps = most * -(-len(plan) // self.config.accumulate)
        stepper = Stepper(self.model, self.config, self.settings, parameters, n_steps)
        answering = (scored or self.model) if keep_best else None
        self._go_through(Stage(loss, plan, stepper, most, answering, name, self._stage + 1))

    def _go_through(self, stage: Stage) -> None:
        self._stepper = stage.stepper
        self._restore(stage.stepper)
        self._refuse_late(stage)
        while not self._is_done(stage):
            self._epoch(stage)
        if self._best:
            self.model.load_state_dict(self._best)
        self.state.next_stage()
        self._best = {}
        self.settings.processes.unite(self.model)

    def dev_probabilities(self, model: Model | None = None) -> tuple[Bools, Floats]:
        """Gold labels and probabilities on dev, (n, n_labels) each.

        Args:
            model: what answers; None: the run's model.

        Raises:
            EmocliError: a probability is no number: the training has diverged.
        """
        model = model or self.model
        model.eval()
        gold = np.array([item.target for item in self._dev]) > 0.5
        own = self.settings.processes.share(range(len(gold)))
        items = [self._dev[row] for row in own]
        scoring = self.settings.scoring or self.settings.precision
        with model.answering_dev():
            part, self._batch_tokens = score_within_memory(
                model, items, self._batch_tokens, scoring, self.reporter
            )
        probabilities = self.settings.processes.gather(part, own, len(gold), self.settings.device)
        if np.isnan(probabilities).any():
            raise diverged("a dev probability is not a number", self.config)
        return gold, probabilities

    def fit_thresholds(self, gold: Bools, probabilities: Floats) -> Floats:
        """Thresholds that suit dev, or the fixed one, (n_labels,); see `Config.thresholds`."""
        return suitable_thresholds(self.config, self.model.labels, gold, probabilities)

    @property
    def metric(self) -> str:
        """The dev metric that chooses the epoch."""
        return dev_metric(self.config, self.model.labels)

    def _epoch(self, stage: Stage) -> None:
        state = self.state
        seed = (self.settings.seed, state.stage, state.epoch)
        batches = stage.plan.epoch(np.random.default_rng(seed))
        description = f"{stage.title}epoch {state.epoch + 1}/{stage.epochs}"
        with self.reporter.progress(description, len(stage.plan), "batches") as bar:
            bar.advance(state.step)
            left = islice(batches, state.step, None)
            while several := list(islice(left, self.config.accumulate)):
                self._step(stage, several, bar)
                if self._over:
                    break
        if state.step == len(stage.plan):
            told = self._end_epoch(stage)
            self._save(stage)  # before it is told: whoever sees it may stop the training there
            self.reporter.say(told)
            return
        self._save(stage)
        self._stop(stage)
        if stage.scored is None or state.best_score is None:
            self.reporter.say(self._end_epoch(stage))

    def _end_epoch(self, stage: Stage) -> str:
        """Count the epoch and score dev; what is told of it."""
        state = self.state
        entry: dict[str, Any] = {
            "stage": state.stage,
            "epoch": state.epoch + 1,
            "steps": -(-state.step // self.config.accumulate),
            "loss": state.loss_sum / max(state.step, 1),
            "seconds": state.seconds - sum(e["seconds"] for e in state.history),
        }
        state.epoch, state.step, state.loss_sum = state.epoch + 1, 0, 0.0
        if stage.scored is not None:
            entry |= self._score_dev(stage.scored)
        state.history.append(entry)
        return stage.told(entry, self.metric)

    def _step(self, stage: Stage, batches: list[list[Any]], bar: Bar) -> None:
        began = time.perf_counter()
        self.model.train()
        pieces = stage.stepper.pieces
        loss = stage.stepper.step(stage.loss, *batches)
        if stage.stepper.pieces > pieces:
            size = -(-len(batches[0]) // (stage.stepper.pieces * self.settings.processes.n))
            self.reporter.warn(f"out of memory; going on with {size} texts at a time")
        self.state.step += len(batches)
        self.state.loss_sum += loss * len(batches)
        self.state.seconds += time.perf_counter() - began
        bar.advance(len(batches), loss=self.state.loss_sum / self.state.step)
        if time.monotonic() - self._saved_at >= self.settings.checkpoint_seconds:
            self._save(stage)
        self._over = self.settings.time_is_over()

    def _score_dev(self, model: Model) -> dict[str, float]:
        gold, probabilities = self.dev_probabilities(model)
        thresholds = self.fit_thresholds(gold, probabilities)
        predicted = model.labels.decide(probabilities, thresholds)
        metric = find_metric(self.metric)
        value = metric(gold, predicted, probabilities)
        best = self.state.best_score
        if best is None or metric.better(value, best):
            self.state.best_score, self.state.best_epoch = value, self.state.epoch
            self._best = weights(self.model)
        return {"macro-f1": find_metric("macro-f1")(gold, predicted), self.metric: value}

    def _stale(self, stage: Stage) -> bool:
        waited = self.state.epoch - self.state.best_epoch
        return stage.scored is not None and 0 < self.config.patience <= waited

    def _is_done(self, stage: Stage) -> bool:
        if self.state.epoch >= stage.epochs or self._stale(stage):
            return True
        if self._over and not self.stopped:
            self._stop(stage)
        return self._over

    def _stop(self, stage: Stage) -> None:
        minutes, place = self.settings.max_minutes or 0, stage.place(self.state)
        self.stopped = f"the {minutes:g} minutes were over {place}"

    def _refuse_late(self, stage: Stage) -> None:
        """Raise OutOfTimeError where a stage cannot begin: a model without it would not answer."""
        begun = self.state.epoch or self.state.step or not stage.epochs
        if not begun and (self._over or self.settings.time_is_over()):
            raise stage.out_of_time(self.settings.max_minutes)

    def _save(self, stage: Stage) -> None:
        self._saved_at = time.monotonic()
        if self.settings.checkpoint is None or not self.settings.processes.is_main:
            return
        fingerprint, optimizer = self.settings.fingerprint or {}, stage.stepper.state_dict()
        checkpoint = Checkpoint.of(self.state, fingerprint, self.model, self._best, optimizer)
        save_checkpoint(self.settings.checkpoint, checkpoint)

    def _load(self) -> Checkpoint | None:
        if self.settings.checkpoint is None:
            return None
        found = load_checkpoint(self.settings.checkpoint, self.settings.fingerprint or {})
        if found is not None:
            self.state, self._best = found.state, found.best
            with going_on(self.settings.checkpoint):
                self.model.load_state_dict(found.model)
        return found

    def _restore(self, stepper: Stepper) -> None:
        if self._resumed is None or self.settings.checkpoint is None:
            return
        self.model.load_state_dict(self._resumed.model)
        with going_on(self.settings.checkpoint):
            stepper.load_state_dict(self._resumed.optimizer)
            restore_random_state(self._resumed.random)
        self._resumed = None
