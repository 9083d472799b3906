"""Rows of a table tested against one of them."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emocli.benchmark.answers import read_answers, write_answers
from emocli.benchmark.results import Results
from emocli.benchmark.significance import compare_rows
from emocli.benchmark.suite import Row, Suite
from emocli.benchmark.summaries import Summary, summarise
from emocli.benchmark.tables import as_csv, grids
from emocli.errors import UsageError
from emocli.evaluation.significance import compare
from emocli.modelling.labels import Bools, Labels

LABELS = Labels(("anger", "joy", "sadness"))
ROWS = (Row("Base", "bilstm"), Row("better", "datn2"), Row("same", "sp"))


def some_answers(seed: int, right: float) -> tuple[Bools, Bools]:
    """Gold labels of 60 texts, the same for each seed, and answers of which a share is right."""
    gold = np.random.default_rng(0).random((60, 3)) > 0.6
    wrong = np.random.default_rng(seed).random((60, 3)) > right
    return gold, gold ^ wrong


@pytest.fixture
def results(tmp_path: Path) -> Results:
    found = Results(tmp_path)
    for key, answers in {
        "Base-1": some_answers(1, 0.6),
        "Base-2": some_answers(2, 0.6),
        "better-1": some_answers(3, 0.95),
        "same-1": some_answers(1, 0.6),
    }.items():
        ids = [str(number) for number in range(60)]
        place = found.predictions(key)
        write_answers(place, LABELS, ids, *answers, np.full((60, 3), 0.25))
    return found


@pytest.fixture
def summary(
    make_suite: Callable[..., Suite], make_record: Callable[..., dict[str, Any]]
) -> Summary:
    records = [make_record(), make_record(seed=2)]
    records += [make_record(row=row.name, method=row.method) for row in ROWS[1:]]
    return summarise(make_suite(*ROWS), records)[0]


def test_answers_are_read_as_they_were_written(results: Results) -> None:
    gold, answered = some_answers(3, 0.95)
    ids, read_gold, read_answered = read_answers(results.predictions("better-1"), LABELS)
    assert ids[:2] == ["0", "1"]
    assert (read_gold == gold).all()
    assert (read_answered == answered).all()


def test_answers_that_are_equal_make_equal_files_whenever_they_are_written(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    gold, answered = some_answers(3, 0.95)
    ids = [str(number) for number in range(60)]
    write_answers(tmp_path / "again", LABELS, ids, gold, answered, np.full((60, 3), 0.25))
    written = results.predictions("better-1").read_bytes()
    assert (tmp_path / "again").read_bytes() == written


def test_every_other_row_is_compared_by_the_first_common_seed(
    summary: Summary, results: Results
) -> None:
    found = compare_rows(summary, "Base", results)
    assert (found.against, set(found.tests)) == ("Base", {1, 2})
    (gold, better), (_, base) = some_answers(3, 0.95), some_answers(1, 0.6)
    alone = compare(LABELS, gold, better, base, metrics=["jaccard", "macro-f1"])
    one = found.tests[1].metrics[0]
    assert (one.difference, one.p) == (alone.metrics[0].difference, alone.metrics[0].p)
    assert one.p_holm >= alone.metrics[0].p_holm
    assert found.tests[2].n_different == 0


def test_a_row_is_named_by_its_method_too(summary: Summary, results: Results) -> None:
    assert compare_rows(summary, "bilstm", results).against == "Base"


def test_the_tests_are_a_table_of_their_own(summary: Summary, results: Results) -> None:
    first, second = grids(compare_rows(summary, "Base", results))
    assert first.headings[0] == second.headings[0] == "method"
    assert second.title == "Mini: moods, against Base"
    assert second.headings[1:] == ("Jaccard", "macro F1", "labels, p", "whole texts, p")
    assert [row[0].text for row in second.rows] == ["better", "same"]
    assert second.rows[0][1].text.endswith("p < 0.001")
    assert second.rows[1][1].text == "0.0 (0.0 to 0.0), p 1"


def test_csv_tells_the_test_beside_the_number(summary: Summary, results: Results) -> None:
    found = compare_rows(summary, "Base", results)
    rows = list(csv.DictReader(io.StringIO(as_csv([found]))))
    one = found.tests[1].metrics[0]
    (told,) = (row for row in rows if (row["row"], row["measure"]) == ("better", "jaccard"))
    assert told["against"] == "Base"
    numbers = [float(told[key]) for key in ("difference", "low", "high", "p", "p_holm")]
    assert numbers == [one.difference, one.low, one.high, one.p, one.p_holm]
    assert {row["against"] for row in rows if row["row"] == "Base"} == {""}


@pytest.mark.parametrize(
    ("kept", "of_better", "reason"),
    [
        (1, {}, "they were scored on one text, and a test takes two or more"),
        (59, {}, "they were scored on other texts"),
        (60, {"seed": 3}, "they have no seed in common"),
        (60, {"label_names": ["anger", "joy"]}, "they have other labels"),
    ],
)
def test_rows_that_cannot_be_tested_say_why(
    results: Results,
    make_suite: Callable[..., Suite],
    make_record: Callable[..., dict[str, Any]],
    kept: int,
    of_better: dict[str, Any],
    reason: str,
) -> None:
    ids = [str(number) for number in range(kept)]
    few = [part[:kept] for part in (*some_answers(3, 0.95), np.full((60, 3), 0.25))]
    for key in ["better-1", "Base-1"][: 2 if kept == 1 else 1]:
        write_answers(results.predictions(key), LABELS, ids, few[0], few[1], few[2])
    records = [make_record(), make_record(**{"row": "better", "method": "datn2", **of_better})]
    found = compare_rows(summarise(make_suite(*ROWS), records)[0], "Base", results)
    assert (found.tests, found.notes) == ({}, (f"better is not tested against Base: {reason}.",))
    assert len(grids(found)) == 1


def test_a_reference_without_scores_costs_no_table(
    make_suite: Callable[..., Suite],
    make_record: Callable[..., dict[str, Any]],
    results: Results,
) -> None:
    records = [make_record(status="failed", error="boom"), make_record(row="better")]
    found = compare_rows(summarise(make_suite(*ROWS), records)[0], "Base", results)
    assert found.notes == ("better is not tested against Base: Base has no scores.",)


def test_an_unknown_row_is_refused(summary: Summary, results: Results) -> None:
    with pytest.raises(UsageError) as caught:
        compare_rows(summary, "Bass", results)
    assert str(caught.value) == (
        "unknown row 'Bass': did you mean 'Base'? Known rows: Base, better, same."
    )


def test_a_table_without_a_metric_that_can_be_tested_is_refused(
    summary: Summary, results: Results
) -> None:
    with pytest.raises(UsageError, match=r"^--against tests jaccard, accuracy, "):
        compare_rows(replace(summary, metrics=("one-error",)), "Base", results)
