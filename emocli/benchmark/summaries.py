"""The records of a suite, brought together: mean and spread of each row, on each data set."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emocli.benchmark.results import Record
from emocli.benchmark.suite import Suite
from emocli.benchmark.trials import Trial, Variant
from emocli.evaluation.metrics import find_metric
from emocli.evaluation.significance import Comparison


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation (of a sample; None of fewer than two) of n values."""

    mean: float
    sd: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        sd = statistics.stdev(values) if len(values) > 1 else None
        return cls(statistics.fmean(values), sd, len(values))


@dataclass(frozen=True)
class Line:
    """A row of a table.

    Attributes:
        records: those that it is made of, all done.
        metrics: by name, each in [0, 1].
        published: what the suite's source prints, by metric.
        seconds: of a training, from tokenising to fitted thresholds.
        epoch_seconds: of a pass over what an epoch learns from, the mean over a training.
        texts_per_second: answered when scoring.
        parameters: of the model.
        peak_memory: in bytes, the largest.
        failed: why a trial has no scores; "" where none failed.
        n_left: how many of its trials were not begun, since the time was over.
    """

    row: str
    method: str
    source_size: int | None
    records: tuple[Record, ...]
    metrics: Mapping[str, Spread]
    published: Mapping[str, float]
    seconds: Spread | None = None
    epoch_seconds: Spread | None = None
    texts_per_second: Spread | None = None
    parameters: int | None = None
    peak_memory: int | None = None
    failed: str = ""
    n_left: int = 0

    @property
    def name(self) -> str:
        """The row's name, with the size of its source data where that is limited."""
        return row_name(self.row, self.source_size)


def row_name(row: str, source_size: int | None) -> str:
    """What a table calls a row."""
    return row if source_size is None else f"{row} ({source_size:,} source texts)"


@dataclass(frozen=True)
class Summary:
    """A table: the rows of a suite on one data set, in one variant.

    Attributes:
        metrics: names of the columns.
        best: by metric, the number of the best line; none where lines do not compare.
        notes: what a reader should know.
        against: the row that others are tested against; "": none is.
        tests: the comparison with that row, by the line's number.
    """

    title: str
    suite: str
    data: str
    variant: Variant
    metrics: tuple[str, ...]
    lines: tuple[Line, ...]
    best: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    against: str = ""
    tests: Mapping[int, Comparison] = field(default_factory=dict)


def left_out(trial: Trial) -> Record:
    """What stands for a trial that was not begun, so that its row is not missing."""
    record: Record = json.loads(json.dumps({**trial.described(), "status": "left"}, default=str))
    return record


def summarise(suite: Suite, records: Iterable[Record]) -> list[Summary]:
    """The tables of a suite, one for each data set and variant that there are records of.

    Of a row whose options have changed only the newest count; of a trial, its newest record.
    """
    own = [record for record in records if record["suite"] == suite.name]
    places = dict.fromkeys((record["data"], _variant(record)) for record in own)
    order = {data.name: number for number, data in enumerate(suite.data)}
    found = []
    for data, variant in sorted(places, key=lambda place: order.get(place[0], len(order))):
        here = [r for r in own if r["data"] == data and _variant(r) == variant]
        found.append(_summary(suite, data, variant, here))
    return found


def _summary(suite: Suite, data: str, variant: Variant, records: Sequence[Record]) -> Summary:
    order = {row.name: number for number, row in enumerate(suite.rows)}
    groups: dict[tuple[int, str, int], list[Record]] = {}
    for record in records:
        row, size = record["row"], record["source_size"]
        groups.setdefault((order.get(row, len(order)), row, size or 0), []).append(record)
    lines = tuple(_line(suite, data, groups[place]) for place in sorted(groups))
    done = [record for line in lines for record in line.records]
    return Summary(
        title=suite.title,
        suite=suite.name,
        data=data,
        variant=variant,
        metrics=suite.metrics,
        lines=lines,
        best=_best(suite.metrics, lines),
        notes=tuple(_notes(suite, variant, done)),
    )


def _line(suite: Suite, data: str, records: Sequence[Record]) -> Line:
    newest = _newest(records)
    last = newest[-1]
    done = [record for record in newest if record["status"] == "done"]
    told: dict[str, Any] = {}
    if done:
        told = {
            "seconds": Spread.of([record["seconds"] for record in done]),
            "epoch_seconds": _epoch_seconds(done),
            "texts_per_second": Spread.of([record["texts_per_second"] for record in done]),
            "parameters": max(record["parameters"] for record in done),
            "peak_memory": max((record["peak_memory"] or 0) for record in done) or None,
        }
    published = next((row.published for row in suite.rows if row.name == last["row"]), {})
    return Line(
        row=last["row"],
        method=last["method"],
        source_size=last["source_size"],
        records=tuple(done),
        metrics=_spreads(suite.metrics, done),
        published=published.get(data, {}),
        failed=next((record["error"] for record in newest if record["status"] == "failed"), ""),
        n_left=sum(record["status"] == "left" for record in newest),
        **told,
    )


def _newest(records: Sequence[Record]) -> list[Record]:
    """The newest record of each seed and fold, among those with the newest record's options."""
    last = records[-1]
    same = [r for r in records if _settled(r) == _settled(last)]
    return list({(record["seed"], record["fold"]): record for record in same}.values())


def _settled(record: Record) -> tuple[Any, ...]:
    """What two records of one row must share to be seeds of the same thing."""
    parts = ("method", "asked", "files", "checksums", "emocli")
    return tuple(record.get(part) for part in parts)


def _spreads(metrics: Sequence[str], done: Sequence[Record]) -> dict[str, Spread]:
    found = {}
    for metric in metrics:
        values = [value for record in done if (value := _measured(record, metric)) is not None]
        if values:
            found[metric] = Spread.of(values)
    return found


def _measured(record: Record, metric: str) -> float | None:
    """A score; accuracy of labels that do not exclude one another is Jaccard, as in `METRICS`."""
    same = "jaccard" if metric == "accuracy" and not record["exclusive"] else metric
    value: float | None = record["metrics"].get(same)
    return value


def _best(metrics: Sequence[str], lines: Sequence[Line]) -> dict[str, int]:
    best = {}
    for name in metrics:
        scored = [number for number, line in enumerate(lines) if name in line.metrics]
        if len(scored) > 1:
            sign = 1 if find_metric(name).higher_is_better else -1
            best[name] = max(scored, key=lambda n: sign * lines[n].metrics[name].mean)
    return best


def _notes(suite: Suite, variant: Variant, done: Sequence[Record]) -> Iterator[str]:
    if variant.words():
        yield f"Here {variant.words()}."
    if any(record["scored_on"] == "dev" for record in done):
        yield (
            "Scored on dev, for want of a test split with labels: epochs and thresholds were "
            "chosen on the same texts."
        )
    shared = max((record["in_train"] for record in done), default=0)
    if shared:
        yield f"{shared:,} of the scored texts are among the training texts too."
    if suite.source and any(row.published for row in suite.rows):
        yield f"Published: {suite.source}."
    yield from suite.notes.splitlines()


def _epoch_seconds(done: Sequence[Record]) -> Spread | None:
    """None for methods that train nothing, such as an ensemble."""
    histories = [record["history"] for record in done if record["history"]]
    means = [statistics.fmean(entry["seconds"] for entry in history) for history in histories]
    return Spread.of(means) if means else None


def _variant(record: Record) -> Variant:
    return Variant(**record["variant"])
