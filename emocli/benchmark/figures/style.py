"""How figures look: colours that colour-blind readers tell apart, names that are not cut off."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from emocli.evaluation.metrics import find_metric
from emocli.evaluation.report import metric_title

Handle = Line2D | ErrorbarContainer
"""What a legend names."""

INK = "#24292f"
"""The colour of text and lines; a page puts its own in its place."""
# Okabe and Ito 2008, without black, which is the ink, and yellow, which is faint on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
MEASURED, PUBLISHED = COLOURS[0], COLOURS[1]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_LINES = ("-", "--", "-.", ":")
_LONGEST = 28  # characters of a name on one line
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": "medium",
    "errorbar.capsize": 3.0,
    "font.size": 9.0,
    "grid.alpha": 0.15,
    "grid.color": INK,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "emocli",
    "text.color": INK,
    # A row may be called "$5"; nobody writes formulae here.
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw and write figures in emocli's style, whatever the user's own settings; a decorator."""
    with matplotlib.style.context(["default", _STYLE]), warnings.catch_warnings():
        # A browser has the letters that matplotlib's font lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        yield


def panels(n: int, width: float, height: float, n_columns: int = 3) -> tuple[Figure, list[Axes]]:
    """A figure of n panels, several abreast, each of so many inches; axes are shared."""
    n_columns = min(n, n_columns)
    n_rows = -(-n // n_columns)
    figure = Figure(figsize=(width * n_columns, height * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, n_columns, squeeze=False).ravel().tolist()
    for unused in grid[n:]:
        unused.remove()
    return figure, grid[:n]


def row_style(number: int) -> dict[str, Any]:
    """Colour, marker and dashes of a row of the table, no two of the first 42 alike."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "marker": _MARKERS[number % len(_MARKERS)],
        "linestyle": _LINES[number // len(COLOURS) % len(_LINES)],
        "markersize": 4.0,
    }


def legend(figure: Figure, handles: Iterable[Handle], names: Iterable[str]) -> None:
    """Names of what is drawn, to the right of it."""
    drawn: list[Any] = list(handles)
    figure.legend(drawn, [lettered(name) for name in names], loc="outside right upper")


def lettered(name: str) -> str:
    """A name as figures write it: a long one over several lines."""
    return textwrap.fill(name, _LONGEST)


def metric_label(name: str) -> str:
    """What an axis of a metric is called."""
    better = "" if find_metric(name).higher_is_better else " (less is better)"
    return metric_title(name) + better
