"""Means and spreads of records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emocli.benchmark.plan import Selection, make_plan
from emocli.benchmark.suite import Row, Suite
from emocli.benchmark.summaries import Spread, left_out, summarise

Make = Callable[..., dict[str, Any]]
MakeSuite = Callable[..., Suite]


def test_a_spread_is_that_of_a_sample() -> None:
    assert Spread.of([0.5, 0.6, 0.7]) == Spread(pytest.approx(0.6), pytest.approx(0.1), 3)
    assert Spread.of([0.5]) == Spread(0.5, None, 1)


def test_a_row_has_the_mean_of_its_seeds(make_suite: MakeSuite, make_record: Make) -> None:
    records = [make_record(seed=1, jaccard=0.4), make_record(seed=2, jaccard=0.6)]
    (summary,) = summarise(make_suite(), records)
    (line,) = summary.lines
    assert line.metrics["jaccard"] == Spread(0.5, pytest.approx(0.2**0.5 / 10**0.5), 2)
    assert line.epoch_seconds == Spread(2.0, 0.0, 2)
    assert (line.parameters, line.peak_memory) == (1000, 2**20)


def test_rows_stand_in_the_order_of_the_suite(make_suite: MakeSuite, make_record: Make) -> None:
    records = [make_record(row="DATN-2"), make_record(row="Base"), make_record(row="extra")]
    (summary,) = summarise(make_suite(), records)
    assert [line.row for line in summary.lines] == ["Base", "DATN-2", "extra"]


def test_the_best_of_a_column_is_marked(make_suite: MakeSuite, make_record: Make) -> None:
    suite = make_suite(metrics=("jaccard", "hamming-loss"))
    metrics = ({"jaccard": 0.5, "hamming-loss": 0.2}, {"jaccard": 0.6, "hamming-loss": 0.3})
    records = [
        make_record(row=row, metrics=found)
        for row, found in zip(("Base", "DATN-2"), metrics, strict=True)
    ]
    assert summarise(suite, records)[0].best == {"jaccard": 1, "hamming-loss": 0}
    assert summarise(suite, records[:1])[0].best == {}


def test_the_newest_record_of_a_seed_counts(make_suite: MakeSuite, make_record: Make) -> None:
    records = [make_record(jaccard=0.1), make_record(status="failed", error="boom")]
    (summary,) = summarise(make_suite(), [*records, make_record(jaccard=0.7)])
    assert summary.lines[0].metrics["jaccard"] == Spread(0.7, None, 1)
    assert summary.lines[0].failed == ""


@pytest.mark.parametrize(
    "changed",
    [{"asked": {"epochs": 9}}, {"method": "sp"}, {"files": {"embeddings": "another file"}}],
)
def test_older_options_do_not_count(
    make_suite: MakeSuite, make_record: Make, changed: dict[str, Any]
) -> None:
    older = [make_record(seed=seed, **changed) for seed in (1, 2, 3)]
    (summary,) = summarise(make_suite(), [*older, make_record(jaccard=0.7)])
    assert summary.lines[0].metrics["jaccard"] == Spread(0.7, None, 1)


def test_a_failed_row_says_why(make_suite: MakeSuite, make_record: Make) -> None:
    record = make_record(status="failed", error="no such encoder")
    (summary,) = summarise(make_suite(), [record])
    assert (summary.lines[0].failed, summary.lines[0].metrics) == ("no such encoder", {})


def test_a_row_whose_trials_were_not_run_is_not_missing(make_suite: MakeSuite) -> None:
    suite = make_suite()
    (summary,) = summarise(suite, map(left_out, make_plan(suite, Selection()).trials))
    assert [(line.row, line.n_left, line.records) for line in summary.lines] == [
        ("Base", 2, ()),
        ("DATN-2", 2, ()),
    ]


def test_a_row_that_was_not_run_to_its_end_has_the_scores_of_what_was(
    make_suite: MakeSuite, make_record: Make
) -> None:
    suite = make_suite(Row("Base", "bilstm"))
    first, second = map(left_out, make_plan(suite, Selection()).trials)
    (summary,) = summarise(suite, [second, {**make_record(jaccard=0.7), **first, "status": "done"}])
    assert summary.lines[0].metrics["jaccard"] == Spread(0.7, None, 1)
    assert summary.lines[0].n_left == 1


def test_accuracy_of_labels_that_do_not_exclude_one_another_is_jaccard(
    make_suite: MakeSuite, make_record: Make
) -> None:
    suite = make_suite(metrics=("accuracy",))
    (summary,) = summarise(suite, [make_record(jaccard=0.7)])
    assert summary.lines[0].metrics == {"accuracy": Spread(0.7, None, 1)}


def test_other_suites_data_and_variants_are_apart(make_suite: MakeSuite, make_record: Make) -> None:
    limited = {**make_record()["variant"], "limit": 100}
    records = [
        make_record(suite="other"),
        make_record(data="tweets"),
        make_record(variant=limited),
        make_record(),
    ]
    found = summarise(make_suite(), records)
    assert [(one.data, one.variant.limit) for one in found] == [
        ("moods", 100),
        ("moods", None),
        ("tweets", None),
    ]
    assert found[0].notes == ("Here at most 100 texts of each part.",)


def test_sizes_of_the_source_are_rows_of_their_own(
    make_suite: MakeSuite, make_record: Make
) -> None:
    records = [make_record(source_size=size) for size in (5000, 1000)]
    (summary,) = summarise(make_suite(), records)
    assert [line.name for line in summary.lines] == [
        "Base (1,000 source texts)",
        "Base (5,000 source texts)",
    ]


def test_what_a_reader_should_know_is_said(make_suite: MakeSuite, make_record: Make) -> None:
    suite = make_suite(
        Row("Base", "bilstm", published={"moods": {"jaccard": 0.45}}),
        source="A paper, table 1",
        notes="A note.\nAnother one.",
    )
    (summary,) = summarise(suite, [make_record(scored_on="dev", in_train=19)])
    assert summary.lines[0].published == {"jaccard": 0.45}
    assert summary.notes == (
        "Scored on dev, for want of a test split with labels: epochs and thresholds "
        "were chosen on the same texts.",
        "19 of the scored texts are among the training texts too.",
        "Published: A paper, table 1.",
        "A note.",
        "Another one.",
    )
