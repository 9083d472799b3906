"""Texts a second against the work: the lines of a file, and the pieces of its texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emocli.benchmark.figures.scores import whole_numbers
from emocli.benchmark.figures.style import Handle, legend, panels, row_style, style
from emocli.benchmark.speed.report import Speed
from emocli.benchmark.speed.scaling import Kind, Rate

Curves = dict[str, list[Rate]]

_PANELS: dict[Kind, tuple[str, Callable[[Rate], float]]] = {
    "lines": ("lines of a file", lambda rate: rate.n_texts),
    "pieces": ("pieces of a text", lambda rate: rate.n_pieces),
}


@style()
def scaling(speeds: Sequence[Speed]) -> Figure | None:
    """Texts a second by lines on the left, by pieces on the right; a curve a way of each model.

    A panel of which nothing was measured is left out. None where neither was.
    """
    curves = _curves(speeds)
    rates = [rate for curve in curves.values() for rate in curve]
    kinds = [kind for kind in _PANELS if any(rate.work.kind == kind for rate in rates)]
    if not kinds:
        return None
    figure, all_axes = panels(len(kinds), 4.2, max(3.2, 0.4 * len(curves)))
    handles: dict[str, Handle] = {}
    for axes, kind in zip(all_axes, kinds, strict=True):
        handles.update(_panel(axes, kind, curves))
    names = [name for name in curves if name in handles]
    legend(figure, [handles[name] for name in names], names)
    return figure


def _curves(speeds: Sequence[Speed]) -> Curves:
    """The rates of each way, by its name; of several models, with the model's before it."""
    found: Curves = {}
    for speed in speeds:
        for rate in speed.scaling.rates if speed.scaling else ():
            name = f"{speed.model}: {rate.way}" if len(speeds) > 1 else rate.way
            found.setdefault(name, []).append(rate)
    return found


def _panel(axes: Axes, kind: Kind, curves: Curves) -> dict[str, Handle]:
    """Draw the curves of one kind of work; what a legend names, by name."""
    label, amount = _PANELS[kind]
    handles: dict[str, Handle] = {}
    drawn: list[Rate] = []
    for number, (name, curve) in enumerate(curves.items()):
        own = [rate for rate in curve if rate.work.kind == kind]
        if own:
            drawn += own
            values = [rate.texts_per_second for rate in own]
            (handles[name],) = axes.plot(
                [amount(rate) for rate in own], values, **row_style(number)
            )
    amounts = [amount(rate) for rate in drawn]
    whole_numbers(axes, min(amounts), max(amounts))
    axes.set_xticks(sorted({rate.work.number for rate in drawn}))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.10g}")
    axes.set_xlabel(label)
    axes.set_ylabel("texts a second")
    return handles
