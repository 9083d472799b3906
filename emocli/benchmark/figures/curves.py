"""What scores become: step by step, and with more source texts.

Sources: Wang and Feng (fine-grained), figure 5; Chouragade and Devi (common-space),
section 6, which varies the size of the sentiment data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, zip_longest
from statistics import fmean

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from emocli.benchmark.figures.scores import deviations, whole_numbers
from emocli.benchmark.figures.style import Handle, legend, metric_label, panels, row_style, style
from emocli.benchmark.results import Record, Results
from emocli.benchmark.summaries import Line, Spread, Summary
from emocli.evaluation.metric_names import METRIC_NAMES


@style()
def learning_curves(summary: Summary, results: Results | None) -> Figure | None:
    """Dev metrics after each epoch by the steps done: mean over trials, a band of one deviation.

    Steps of stages that dev does not score count, and have no point. Past the end of a shorter
    trial the mean is that of the others. A panel for macro-F1 and for each metric that chose
    epochs. None where no training was scored on dev.
    """
    curves = [_by_metric(line) for line in summary.lines]
    metrics = [name for name in METRIC_NAMES if any(name in one for one in curves)]
    if not metrics:
        return None
    figure, all_axes = panels(len(metrics), 6.4, max(3.2, 0.26 * len(curves)), n_columns=1)
    handles: dict[int, Line2D] = {}
    for axes, metric in zip(all_axes, metrics, strict=True):
        for number, found in enumerate(curves):
            if metric in found:
                handles[number] = _curve(axes, number, found[metric])
        axes.set_xlabel("steps")
        axes.set_ylabel(f"dev {metric_label(metric)}")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    names = [summary.lines[number].name for number in sorted(handles)]
    legend(figure, [handles[number] for number in sorted(handles)], names)
    return figure


def _by_metric(line: Line) -> dict[str, list[tuple[float, Spread]]]:
    """The spread of a row's dev metrics after each epoch that has one, by the steps done."""
    found: dict[str, list[tuple[float, Spread]]] = {}
    for entries in zip_longest(*map(_after_epochs, line.records), fillvalue={}):
        for metric in METRIC_NAMES:
            scored = [entry for entry in entries if metric in entry]
            if scored:
                steps = fmean(entry["steps"] for entry in scored)
                spread = Spread.of([entry[metric] for entry in scored])
                found.setdefault(metric, []).append((steps, spread))
    return found


def _after_epochs(record: Record) -> Iterator[dict[str, float]]:
    """What is known after each epoch, with the steps done from the training's beginning.

    Nothing of a record that does not tell them, as the earliest do not.
    """
    if not all("steps" in entry for entry in record["history"]):
        return
    done = accumulate(entry["steps"] for entry in record["history"])
    for entry, steps in zip(record["history"], done, strict=True):
        yield {**entry, "steps": steps}


def _curve(axes: Axes, number: int, curve: Sequence[tuple[float, Spread]]) -> Line2D:
    steps = [done for done, _ in curve]
    means = np.array([spread.mean for _, spread in curve])
    around = np.array([spread.sd or 0.0 for _, spread in curve])
    look = row_style(number)
    (line,) = axes.plot(steps, means, **look)
    axes.fill_between(
        steps, means - around, means + around, color=look["color"], alpha=0.15, linewidth=0
    )
    return line


@style()
def source_sizes(summary: Summary, results: Results | None) -> Figure | None:
    """Scores by how many source texts are learnt from; a row without a source is a level line.

    None where no row's source was limited.
    """
    if not any(line.records and line.source_size for line in summary.lines):
        return None
    metrics = [m for m in summary.metrics if any(m in line.metrics for line in summary.lines)]
    figure, all_axes = panels(len(metrics), 3.4, 3.2)
    rows = dict.fromkeys(line.row for line in summary.lines)
    numbers = {row: number for number, row in enumerate(rows)}
    handles: dict[str, Handle] = {}
    for axes, metric in zip(all_axes, metrics, strict=True):
        for row, points in _by_row(summary, metric).items():
            handles.setdefault(row, _sizes(axes, numbers[row], points))
        sizes = [size for line in summary.lines if (size := _source_size(line))]
        whole_numbers(axes, min(sizes), max(sizes))
        axes.tick_params(axis="x", labelrotation=45)
        axes.set_xlabel("source texts")
        axes.set_ylabel(metric_label(metric))
    legend(figure, handles.values(), handles)
    return figure


def _by_row(summary: Summary, metric: str) -> dict[str, dict[int, Spread]]:
    """The spread of a metric by row and size of the source."""
    found: dict[str, dict[int, Spread]] = {}
    for line in summary.lines:
        if metric in line.metrics:
            found.setdefault(line.row, {})[_source_size(line)] = line.metrics[metric]
    return found


def _source_size(line: Line) -> int:
    """How many texts of other roles a row learnt from, the most of its trials; 0 without any."""
    return max((sum(_role_texts(record)) for record in line.records), default=0)


def _role_texts(record: Record) -> Iterator[int]:
    parts: Mapping[str, Mapping[str, int]] = record["parts"]
    return (part["texts"] for role, part in parts.items() if role not in ("train", "dev"))


def _sizes(axes: Axes, number: int, points: Mapping[int, Spread]) -> Handle:
    look = row_style(number)
    if set(points) == {0}:
        return axes.axhline(points[0].mean, color=look["color"], linestyle=":")
    sizes = sorted(size for size in points if size)
    spreads = [points[size] for size in sizes]
    means = [spread.mean for spread in spreads]
    return axes.errorbar(sizes, means, yerr=deviations(spreads), **look)
