"""F1 of each label and confusion matrices: what is drawn, by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.container import BarContainer

from emocli.benchmark.figures.labels import confusion, label_scores
from emocli.benchmark.summaries import Summary

Make = Callable[..., dict[str, Any]]
SummaryOf = Callable[..., Summary]
SD = 0.2 / 2**0.5  # of 0.4 and 0.6
SUPPORT = {"anger": 3, "joy": 1200, "sadness": 40}


def labels(*f1: float) -> list[dict[str, Any]]:
    return [{"label": label, "f1": value} for label, value in zip(SUPPORT, f1, strict=True)]


def heights(axes: Axes) -> list[float]:
    (bars,) = [one for one in axes.containers if isinstance(one, BarContainer)]
    return [bar.get_height() for bar in bars]


def test_labels_stand_by_their_number_of_training_texts(
    summary_of: SummaryOf, make_record: Make
) -> None:
    records = [
        make_record(labels=labels(0.1, 0.4, 0.3), train_support=SUPPORT),
        make_record(labels=labels(0.1, 0.6, 0.3), train_support=SUPPORT, seed=2),
        make_record(row="DATN-2", labels=labels(0.2, 0.9, 0.0), train_support=SUPPORT),
    ]
    figure = label_scores(summary_of(*records), None)
    assert figure is not None
    base, datn, support = figure.axes
    assert heights(base) == pytest.approx([0.5, 0.3, 0.1])
    assert heights(datn) == [0.9, 0.0, 0.2]
    assert heights(support) == [1200, 40, 3]
    names = [label.get_text() for label in support.get_xticklabels()]
    assert names == ["joy", "sadness", "anger"]
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Base",
        "DATN-2",
        "Training texts",
    ]
    spread = base.collections[0].get_segments()[0].tolist()
    assert spread == [[0, pytest.approx(0.5 - SD)], [0, pytest.approx(0.5 + SD)]]


def test_the_training_texts_of_folds_are_a_mean(summary_of: SummaryOf, make_record: Make) -> None:
    records = [
        make_record(labels=labels(0, 0, 0), train_support=dict.fromkeys(SUPPORT, 10), fold=0),
        make_record(labels=labels(0, 0, 0), train_support=dict.fromkeys(SUPPORT, 13), fold=1),
    ]
    figure = label_scores(summary_of(*records), None)
    assert figure is not None
    assert heights(figure.axes[-1]) == [11.5, 11.5, 11.5]


def test_without_these_numbers_labels_stand_as_in_the_data(
    summary_of: SummaryOf, make_record: Make
) -> None:
    figure = label_scores(summary_of(make_record(labels=labels(0.1, 0.2, 0.3))), None)
    assert figure is not None
    (axes,) = figure.axes
    assert heights(axes) == [0.1, 0.2, 0.3]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["anger", "joy", "sadness"]


def test_without_scores_of_labels_there_is_no_such_figure(
    summary_of: SummaryOf, make_record: Make
) -> None:
    assert label_scores(summary_of(make_record()), None) is None


def test_confusions_are_summed_over_seeds_and_shaded_by_row(
    summary_of: SummaryOf, make_record: Make
) -> None:
    fields: dict[str, Any] = {"exclusive": True, "label_names": ["joy", "fear", "anger"]}
    records = [
        make_record(confusion=[[1, 1, 0], [0, 3, 0], [0, 0, 0]], **fields),
        make_record(confusion=[[2, 0, 0], [1, 0, 0], [0, 0, 0]], **fields, seed=2),
    ]
    figure = confusion(summary_of(*records), None)
    assert figure is not None
    (axes,) = figure.axes
    (image,) = axes.images
    assert image.get_array().tolist() == [[0.75, 0.25, 0], [0.25, 0.75, 0], [0, 0, 0]]
    assert (image.norm.vmin, image.norm.vmax) == (0, 1)
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert (written[(0, 0)], written[(1, 0)], written[(0, 1)]) == ("3", "1", "1")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["joy", "fear", "anger"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "gold")


def test_many_labels_leave_no_room_for_counts(summary_of: SummaryOf, make_record: Make) -> None:
    names = [f"label {number}" for number in range(13)]
    record = make_record(confusion=[[1] * 13] * 13, exclusive=True, label_names=names)
    figure = confusion(summary_of(record), None)
    assert figure is not None
    assert len(figure.axes[0].texts) == 0


def test_labels_that_do_not_exclude_one_another_have_no_confusion(
    summary_of: SummaryOf, make_record: Make
) -> None:
    assert confusion(summary_of(make_record(confusion=None)), None) is None
