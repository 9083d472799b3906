"""Benchmarks that are ended from outside: by Ctrl-C, or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from emocli.benchmark.jobs import run_trials
from emocli.benchmark.plan import Selection, make_plan
from emocli.benchmark.results import Record, Results
from emocli.benchmark.suite import DataSpec, read_suite

SUITE = """
title = "Mini"
seeds = 2
[options]
epochs = 2
hidden_width = 4
embedding_width = 4
[[data]]
name = "moods"
train = "{train}"
dev = "{dev}"
test = "{test}"
[[rows]]
method = "bilstm"
[[rows]]
method = "lstm"
"""

# Kills the benchmark after its first record, or after the first checkpoint of a trial.
KILLED = """
import multiprocessing, os, signal, sys
from emocli.benchmark.results import Results
from emocli.cli import run

def then_kill(work):
    def killing(*arguments):
        work(*arguments)
        benchmark = multiprocessing.parent_process()
        os.kill(benchmark.pid if benchmark else os.getpid(), signal.SIGKILL)
        signal.pause()
    return killing

if sys.argv[1] == "record":
    Results.append = then_kill(Results.append)
elif __name__ != "__main__":  # the process of a trial
    from emocli.training import run as training
    training.save_checkpoint = then_kill(training.save_checkpoint)
if __name__ == "__main__":
    run(sys.argv[2:])
"""


@pytest.fixture
def suite(data: DataSpec, tmp_path: Path) -> Path:
    """A file of two small methods, two seeds each."""
    path = tmp_path / "mini.toml"
    path.write_text(SUITE.format(train=data.train, dev=data.dev, test=data.test), encoding="utf-8")
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the process that forks")
def test_ctrl_c_while_torch_is_imported_is_told_in_a_sentence(suite: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "emocli", "benchmark", str(suite), "--results", tmp_path]
    errors = tmp_path / "errors"
    with errors.open("w") as stream:
        running = subprocess.Popen(command, stderr=stream, start_new_session=True)
    while not _imports(running.pid):
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)  # a terminal tells every process
    assert (running.wait(), errors.read_text(encoding="utf-8")) == (
        130,
        "0 of 4 trials are done and kept; the same command goes on with the others.\n"
        "Interrupted.\n",
    )


def _imports(pid: int) -> bool:
    """Whether the process that forks the others has begun."""
    children = psutil.Process(pid).children()
    return any("forkserver" in word for child in children for word in child.cmdline())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_benchmark_that_is_killed_goes_on_where_it_was(suite: Path, tmp_path: Path) -> None:
    program = tmp_path / "killed.py"
    program.write_text(KILLED, encoding="utf-8")
    killed, whole = Results(tmp_path / "killed"), Results(tmp_path / "whole")
    trials = make_plan(read_suite(suite), Selection(n_seeds=1)).trials
    for moment in ("record", "checkpoint"):
        command = ["benchmark", str(suite), "--seeds", "1", "--results", str(killed.folder), "-q"]
        ended = subprocess.run([sys.executable, str(program), moment, *command])
        assert ended.returncode == -signal.SIGKILL
        (first,) = killed.read()
    (unfinished,) = (killed.folder / "checkpoints").iterdir()
    for results in (killed, whole):
        run_trials(trials, results)
    assert [record["key"] for record in killed.read()] == [first["key"], unfinished.name]
    assert killed.read()[0] == first
    assert [record["resumed"] for record in killed.read()] == [False, True]
    assert _scores(killed.read()) == _scores(whole.read())


def _scores(records: list[Record]) -> dict[object, object]:
    return {record["key"]: (record["metrics"], record["labels"]) for record in records}
