"""Which labels go together: their correlations, in the order of a hierarchical clustering.

Source: Wang and Feng (fine-grained), figure 9, after Demszky et al. 2020, GoEmotions, figure 2;
there between raters' judgements, here between the labels of the scored texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import dendrogram, linkage
from scipy.spatial.distance import squareform

from emocli.benchmark.answers import read_answers
from emocli.benchmark.figures.style import INK, lettered, style
from emocli.benchmark.results import Record, Results
from emocli.benchmark.summaries import Line, Summary
from emocli.modelling.labels import Bools, Floats, Labels

_FEWEST = 3  # labels that a tree says something of
_STEP = 10.0  # between two leaves, as scipy places them


@style()
def gold_correlations(summary: Summary, results: Results | None) -> Figure | None:
    """Between the gold labels of the scored texts.

    None where labels exclude one another, where fewer than three vary, or where the answers are not
    beside the results.
    """
    line = next((line for line in summary.lines if line.records), None)
    if line is None:
        return None
    seed = line.records[0]["seed"]
    one_seed = [record for record in line.records if record["seed"] == seed]
    return _figure("gold", one_seed, results, lambda gold, predicted: gold)


@style()
def predicted_correlations(summary: Summary, results: Results | None) -> Figure | None:
    """Between the labels that the best row by the first metric predicts, over all its trials.

    None as for the gold labels.
    """
    best = _best(summary)
    if best is None:
        return None
    title = f"predicted by {best.name}"
    return _figure(title, best.records, results, lambda gold, predicted: predicted)


def correlations(decisions: Bools) -> Floats:
    """Pearson's r of each pair of columns of (n, n_labels), every one of which varies."""
    return np.corrcoef(decisions.astype(np.float64), rowvar=False)


def _best(summary: Summary) -> Line | None:
    metric = summary.metrics[0]
    scored = [number for number, line in enumerate(summary.lines) if metric in line.metrics]
    if not scored:
        return None
    return summary.lines[summary.best.get(metric, scored[0])]


def _figure(
    title: str,
    records: Sequence[Record],
    results: Results | None,
    choose: Callable[[Bools, Bools], Bools],
) -> Figure | None:
    """Correlations between the gold or the predicted labels of the answers of some trials."""
    if results is None or any(record["exclusive"] for record in records):
        return None
    paths = [results.predictions(record["key"]) for record in records]
    if not all(path.is_file() for path in paths):
        return None
    labels = Labels(tuple(records[0]["label_names"]), exclusive=False)
    decisions = np.concatenate([choose(*read_answers(path, labels)[1:]) for path in paths])
    varying = np.flatnonzero(decisions.any(axis=0) & ~decisions.all(axis=0))
    if len(varying) < _FEWEST:
        return None
    names = [labels.names[column] for column in varying]
    return _drawn(title, names, correlations(decisions[:, varying]))


def _drawn(title: str, names: Sequence[str], r: Floats) -> Figure:
    """A heat map of (n, n) correlations below their tree.

    The tree joins the pair of groups whose labels have the least mean distance, 1 - r.
    """
    distances = squareform(1 - r, checks=False)
    tree = dendrogram(linkage(distances, "average", optimal_ordering=True), no_plot=True)
    order = tree["leaves"]
    size = 2.2 + 0.26 * len(names)
    figure = Figure(figsize=(size + 0.8, size + 0.8), layout="constrained")
    above, axes = figure.subplots(2, 1, height_ratios=(1, 5), sharex=True)
    for across, upwards in zip(tree["icoord"], tree["dcoord"], strict=True):
        # scipy puts the leaves at 5, 15, 25 and so on, an image its columns at 0, 1, 2.
        above.plot((np.array(across) - _STEP / 2) / _STEP, upwards, color=INK, linewidth=1)
    above.set_axis_off()
    above.set_ylim(bottom=0)
    _heat_map(axes, [lettered(names[label]) for label in order], r[np.ix_(order, order)])
    axes.set_xlabel(f"correlation of labels: {lettered(title)}")
    return figure


def _heat_map(axes: Axes, names: Sequence[str], r: Floats) -> None:
    # The diagonal, all ones, would leave no colour to the others.
    strongest = float(np.abs(r[~np.eye(len(r), dtype=bool)]).max()) or 1.0
    image = axes.imshow(
        r, cmap="RdBu_r", vmin=-strongest, vmax=strongest, interpolation="none", aspect="auto"
    )
    axes.grid(visible=False)
    axes.set_xticks(range(len(names)), labels=names, rotation=90)
    axes.set_yticks(range(len(names)), labels=names)
    figure = axes.get_figure()
    if figure is not None:
        figure.colorbar(image, ax=axes, label="r", extend="max", fraction=0.05)
