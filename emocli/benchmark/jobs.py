"""Trials in processes of their own, so that one that fails, or is killed, costs no other.

Each process is forked, where the system can, from one that has imported torch already. Only this
process writes results.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from emocli.benchmark.results import Record, Results
from emocli.benchmark.trials import Trial
from emocli.errors import EmocliError
from emocli.reporting import SILENT, Bar, Reporter

_POLL_SECONDS = 0.5
# Imported once for all trials; the last, which a training imports when it needs it, would take
# every small one longer than its own work.
_PRELOADED = ["emocli.benchmark.execution", "torch._dynamo"]


@dataclass
class Outcome:
    """How the trials ended: the records of those that failed, and those that were not begun."""

    failed: list[Record] = field(default_factory=list)
    left: list[Trial] = field(default_factory=list)


def run_trials(
    trials: Sequence[Trial],
    results: Results,
    *,
    jobs: int = 1,
    until: float | None = None,
    keep_models: bool = False,
    reporter: Reporter = SILENT,
) -> Outcome:
    """Run every trial that is not done yet, `jobs` at a time, and keep its record.

    A trial that another benchmark has begun is waited for. A trial comes after those that it
    builds upon, whatever the order.

    Args:
        until: when no further trial is begun, in seconds of `time.monotonic`.
        keep_models: whether every model is kept, not only what others build upon.
    """
    with reporter.progress("benchmark", len(trials), "trials") as bar, ExitStack() as stack:
        kept = trials if keep_models else [base for trial in trials for base in trial.bases]
        crew = _Crew(trials, {trial.key for trial in kept}, results, jobs, reporter, bar)
        stack.callback(crew.stop)
        while crew.waiting or crew.under_way:
            if until is not None and time.monotonic() >= until:
                crew.leave()
            crew.begin()
            crew.finish()
    return crew.outcome


@dataclass
class _UnderWay:
    """A trial in a process; what is in the stack is let go when it ends."""

    trial: Trial
    process: BaseProcess
    pipe: Connection
    claim: ExitStack


class _Crew:
    """The processes at work and the trials that wait for one."""

    def __init__(
        self,
        trials: Sequence[Trial],
        kept: set[str],
        results: Results,
        jobs: int,
        reporter: Reporter,
        bar: Bar,
    ) -> None:
        self.waiting = list(trials)
        self.under_way: list[_UnderWay] = []
        self.outcome = Outcome()
        self._results = results
        self._jobs = jobs
        self._reporter = reporter
        self._bar = bar
        self._context = _context()
        self._kept = kept
        self._failed: set[str] = set()

    def begin(self) -> None:
        """Begin what can be begun, as long as there is room."""
        done = self._results.done()
        for trial in list(self.waiting):
            if self._is_done(trial, done):
                self.waiting.remove(trial)
                self._bar.advance()
            elif any(base.key in self._failed for base in trial.bases):
                self.waiting.remove(trial)
                self._keep(trial, _failure(trial, "what it builds upon has failed"))
            elif len(self.under_way) < self._jobs and all(
                self._is_done(base, done) for base in trial.bases
            ):
                self._begin(trial)

    def leave(self) -> None:
        """Begin none of the trials that wait; those that are done already are not left out."""
        done = self._results.done()
        self.outcome.left += [one for one in self.waiting if not self._is_done(one, done)]
        self.waiting.clear()

    def finish(self) -> None:
        """Wait a moment, and keep the records of the trials that have ended."""
        if not self.under_way:
            if self.waiting:  # another benchmark is at them
                time.sleep(_POLL_SECONDS)
            return
        ready = wait([at.pipe for at in self.under_way], _POLL_SECONDS)
        for ended in [at for at in self.under_way if at.pipe in ready]:
            self.under_way.remove(ended)
            with ended.claim:
                self._keep(ended.trial, _received(ended))

    def stop(self) -> None:
        """End the processes that are still at work; their trials count as not done."""
        for ended in self.under_way:
            ended.process.kill()
            ended.process.join()
            ended.claim.close()

    def _begin(self, trial: Trial) -> None:
        with ExitStack() as stack:
            claimed = stack.enter_context(self._results.claim(trial.key))
            # Another benchmark may have ended it since the results were read.
            if not claimed or self._is_done(trial, self._results.done()):
                return
            _start_server(self._context)
            here, there = self._context.Pipe(duplex=False)
            process = self._context.Process(  # type: ignore[attr-defined]
                target=_work,
                args=(there, trial, self._results.folder, trial.key in self._kept, self._jobs),
            )
            process.start()
            there.close()
            self.waiting.remove(trial)
            self.under_way.append(_UnderWay(trial, process, here, stack.pop_all()))

    def _is_done(self, trial: Trial, done: dict[str, Record]) -> bool:
        if trial.key not in done:
            return False
        return trial.key not in self._kept or self._results.model(trial.key).is_dir()

    def _keep(self, trial: Trial, record: Record) -> None:
        self._results.append(record)
        self._bar.advance()
        if record["status"] == "done":
            self._reporter.say(f"{trial.words()}: {_told(record)}")
            return
        self._failed.add(trial.key)
        self.outcome.failed.append(record)
        self._reporter.warn(f"{trial.words()} failed: {record['error']}")


def _context() -> BaseContext:
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _start_server(context: BaseContext) -> None:
    """Start what forks the processes, deaf to Ctrl-C while it imports: this process answers it."""
    if context.get_start_method() != "forkserver":
        return
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # which lets Ctrl-C through when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, trial: Trial, folder: Path, keep_model: bool, jobs: int) -> None:
    """What a process does: one trial, whose record goes through the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import torch

    from emocli.benchmark.execution import execute

    torch.set_num_threads(max(1, torch.get_num_threads() // jobs))
    try:
        record = execute(trial, Results(folder), keep_model=keep_model)
    except EmocliError as error:
        record = _failure(trial, str(error))
    # A method's fault, ours or a third party's, is its row's, not the benchmark's.
    except Exception as error:
        record = _failure(trial, f"{type(error).__name__}: {error}")
        record["traceback"] = traceback.format_exc()
    pipe.send(record)


def _end_with_parent() -> None:
    """Leave at once when the benchmark is no more, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _received(ended: _UnderWay) -> Record:
    try:
        record: Record = ended.pipe.recv()
    except EOFError:
        ended.process.join()
        status = ended.process.exitcode or 0
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        record = _failure(
            ended.trial, f"its process ended with {how}; was there too little memory?"
        )
    ended.process.join()
    ended.pipe.close()
    return record


def _failure(trial: Trial, error: str) -> Record:
    return {**trial.described(), "status": "failed", "error": error}


def _told(record: Record) -> str:
    name = "accuracy" if record["exclusive"] else "jaccard"
    return f"{name} {record['metrics'][name]:.4f} ({record['seconds']:.0f} s)"
