"""Summaries as tables, and in the formats that are made of them."""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emocli.benchmark.suite import Row, Suite
from emocli.benchmark.summaries import Summary, summarise
from emocli.benchmark.tables import as_csv, as_json, as_latex, as_markdown, grid

SD = statistics.stdev([0.4, 0.6])
ROWS = (Row("Base", "bilstm", published={"moods": {"jaccard": 0.45}}), Row("A_1|x", "datn2"))


@pytest.fixture
def summary(
    make_suite: Callable[..., Suite], make_record: Callable[..., dict[str, Any]]
) -> Summary:
    records = [
        make_record(seed=1, jaccard=0.4),
        make_record(seed=2, jaccard=0.6),
        make_record(row="A_1|x", method="datn2", jaccard=0.7),
    ]
    (found,) = summarise(make_suite(*ROWS, source="A paper", metrics=("jaccard",)), records)
    return found


def test_a_table_has_scores_beside_published_numbers_and_what_they_cost(summary: Summary) -> None:
    found = grid(summary)
    assert found.title == "Mini: moods"
    assert found.headings == (
        "method",
        "Jaccard",
        "Jaccard, published",
        "Δ",
        "train, s",
        "epoch, s",
        "texts/s",
        "parameters",
        "peak MiB",
        "trials",
    )
    assert [cell.text for cell in found.rows[0]] == [
        *("Base", "0.500 ± 0.141", "0.450", "+0.050"),
        *("4.0", "2.00", "100", "1,000", "1", "2"),
    ]
    assert [cell.text for cell in found.rows[1]][:4] == ["A_1|x", "0.700", "", ""]
    assert [[cell.best for cell in row].index(True) for row in found.rows[1:]] == [1]
    assert found.notes == ("Published: A paper.",)


def test_a_row_that_failed_is_there_and_says_why(
    make_suite: Callable[..., Suite], make_record: Callable[..., dict[str, Any]]
) -> None:
    failed = make_record(row="A_1|x", status="failed", error="no such encoder:\nnone")
    (summary,) = summarise(make_suite(*ROWS), [make_record(), failed])
    found = grid(summary)
    assert [row[0].text for row in found.rows] == ["Base", "A_1|x"]
    assert {cell.text for cell in found.rows[1][1:]} == {""}
    assert found.notes == ("A_1|x failed: no such encoder:", "none")
    assert "\n% none\n" in as_latex([summary])


def test_trials_that_were_not_run_are_counted_below_the_table(summary: Summary) -> None:
    lines = [replace(line, n_left=n) for n, line in enumerate(summary.lines, 1)]
    found = replace(summary, lines=tuple(lines))
    assert grid(found).notes[:2] == (
        "Base: 1 trial was not run, since the time was over.",
        "A_1|x: 2 trials were not run, since the time was over.",
    )
    assert [row["not_run"] for row in json.loads(as_json([found]))[0]["rows"]] == [1, 2]


def test_markdown_escapes_what_it_must_and_marks_the_best(summary: Summary) -> None:
    lines = as_markdown([summary]).splitlines()
    assert lines[0] == "### Mini: moods"
    assert lines[4].startswith("| Base | 0.500 ± 0.141 | 0.450 | +0.050 | 4.0 | 2.00 |")
    assert lines[5].startswith("| A_1\\|x | **0.700** |  |  |")
    assert lines[-1] == "Published: A paper."


def test_latex_escapes_what_it_must_and_marks_the_best(summary: Summary) -> None:
    text = as_latex([summary])
    assert r"Base & 0.500 $\pm$ 0.141 & 0.450 & +0.050 & 4.0 &" in text
    assert r"A\_1|x & \textbf{0.700} &  &  &" in text
    assert text.startswith("% Mini: moods\n% Published: A paper.\n\\begin{tabular}{lrrrrrrrrr}\n")


def test_csv_has_a_row_for_each_number(summary: Summary) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([summary]))))
    assert rows[0] == {
        "suite": "mini",
        "data": "moods",
        "variant": "",
        "row": "Base",
        "method": "bilstm",
        "source_size": "",
        "measure": "jaccard",
        "mean": "0.5",
        "sd": repr(SD),
        "n": "2",
        "published": "0.45",
        "against": "",
        "difference": "",
        "low": "",
        "high": "",
        "p": "",
        "p_holm": "",
    }
    assert [row["measure"] for row in rows[:4]] == [
        "jaccard",
        "seconds",
        "epoch_seconds",
        "texts_per_second",
    ]


def test_json_has_everything_in_full_precision(summary: Summary) -> None:
    (told,) = json.loads(as_json([summary]))
    first, second = told["rows"]
    assert first["measured"]["jaccard"] == {"mean": 0.5, "sd": SD, "n": 2}
    assert (first["trials"], first["published"]) == (["Base-1", "Base-2"], {"jaccard": 0.45})
    assert (second["parameters"], second["peak_memory"], second["test"]) == (1000, 2**20, None)
