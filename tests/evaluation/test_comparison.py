"""A comparison in words, as tables and in formats."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from emocli.evaluation.comparison import Report
from emocli.evaluation.significance import Comparison, Difference, McNemar

JACCARD = Difference("jaccard", 0.58, 0.566, 0.014, 0.006, 0.022, 0.0003, 0.001)
MACRO = Difference("macro-f1", 0.5, 0.497, 0.003, -0.004, 0.01, 0.41, 0.41)
COMPARISON = Comparison(
    n_examples=3259,
    n_different=1204,
    metrics=(JACCARD, MACRO),
    mcnemar_labels=McNemar(900, 780, 8.4, 0.0037),
    mcnemar_rows=McNemar(20, 10, None, 0.099),
    confidence=0.95,
    resamples=10_000,
    seed=0,
)
REPORT = Report(COMPARISON, "datn2", "bilstm", "semeval2018-ec:test")
CSV = """test,measure,value
,n_examples,3259
,n_different,1204
,confidence,0.95
,resamples,10000
,seed,0
jaccard,a,0.58
jaccard,b,0.566
jaccard,difference,0.014
jaccard,low,0.006
jaccard,high,0.022
jaccard,p,0.0003
jaccard,p_holm,0.001
macro-f1,a,0.5
macro-f1,b,0.497
macro-f1,difference,0.003
macro-f1,low,-0.004
macro-f1,high,0.01
macro-f1,p,0.41
macro-f1,p_holm,0.41
mcnemar_labels,only_a,900
mcnemar_labels,only_b,780
mcnemar_labels,chi_squared,8.4
mcnemar_labels,p,0.0037
mcnemar_rows,only_a,20
mcnemar_rows,only_b,10
mcnemar_rows,p,0.099
"""
MARKDOWN = """- A: datn2
- B: bilstm
- semeval2018-ec:test: 3,259 texts, 1,204 answered differently
- 95% intervals, p after Holm, 10,000 resamples, seed 0

### Metrics

| metric | A | B | points | 95% interval | p |
| --- | ---: | ---: | ---: | ---: | ---: |
| Jaccard | 0.580 | 0.566 | 1.4 | 0.6 to 2.2 | 0.001 |
| macro F1 | 0.500 | 0.497 | 0.3 | -0.4 to 1.0 | 0.41 |

### McNemar's tests

| right | only A | only B | p |
| --- | ---: | ---: | ---: |
| labels | 900 | 780 | 0.0037 |
| whole texts | 20 | 10 | 0.099 |

- datn2 is better than bilstm by 1.4 points of Jaccard, 95% interval 0.6 to 2.2, p = 0.001.
- No evidence that datn2 and bilstm differ in macro F1: 0.3 points, 95% interval -0.4 to 1.0, \
p = 0.41.
"""


def words_of(*metrics: Difference, **changes: object) -> list[str]:
    comparison = replace(COMPARISON, metrics=metrics, **changes)
    return replace(REPORT, comparison=comparison).words()


def test_words_tell_of_each_metric_how_much_better_the_better_one_is() -> None:
    assert REPORT.words() == [
        "datn2 is better than bilstm by 1.4 points of Jaccard, 95% interval 0.6 to 2.2, p = 0.001.",
        "No evidence that datn2 and bilstm differ in macro F1: 0.3 points, "
        "95% interval -0.4 to 1.0, p = 0.41.",
    ]


def test_the_better_one_is_named_first_though_it_be_the_second() -> None:
    worse = Difference("jaccard", 0.566, 0.58, -0.014, -0.022, -0.006, 0.0001, 0.0001)
    assert words_of(worse) == [
        "bilstm is better than datn2 by 1.4 points of Jaccard, 95% interval 0.6 to 2.2, p < 0.001."
    ]


def test_without_evidence_the_difference_is_that_of_the_first_less_the_second() -> None:
    worse = replace(MACRO, difference=-0.003, low=-0.01, high=0.004)
    assert words_of(worse, confidence=0.999) == [
        "No evidence that datn2 and bilstm differ in macro F1: -0.3 points, "
        "99.9% interval -1.0 to 0.4, p = 0.41."
    ]


def test_an_interval_without_0_is_no_evidence_where_the_corrected_p_is_none() -> None:
    assert words_of(replace(JACCARD, p_holm=0.06)) == [
        "No evidence that datn2 and bilstm differ in Jaccard: 1.4 points, "
        "95% interval 0.6 to 2.2, p = 0.06."
    ]


def test_less_than_a_tenth_of_a_point_is_told_to_its_first_digit() -> None:
    tiny = replace(MACRO, difference=0.00042, low=-1e-17, high=0.00099)
    assert words_of(tiny) == [
        "No evidence that datn2 and bilstm differ in macro F1: 0.04 points, "
        "95% interval 0.0 to 0.1, p = 0.41."
    ]


def test_systems_that_answer_alike_are_told_to() -> None:
    assert words_of(JACCARD, n_different=0) == [
        "datn2 and bilstm answer all 3,259 texts alike: no difference."
    ]


def test_the_facts_tell_of_holm_where_several_metrics_are_tested() -> None:
    assert REPORT.facts()[-1] == "95% intervals, p after Holm, 10,000 resamples, seed 0"
    alone = replace(REPORT, comparison=replace(COMPARISON, metrics=(MACRO,)))
    assert alone.facts()[-1] == "95% intervals, 10,000 resamples, seed 0"


def test_exclusive_labels_have_one_of_mcnemars_tests() -> None:
    report = replace(REPORT, comparison=replace(COMPARISON, mcnemar_labels=None))
    assert report.tables()[1].rows == (("whole texts", 20, 10, "0.099"),)
    assert "mcnemar_labels" not in report.as_csv()
    assert json.loads(report.as_json())["mcnemar_labels"] is None


def test_markdown_holds_facts_tables_and_words() -> None:
    assert REPORT.as_markdown() == MARKDOWN


def test_csv_has_a_row_a_number() -> None:
    assert REPORT.as_csv() == CSV


def test_json_holds_every_number_of_the_csv_the_names_and_the_words() -> None:
    told = json.loads(REPORT.as_json())
    assert [told[key] for key in ("a", "b", "data")] == ["datn2", "bilstm", "semeval2018-ec:test"]
    assert told["words"] == REPORT.words()
    of_metrics = {one["metric"]: one for one in told["metrics"]}
    for row in csv.DictReader(io.StringIO(CSV)):
        place = of_metrics.get(row["test"]) or (told[row["test"]] if row["test"] else told)
        assert place[row["measure"]] == pytest.approx(float(row["value"]))
