"""The scores of rows: with their spread, and against their speed."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from emocli.benchmark.figures.style import (
    MEASURED,
    PUBLISHED,
    legend,
    lettered,
    metric_label,
    panels,
    row_style,
    style,
)
from emocli.benchmark.results import Results
from emocli.benchmark.summaries import Line, Spread, Summary


@style()
def scores(summary: Summary, results: Results | None) -> Figure | None:
    """Mean and standard deviation of each row, a panel a metric; published values beside them.

    None where nothing was measured.
    """
    lines = [line for line in summary.lines if line.metrics or line.published]
    metrics = [name for name in summary.metrics if any(name in one.metrics for one in lines)]
    if not metrics:
        return None
    figure, all_axes = panels(len(metrics), 3.6, 0.8 + 0.34 * len(lines))
    for number, (axes, metric) in enumerate(zip(all_axes, metrics, strict=True)):
        drawn = _scores(axes, lines, metric)
        if number % 3:
            axes.tick_params(labelleft=False)
    names = ("measured: mean ± standard deviation", "published")
    figure.legend(drawn, names[: len(drawn)], loc="outside lower center", ncols=2)
    return figure


def _scores(axes: Axes, lines: Sequence[Line], metric: str) -> list[Any]:
    """Draw the panel of a metric; what a legend names: measured values, and published ones."""
    heights = range(len(lines))
    found = [line.metrics.get(metric) for line in lines]
    means = [nan if spread is None else spread.mean for spread in found]
    look: dict[str, Any] = {"fmt": "o", "color": MEASURED}
    drawn: list[Any] = [axes.errorbar(means, heights, xerr=deviations(found), **look)]
    if any(line.published for line in lines):
        values = [line.published.get(metric, nan) for line in lines]
        look = {"marker": "D", "linestyle": "none", "fillstyle": "none", "color": PUBLISHED}
        drawn += axes.plot(values, heights, **look)
    axes.set_yticks(heights, labels=[lettered(line.name) for line in lines])
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_xlabel(metric_label(metric))
    return drawn


@style()
def speed(summary: Summary, results: Results | None) -> Figure | None:
    """The first metric against the texts answered a second, a point a row.

    None where no row has both.
    """
    metric = summary.metrics[0]
    shown = [
        (number, line, line.metrics[metric], line.texts_per_second.mean)
        for number, line in enumerate(summary.lines)
        if metric in line.metrics and line.texts_per_second
    ]
    if not shown:
        return None
    figure, (axes,) = panels(1, 6.4, max(3.2, 0.3 * len(shown)))
    handles = [
        axes.errorbar([rate], [score.mean], yerr=deviations([score]), **_point(number))
        for number, _, score, rate in shown
    ]
    rates = [rate for *_, rate in shown]
    whole_numbers(axes, min(rates), max(rates))
    axes.set_xlabel("texts answered a second")
    axes.set_ylabel(metric_label(metric))
    legend(figure, handles, [line.name for _, line, *_ in shown])
    return figure


def _point(number: int) -> dict[str, Any]:
    return {**row_style(number), "linestyle": "none"}


def deviations(spreads: Sequence[Spread | None]) -> list[float]:
    """Standard deviations, not a number where there is none."""
    return [nan if one is None or one.sd is None else one.sd for one in spreads]


def whole_numbers(axes: Axes, lowest: float, highest: float) -> None:
    """Let the first axis be logarithmic, with plain numbers, and room on both sides."""
    axes.set_xscale("log")
    axes.set_xlim(lowest / 2, highest * 2)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
