"""Learning curves and sizes of the source: what is drawn, by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from emocli.benchmark.figures.curves import learning_curves, source_sizes
from emocli.benchmark.figures.style import row_style
from emocli.benchmark.summaries import Summary

Make = Callable[..., dict[str, Any]]
SummaryOf = Callable[..., Summary]
SD = 0.2 / 2**0.5  # of 0.4 and 0.6, or of 0.5 and 0.7


def history(*scores: float | None, metric: str = "jaccard") -> list[dict[str, float]]:
    """An epoch of ten steps a score; None: of a stage that dev does not score."""
    epoch = {"seconds": 1.0, "steps": 10}
    return [epoch if score is None else {**epoch, metric: score} for score in scores]


def lines(axes: Axes) -> list[list[list[float]]]:
    return [line.get_xydata().tolist() for line in axes.lines]


def band(axes: Axes) -> set[tuple[float, float]]:
    """The corners of the only band."""
    (found,) = [one for one in axes.collections if isinstance(one, PolyCollection)]
    return {(float(x), round(float(y), 6)) for path in found.get_paths() for x, y in path.vertices}


def test_a_curve_is_the_mean_over_seeds_with_a_band(
    summary_of: SummaryOf, make_record: Make
) -> None:
    records = [
        make_record(history=history(0.4, 0.5)),
        make_record(seed=2, history=history(0.6, 0.7)),
    ]
    figure = learning_curves(summary_of(*records), None)
    assert figure is not None
    (axes,) = figure.axes
    assert lines(axes) == [[[10, 0.5], [20, pytest.approx(0.6)]]]
    assert band(axes) == {
        (10.0, round(0.5 - SD, 6)),
        (10.0, round(0.5 + SD, 6)),
        (20.0, round(0.6 - SD, 6)),
        (20.0, round(0.6 + SD, 6)),
    }
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("steps", "dev Jaccard")


def test_steps_of_unscored_stages_count_and_have_no_point(
    summary_of: SummaryOf, make_record: Make
) -> None:
    staged = make_record(row="DATN-2", history=history(None, None, 0.3, 0.4))
    figure = learning_curves(summary_of(make_record(history=history(0.2)), staged), None)
    assert figure is not None
    assert lines(figure.axes[0]) == [[[10, 0.2]], [[30, 0.3], [40, 0.4]]]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Base", "DATN-2"]


def test_past_the_end_of_a_shorter_trial_the_others_go_on(
    summary_of: SummaryOf, make_record: Make
) -> None:
    records = [
        make_record(history=history(0.4)),
        make_record(seed=2, history=history(0.6, 0.7)),
    ]
    figure = learning_curves(summary_of(*records), None)
    assert figure is not None
    assert lines(figure.axes[0]) == [[[10, 0.5], [20, 0.7]]]


def test_each_metric_that_dev_was_scored_by_has_a_panel(
    summary_of: SummaryOf, make_record: Make
) -> None:
    other = make_record(row="DATN-2", history=history(0.3, metric="macro-f1"))
    figure = learning_curves(summary_of(make_record(history=history(0.2)), other), None)
    assert figure is not None
    assert [axes.get_ylabel() for axes in figure.axes] == ["dev Jaccard", "dev macro F1"]
    assert [lines(axes) for axes in figure.axes] == [[[[10, 0.2]]], [[[10, 0.3]]]]


def test_a_row_looks_the_same_in_every_figure(summary_of: SummaryOf, make_record: Make) -> None:
    untrained = make_record(history=[])
    trained = make_record(row="DATN-2", history=history(0.3))
    figure = learning_curves(summary_of(untrained, trained), None)
    assert figure is not None
    (line,) = figure.axes[0].lines
    assert (line.get_color(), line.get_marker()) == (row_style(1)["color"], row_style(1)["marker"])


def test_a_record_that_tells_no_steps_has_no_curve(
    summary_of: SummaryOf, make_record: Make
) -> None:
    early = make_record(history=[{"seconds": 1.0, "jaccard": 0.4}])
    assert learning_curves(summary_of(early), None) is None


def test_without_a_training_there_are_no_curves(summary_of: SummaryOf, make_record: Make) -> None:
    assert learning_curves(summary_of(make_record(history=[])), None) is None


def sized(make_record: Make, row: str, size: int | None, jaccard: float, **fields: Any) -> Any:
    parts = {"train": {"texts": 8}, "dev": {"texts": 3}, "source": {"texts": size or 20_000}}
    return make_record(row=row, source_size=size, jaccard=jaccard, parts=parts, **fields)


def test_scores_rise_with_the_size_of_the_source(summary_of: SummaryOf, make_record: Make) -> None:
    records = [
        make_record(jaccard=0.3),
        sized(make_record, "DATN-2", 1000, 0.4),
        sized(make_record, "DATN-2", 1000, 0.6, seed=2),
        sized(make_record, "DATN-2", 5000, 0.7),
        sized(make_record, "DATN-2", None, 0.8),
    ]
    figure = source_sizes(summary_of(*records), None)
    assert figure is not None
    jaccard, macro = figure.axes
    (bar,) = jaccard.containers
    assert bar[0].get_xydata().tolist() == [[1000, 0.5], [5000, 0.7], [20_000, 0.8]]
    assert bar[2][0].get_segments()[0].tolist() == [
        [1000, pytest.approx(0.5 - SD)],
        [1000, pytest.approx(0.5 + SD)],
    ]
    assert macro.containers[0][0].get_ydata().tolist() == [0.25, 0.35, 0.4]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Base", "DATN-2"]


def test_a_row_without_a_source_is_a_level_line(summary_of: SummaryOf, make_record: Make) -> None:
    records = [make_record(jaccard=0.3), sized(make_record, "DATN-2", 1000, 0.4)]
    figure = source_sizes(summary_of(*records), None)
    assert figure is not None
    level = figure.axes[0].lines[0]
    assert (level.get_ydata(), level.get_linestyle()) == ([0.3, 0.3], ":")


def test_where_no_source_is_limited_there_is_no_such_figure(
    summary_of: SummaryOf, make_record: Make
) -> None:
    assert source_sizes(summary_of(make_record()), None) is None
    failed = make_record(source_size=10, status="failed", error="boom")
    assert source_sizes(summary_of(make_record(), failed), None) is None
