"""Times of the ways, interleaved; of a text by itself; of each stage; of a start."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from emocli.benchmark.speed.ways import Way
from emocli.benchmark.speed.work import matrix_peak, operations
from emocli.data.inputs import Inputs
from emocli.data.output_rows import output_row
from emocli.data.writing import open_writer
from emocli.inference.prediction import Predictor
from emocli.inference.streaming import answer
from emocli.modelling.batches import Item
from emocli.reporting import SILENT, Reporter

N_ALONE = 200
N_COUNTED = 512
STARTS = 3


@dataclass(frozen=True)
class Timing:
    """What was measured of one way.

    Attributes:
        seconds: of each round, from the opened input to the closed output.
        bound: share of what the machine's matrix products allow, in [0, 1]; None: not known.
        milliseconds: percentiles of a text answered by itself, by name; {} of a pipeline.
        start: seconds from the command to its end for one text; None of a pipeline.
        peak_memory: of such a command with all texts, bytes; None: not known.
    """

    way: str
    engine: str
    precision: str
    batch: str
    seconds: Sequence[float]
    texts_per_second: float
    bound: float | None = None
    milliseconds: Mapping[str, float] | None = None
    start: float | None = None
    peak_memory: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def time_ways(
    ways: Sequence[Way], source: Path, rounds: int, reporter: Reporter = SILENT
) -> list[list[float]]:
    """Seconds of each way in each round; they take turns, after one turn that does not count."""
    found: list[list[float]] = [[] for _ in ways]
    with (
        tempfile.TemporaryDirectory() as folder,
        reporter.progress("timing", len(ways) * (rounds + 1), "runs") as bar,
    ):
        target = Path(folder) / "answers.jsonl"
        for number in range(rounds + 1):
            for way, seconds in zip(ways, found, strict=True):
                began = time.perf_counter()
                way.run(source, target)
                if number:
                    seconds.append(time.perf_counter() - began)
                bar.advance(1)
    return found


def timing_of(way: Way, seconds: Sequence[float], source: Path, model: str) -> Timing:
    """Everything about one way.

    Args:
        model: what `emocli predict` calls it.
    """
    texts = texts_of(source)
    rate = len(texts) / statistics.median(seconds)
    told = (way.name, way.engine, way.precision, way.batch, list(seconds), rate)
    if way.predictor is None:
        return Timing(*told)
    predictor = way.predictor
    few = texts[:N_COUNTED]
    items = [Item(ids) for windows in predictor.reader.read(few) for ids in windows]
    model_, precision = predictor.trained.model, predictor.precision
    least = operations(model_, items) / len(few) / matrix_peak(precision, model_.device)
    options = ("--precision", way.precision, "--batch-tokens", str(predictor.batch_tokens))
    start, memory = _commands(source, model, options, str(model_.device))
    return Timing(*told, rate * least, _alone(predictor, texts), start, memory)


def stages(predictor: Predictor, source: Path) -> dict[str, float]:
    """Seconds of each stage by itself, all texts at once, by name."""
    records = list(Inputs([source]).records())
    texts = [record.text for record in records]
    (answers,) = answer(predictor, [records])
    labels = predictor.trained.model.labels.names

    def write() -> None:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "answers.jsonl"
            with open_writer(target, "jsonl", labels=labels) as writer:
                writer.write([output_row(a.record, a.id, a.labels, a.scores) for a in answers])

    whole = _seconds(lambda: predictor.probabilities(texts))
    tokenising = _seconds(lambda: predictor.reader.read(texts))
    return {
        "reading": _seconds(lambda: list(Inputs([source]).records())),
        "tokenising": tokenising,
        "forward": max(whole - tokenising, 0.0),
        "writing": _seconds(write),
    }


def import_seconds() -> float:
    """How long a Python takes that only imports torch."""
    return statistics.median(_run("-c", "import torch")[0] for _ in range(STARTS))


def texts_of(source: Path) -> list[str]:
    """The texts of a file, whatever its format."""
    return [record.text for record in Inputs([source]).records()]


def _alone(predictor: Predictor, texts: Sequence[str]) -> dict[str, float]:
    """Percentiles of the milliseconds that single texts take."""
    times = []
    for text in islice(texts, N_ALONE):
        began = time.perf_counter()
        predictor.probabilities([text])
        times.append(1000 * (time.perf_counter() - began))
    return {f"p{share}": float(np.percentile(times, share)) for share in (50, 95, 99)}


def _commands(
    source: Path, model: str, options: Sequence[str], device: str
) -> tuple[float, int | None]:
    """Seconds of a command for one text, and the peak memory of one for all of them."""
    with tempfile.TemporaryDirectory() as name:
        one = Path(name) / "one.txt"
        one.write_text("What a day!\n", encoding="utf-8")
        where = ("--model", model, "--device", device, *options)

        def predict(file: Path) -> tuple[float, int | None]:
            target = str(Path(name) / "answers.jsonl")
            return _run("-m", "emocli", "predict", str(file), *where, "--output", target, "-q")

        start = statistics.median(predict(one)[0] for _ in range(STARTS))
        return start, predict(source)[1]


def _run(*arguments: str) -> tuple[float, int | None]:
    """Seconds that a Python takes, and its peak memory in bytes where the system tells."""
    import psutil

    began = time.perf_counter()
    process = psutil.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    peak = max(_sizes(process), default=None)
    if process.wait():
        raise RuntimeError(f"{' '.join(arguments)}: exit status {process.returncode}")
    return time.perf_counter() - began, peak


def _sizes(process: Any) -> Iterator[int]:
    """The memory of a process, in bytes, as often as it can be asked until it ends."""
    import psutil

    while process.poll() is None:
        try:
            yield process.memory_info().rss
        except psutil.Error:
            return
        time.sleep(0.005)


def _seconds(work: Callable[[], object]) -> float:
    work()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
