"""How each label fares: its F1 beside its number of training texts, and what it is taken for.

Source: Wang and Feng (fine-grained), figures 3 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emocli.benchmark.figures.scores import deviations
from emocli.benchmark.figures.style import COLOURS, INK, MEASURED, lettered, panels, style
from emocli.benchmark.results import Results
from emocli.benchmark.summaries import Line, Spread, Summary
from emocli.evaluation.agreement import Counts

_MOST_COUNTED = 12
"""Labels up to which the cells of a confusion matrix have room for their counts."""
_SUPPORT = COLOURS[4]


@style()
def label_scores(summary: Summary, results: Results | None) -> Figure | None:
    """The F1 of each label, a panel a row; below, how many training texts have the label.

    Labels stand in the order of that number, the most frequent first; without it, as the data have
    them. None where no row has the scores of its labels.
    """
    lines = [line for line in summary.lines if any("labels" in one for one in line.records)]
    if not lines:
        return None
    support = _support(lines)
    labels = sorted(_labels(lines), key=lambda label: -support.get(label, 0.0))
    n_panels = len(lines) + bool(support)
    figure, all_axes = panels(n_panels, max(4.8, 0.3 * len(labels)), 1.3, n_columns=1)
    figure.set_figheight(1.3 * n_panels + 0.07 * max(map(len, labels)))
    for axes, line in zip(all_axes, lines, strict=False):
        found = _label_f1(line)
        spreads = [found.get(label) for label in labels]
        means = [nan if spread is None else spread.mean for spread in spreads]
        bars: dict[str, Any] = {"color": MEASURED, "ecolor": INK, "capsize": 2}
        axes.bar(range(len(labels)), means, yerr=deviations(spreads), **bars)
        axes.grid(visible=False, axis="x")
        axes.set_ylim(0, 1)
        axes.set_ylabel("F1")
        axes.set_title(lettered(line.name), loc="left")
        axes.set_xticks(range(len(labels)), labels=[])
    if support:
        all_axes[-1].bar(range(len(labels)), [support[one] for one in labels], color=_SUPPORT)
        all_axes[-1].set_title("Training texts", loc="left")
        all_axes[-1].yaxis.set_major_formatter("{x:,.0f}")
        all_axes[-1].grid(visible=False, axis="x")
    names = [lettered(label) for label in labels]
    all_axes[-1].set_xticks(range(len(labels)), labels=names, rotation=90)
    return figure


def _labels(lines: Sequence[Line]) -> list[str]:
    """Every label that was scored, in the order of the data."""
    names = (one["label"] for line in lines for record in line.records for one in record["labels"])
    return list(dict.fromkeys(names))


def _label_f1(line: Line) -> dict[str, Spread]:
    """The F1 of each label over the trials of a row."""
    found: dict[str, list[float]] = {}
    for record in line.records:
        for label in record["labels"]:
            found.setdefault(label["label"], []).append(label["f1"])
    return {label: Spread.of(values) for label, values in found.items()}


def _support(lines: Sequence[Line]) -> Mapping[str, float]:
    """How many training texts have each label: the mean over trials, whose folds may differ."""
    found: dict[str, list[int]] = {}
    for record in lines[0].records:
        for label, texts in record.get("train_support", {}).items():
            found.setdefault(label, []).append(texts)
    return {label: Spread.of(texts).mean for label, texts in found.items()}


@style()
def confusion(summary: Summary, results: Results | None) -> Figure | None:
    """How often each gold label got each answer, over all trials of a row; a panel a row.

    A shade is a fraction of the gold label's texts, in [0, 1]. None where labels do not exclude one
    another.
    """
    lines = [line for line in summary.lines if any(one.get("confusion") for one in line.records)]
    if not lines:
        return None
    names = lines[0].records[0]["label_names"]
    size = 1.6 + 0.34 * len(names)
    figure, all_axes = panels(len(lines), size, size, n_columns=max(1, int(12 / size)))
    for axes, line in zip(all_axes, lines, strict=True):
        counts = sum(np.array(record["confusion"]) for record in line.records)
        _confusion(axes, names, np.asarray(counts))
        axes.set_title(lettered(line.name), loc="left")
    return figure


def _confusion(axes: Axes, names: Sequence[str], counts: Counts) -> None:
    """Draw counts, (n_labels, n_labels), gold labels downwards."""
    texts = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(texts, 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="none")
    axes.grid(visible=False)
    shown = [lettered(name) for name in names]
    axes.set_xticks(range(len(names)), labels=shown, rotation=90)
    axes.set_yticks(range(len(names)), labels=shown)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    if len(names) > _MOST_COUNTED:
        return
    for (gold, predicted), count in np.ndenumerate(counts):
        colour = "white" if shares[gold, predicted] > 0.5 else "black"
        axes.text(predicted, gold, f"{count}", ha="center", va="center", color=colour, size=7)
