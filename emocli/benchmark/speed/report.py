"""What was measured of one model, as a table and as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocli.benchmark.speed.measure import (
    Timing,
    import_seconds,
    stages,
    texts_of,
    time_ways,
    timing_of,
)
from emocli.benchmark.speed.scaling import Rate, Scaling, Work, measure_scaling
from emocli.benchmark.speed.ways import Way
from emocli.benchmark.tables import Cell, Grid
from emocli.reporting import SILENT, Reporter

_COMPARED = ("batch 1", "batch 32", "batch 64")


@dataclass(frozen=True)
class Speed:
    """How quickly a model answers.

    Attributes:
        import_seconds: how long a Python takes that imports torch and nothing else.
        stages: seconds of each stage by itself, of the first way.
        scaling: texts a second against the work; None where this was not asked for.
    """

    model: str
    data: str
    n_texts: int
    rounds: int
    device: str
    import_seconds: float
    timings: Sequence[Timing]
    stages: Mapping[str, float]
    scaling: Scaling | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        del told["scaling"]
        return {
            **told,
            "timings": [timing.as_dict() for timing in self.timings],
            "slowest_stage": max(self.stages, key=lambda name: self.stages[name]),
            **({"scaling": self.scaling.as_dict()} if self.scaling else {}),
        }


def measure(
    model: str,
    ways: Sequence[Way],
    source: Path,
    rounds: int,
    reporter: Reporter = SILENT,
    asked: Sequence[Work] = (),
) -> Speed:
    """Measure the ways of one model; the first is emocli's.

    Args:
        asked: works to measure the cost against.

    Raises:
        EmocliError: the texts cannot be read, or there are none.
    """
    predictor = ways[0].predictor
    assert predictor is not None
    seconds = time_ways(ways, source, rounds, reporter)
    found = [timing_of(way, own, source, model) for way, own in zip(ways, seconds, strict=True)]
    texts = texts_of(source)
    return Speed(
        model=model,
        data=str(source),
        n_texts=len(texts),
        rounds=rounds,
        device=str(predictor.trained.model.device),
        import_seconds=import_seconds(),
        timings=found,
        stages=stages(predictor, source),
        scaling=measure_scaling(ways, texts, asked, reporter) if asked else None,
    )


def grids(speed: Speed) -> list[Grid]:
    """The table and, where the cost against work was measured, that of the rates."""
    return [grid(speed), *([_rates(speed, speed.scaling)] if speed.scaling else [])]


def grid(speed: Speed) -> Grid:
    """The table; columns that would be empty are left out."""
    rates = {one.batch: one.texts_per_second for one in speed.timings if one.engine == "pipeline"}
    columns = [("way", [one.way for one in speed.timings])]
    columns.append(("texts/s", [f"{one.texts_per_second:,.0f}" for one in speed.timings]))
    for batch in _COMPARED:
        if batch in rates:
            ratios = [f"{one.texts_per_second / rates[batch]:.1f}" for one in speed.timings]
            columns.append((f"× pipeline, {batch}", ratios))
    columns += [
        ("of the bound", [_share(one.bound) for one in speed.timings]),
        ("ms a text, p50 / p95 / p99", [_percentiles(one) for one in speed.timings]),
        ("one text, s", [_number(one.start, ".2f") for one in speed.timings]),
        ("peak MiB", [_number(_mebibytes(one.peak_memory), ",.0f") for one in speed.timings]),
    ]
    kept = [(heading, cells) for heading, cells in columns if any(cells)]
    rows = tuple(tuple(map(Cell, row)) for row in zip(*(cells for _, cells in kept), strict=True))
    title = f"{speed.model}: {speed.n_texts:,} texts, {speed.device}"
    return Grid(title, tuple(heading for heading, _ in kept), rows, tuple(_notes(speed)))


def _rates(speed: Speed, scaling: Scaling) -> Grid:
    """Texts a second, a row a work and a column a way."""
    ways = tuple(dict.fromkeys(rate.way for rate in scaling.rates))
    rows: dict[Work, list[Rate]] = {}
    for rate in scaling.rates:
        rows.setdefault(rate.work, []).append(rate)
    return Grid(
        title=f"{speed.model}: texts/s against work, {speed.device}",
        headings=("work", "texts", "pieces a text", *ways),
        rows=tuple(tuple(map(Cell, _rate_row(work, rates))) for work, rates in rows.items()),
        notes=(
            "One run each, after a small one that does not count, from file to file. The texts "
            "are made of the given ones; no two that are answered together have the same tokens.",
            *(f"Left out: {reason}" for reason in scaling.left_out),
        ),
    )


def _rate_row(work: Work, rates: Sequence[Rate]) -> list[str]:
    """The cells of one work: what it is, and the rate of each way."""
    told = [work.name, f"{rates[0].n_texts:,}", f"{rates[0].n_pieces:.1f}"]
    return [*told, *(f"{rate.texts_per_second:,.0f}" for rate in rates)]


def _notes(speed: Speed) -> list[str]:
    slowest = max(speed.stages, key=lambda name: speed.stages[name])
    each = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in speed.stages.items())
    told = [
        f"{_rounds(speed.rounds)} in which the ways took turns, from file to file. "
        "The bound is what this machine's matrix products, measured beside, allow.",
        f"Of the first way, each stage by itself: {each}; slowest: {slowest}.",
        f"One text: a whole command. Python with `import torch` alone takes "
        f"{speed.import_seconds:.2f} s.",
    ]
    if not any(one.engine == "pipeline" for one in speed.timings):
        told.append("transformers.pipeline was left out, or has no class for this model.")
    return told


def _rounds(n: int) -> str:
    return "One round" if n == 1 else f"Median of {n} rounds"


def _number(value: float | None, style: str) -> str:
    return "" if value is None else format(value, style)


def _share(value: float | None) -> str:
    return _number(value, ".2f")


def _mebibytes(n_bytes: int | None) -> float | None:
    return None if n_bytes is None else n_bytes / 2**20


def _percentiles(timing: Timing) -> str:
    if timing.milliseconds is None:
        return ""
    return " / ".join(f"{value:.1f}" for value in timing.milliseconds.values())
