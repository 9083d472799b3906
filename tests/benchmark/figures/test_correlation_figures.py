"""Correlations of labels and their tree, beside slow, obvious ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emocli.benchmark.answers import write_answers
from emocli.benchmark.figures.correlations import (
    correlations,
    gold_correlations,
    predicted_correlations,
)
from emocli.benchmark.results import Results
from emocli.benchmark.summaries import Summary
from emocli.modelling.labels import Bools, Labels

Make = Callable[..., dict[str, Any]]
SummaryOf = Callable[..., Summary]
NAMES = ("anger", "joy", "rage", "delight")
# anger comes with rage, and joy with delight, but for one text each
GOLD = np.array(
    [
        [1, 0, 1, 0],
        [1, 0, 1, 0],
        [1, 0, 1, 0],
        [0, 1, 0, 1],
        [0, 1, 0, 1],
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
    ],
    dtype=bool,
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Results]:
    """Write the answers of a trial; the results that they are of."""

    def write(key: str, gold: Bools, predicted: Bools) -> Results:
        results, ids = Results(tmp_path), [str(number) for number in range(len(gold))]
        write_answers(results.predictions(key), Labels(NAMES), ids, gold, predicted, gold * 1.0)
        return results

    return write


def phi(first: Bools, second: Bools) -> float:
    """Pearson's r of two labels by counting."""
    n11, n00 = (first & second).sum(), (~first & ~second).sum()
    n10, n01 = (first & ~second).sum(), (~first & second).sum()
    below = first.sum() * (~first).sum() * second.sum() * (~second).sum()
    return float((n11 * n00 - n10 * n01) / below**0.5)


def test_correlations_are_those_of_counting() -> None:
    decisions = np.random.default_rng(1).random((50, 4)) > 0.6
    found = correlations(decisions)
    for row in range(4):
        for column in range(4):
            expected = phi(decisions[:, row], decisions[:, column])
            assert found[row, column] == pytest.approx(expected)


def test_labels_that_go_together_stand_together_below_their_tree(
    summary_of: SummaryOf, make_record: Make, write: Callable[..., Results]
) -> None:
    results = write("Base-1", GOLD, ~GOLD)
    figure = gold_correlations(summary_of(make_record(label_names=NAMES)), results)
    assert figure is not None
    tree, heat_map, bar = figure.axes
    names = [label.get_text() for label in heat_map.get_xticklabels()]
    assert names == [label.get_text() for label in heat_map.get_yticklabels()]
    assert {frozenset(names[:2]), frozenset(names[2:])} == {
        frozenset({"anger", "rage"}),
        frozenset({"joy", "delight"}),
    }
    order = [NAMES.index(name) for name in names]
    (image,) = heat_map.images
    drawn = np.asarray(image.get_array())
    for row, first in enumerate(order):
        for column, second in enumerate(order):
            assert drawn[row, column] == pytest.approx(phi(GOLD[:, first], GOLD[:, second]))
    assert image.norm.vmax == -image.norm.vmin == pytest.approx(phi(GOLD[:, 0], GOLD[:, 2]))
    assert heat_map.get_xlabel() == "correlation of labels: gold"
    assert bar.get_ylabel() == "r"
    joints = [line.get_xydata().tolist() for line in tree.lines]
    leaves = {x for joint in joints for x, y in (joint[0], joint[-1]) if y == 0}
    assert leaves == {0.0, 1.0, 2.0, 3.0}
    far = [phi(GOLD[:, first], GOLD[:, second]) for first in (0, 2) for second in (1, 3)]
    assert sorted(max(y for _, y in joint) for joint in joints) == pytest.approx(
        [
            1 - phi(GOLD[:, 0], GOLD[:, 2]),
            1 - phi(GOLD[:, 1], GOLD[:, 3]),
            1 - sum(far) / 4,
        ]
    )


def test_gold_labels_are_those_of_all_folds_of_one_seed(
    summary_of: SummaryOf, make_record: Make, write: Callable[..., Results]
) -> None:
    records = [
        make_record(key=f"{seed}-{fold}", seed=seed, fold=fold, label_names=NAMES)
        for seed in (1, 2)
        for fold in (0, 1)
    ]
    for record in records:
        half = GOLD[record["fold"] :: 2]
        results = write(record["key"], half if record["seed"] == 1 else ~half, half)
    figure = gold_correlations(summary_of(*records), results)
    assert figure is not None
    names = [label.get_text() for label in figure.axes[1].get_xticklabels()]
    place = names.index("joy"), names.index("delight")
    drawn = np.asarray(figure.axes[1].images[0].get_array())
    assert drawn[place] == pytest.approx(phi(GOLD[:, 1], GOLD[:, 3]))


def test_predicted_labels_are_those_of_the_best_row(
    summary_of: SummaryOf, make_record: Make, write: Callable[..., Results]
) -> None:
    write("Base-1", GOLD, ~GOLD)
    results = write("DATN-2-1", GOLD, GOLD[:, [1, 2, 3, 0]])
    records = [
        make_record(label_names=NAMES, jaccard=0.4),
        make_record(label_names=NAMES, jaccard=0.5, row="DATN-2"),
    ]
    figure = predicted_correlations(summary_of(*records), results)
    assert figure is not None
    names = [label.get_text() for label in figure.axes[1].get_xticklabels()]
    assert {frozenset(names[:2]), frozenset(names[2:])} == {
        frozenset({"joy", "delight"}),
        frozenset({"anger", "rage"}),
    }
    assert figure.axes[1].get_xlabel() == "correlation of labels: predicted by DATN-2"


def test_a_label_that_never_varies_is_left_out(
    summary_of: SummaryOf, make_record: Make, write: Callable[..., Results]
) -> None:
    gold = GOLD.copy()
    gold[:, 2] = False
    summary = summary_of(make_record(label_names=NAMES))
    figure = gold_correlations(summary, write("Base-1", gold, gold))
    assert figure is not None
    names = {label.get_text() for label in figure.axes[1].get_xticklabels()}
    assert names == {"anger", "joy", "delight"}
    gold[:, 1] = True
    assert gold_correlations(summary, write("Base-1", gold, gold)) is None


def test_without_answers_there_are_no_correlations(
    summary_of: SummaryOf, make_record: Make, write: Callable[..., Results], tmp_path: Path
) -> None:
    several, failed = make_record(label_names=NAMES), make_record(status="failed", error="boom")
    for draw in (gold_correlations, predicted_correlations):
        assert draw(summary_of(several), None) is None
        assert draw(summary_of(several), Results(tmp_path)) is None
        assert draw(summary_of(failed), Results(tmp_path)) is None


def test_labels_that_exclude_one_another_do_not_correlate(
    summary_of: SummaryOf, make_record: Make, write: Callable[..., Results]
) -> None:
    results = write("Base-1", GOLD, GOLD)
    record = make_record(label_names=NAMES, exclusive=True)
    assert gold_correlations(summary_of(record), results) is None
