"""Scores with their spread, and against speed: what is drawn, by hand."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer

from emocli.benchmark.drawing import svg
from emocli.benchmark.figures.scores import scores, speed
from emocli.benchmark.suite import Row
from emocli.benchmark.summaries import Summary

Make = Callable[..., dict[str, Any]]
SummaryOf = Callable[..., Summary]
SD = 0.2 / 2**0.5  # of 0.4 and 0.6


def bars(axes: Axes) -> list[ErrorbarContainer]:
    return [one for one in axes.containers if isinstance(one, ErrorbarContainer)]


def points(bar: ErrorbarContainer) -> list[list[float]]:
    return bar[0].get_xydata().tolist()


def ends(bar: ErrorbarContainer) -> list[list[list[float]]]:
    (lines,) = bar[2]
    return [segment.tolist() for segment in lines.get_segments()]


def names(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def test_scores_are_means_with_error_bars(summary_of: SummaryOf, make_record: Make) -> None:
    records = [make_record(jaccard=0.4), make_record(jaccard=0.6, seed=2)]
    figure = scores(summary_of(*records, make_record(row="DATN-2", jaccard=0.7)), None)
    assert figure is not None
    jaccard, macro = figure.axes
    (bar,) = bars(jaccard)
    assert points(bar) == [[0.5, 0.0], [0.7, 1.0]]
    first, second = ends(bar)
    assert first == [[pytest.approx(0.5 - SD), 0.0], [pytest.approx(0.5 + SD), 0.0]]
    assert second == []
    assert points(bars(macro)[0]) == [[0.25, 0.0], [0.35, 1.0]]
    assert (jaccard.get_xlabel(), macro.get_xlabel()) == ("Jaccard", "macro F1")


def test_the_first_row_is_at_the_top(summary_of: SummaryOf, make_record: Make) -> None:
    figure = scores(summary_of(make_record(), make_record(row="DATN-2")), None)
    assert figure is not None
    assert names(figure.axes[0]) == ["Base", "DATN-2"]
    assert figure.axes[0].get_ylim() == (1.5, -0.5)


def test_published_values_are_marks_beside_the_measured(
    summary_of: SummaryOf, make_record: Make
) -> None:
    rows = (Row("Base", "bilstm", published={"moods": {"jaccard": 0.45}}), Row("DATN-2", "datn2"))
    figure = scores(summary_of(make_record(), make_record(row="DATN-2"), rows=rows), None)
    assert figure is not None
    (marks,) = [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    values = marks.get_xdata().tolist()
    assert (values[0], marks.get_ydata().tolist()) == (0.45, [0, 1])
    assert isnan(values[1])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "measured: mean ± standard deviation",
        "published",
    ]


def test_a_row_without_any_number_is_not_drawn(summary_of: SummaryOf, make_record: Make) -> None:
    failed = make_record(row="DATN-2", status="failed", error="boom")
    figure = scores(summary_of(make_record(), failed), None)
    assert figure is not None
    assert names(figure.axes[0]) == ["Base"]
    assert len(figure.legends[0].get_texts()) == 1
    assert scores(summary_of(failed), None) is None


def test_a_loss_says_that_less_is_better(summary_of: SummaryOf, make_record: Make) -> None:
    record = make_record(metrics={"hamming-loss": 0.2})
    figure = scores(summary_of(record, metrics=("hamming-loss",)), None)
    assert figure is not None
    assert figure.axes[0].get_xlabel() == "hamming loss (less is better)"


def test_names_are_whole_whatever_they_hold(summary_of: SummaryOf, make_record: Make) -> None:
    name = "$5 of x_1$ and a label embedding with an auxiliary task"
    summary = summary_of(make_record(row=name), make_record(row="_hidden"))
    for figure in (scores(summary, None), speed(summary, None)):
        assert figure is not None
        drawn = svg(figure)
        assert ">$5 of x_1$ and a label</text>" in drawn
        assert ">_hidden</text>" in drawn
        texts = [*figure.axes[0].get_yticklabels(), *figure.legends[0].get_texts()]
        assert {name, "_hidden"} <= {text.get_text().replace("\n", " ") for text in texts}
        assert not any(name in text.get_text() for text in texts)


def test_speed_has_a_point_for_each_row(summary_of: SummaryOf, make_record: Make) -> None:
    records = [
        make_record(jaccard=0.4, texts_per_second=100.0),
        make_record(jaccard=0.6, texts_per_second=300.0, seed=2),
        make_record(row="DATN-2", jaccard=0.7, texts_per_second=1500.0),
        make_record(row="broken", status="failed", error="boom"),
    ]
    figure = speed(summary_of(*records), None)
    assert figure is not None
    first, second = bars(figure.axes[0])
    assert (points(first), points(second)) == ([[200.0, 0.5]], [[1500.0, 0.7]])
    assert ends(first) == [[[200.0, pytest.approx(0.5 - SD)], [200.0, pytest.approx(0.5 + SD)]]]
    assert figure.axes[0].get_xscale() == "log"
    assert figure.axes[0].get_xlim() == (100.0, 3000.0)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Base", "DATN-2"]


def test_numbers_of_a_logarithmic_axis_are_written_out(
    summary_of: SummaryOf, make_record: Make
) -> None:
    figure = speed(summary_of(make_record(texts_per_second=1500.0)), None)
    assert figure is not None
    figure.draw_without_rendering()
    shown = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert {"1,000", "2,000"} <= set(shown)


def test_without_a_speed_there_is_no_such_figure(summary_of: SummaryOf, make_record: Make) -> None:
    failed = make_record(status="failed", error="boom")
    assert speed(summary_of(failed), None) is None
    assert speed(summary_of(make_record(), metrics=("one-error",)), None) is None
