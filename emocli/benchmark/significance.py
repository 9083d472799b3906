"""Whether the rows of a table differ from one of them by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from emocli.benchmark.answers import read_answers
from emocli.benchmark.results import Record, Results
from emocli.benchmark.summaries import Line, Summary, row_name
from emocli.benchmark.trials import Trial
from emocli.errors import UsageError, unknown
from emocli.evaluation.resampling import COMPARED_METRICS
from emocli.evaluation.significance import Comparison, compare, holm_together
from emocli.modelling.labels import Bools, Labels


class _IncomparableError(Exception):
    """Two rows whose difference cannot be tested; the message is the reason."""


def compare_tables(summaries: Sequence[Summary], against: str, results: Results) -> list[Summary]:
    """The summaries, each that has the row `against` as `compare_rows` makes it.

    Raises:
        UsageError: none has it, or none has a metric that can be tested.
        EmocliError: the answers of a trial are missing.
    """
    found: list[Summary] = []
    refused: list[UsageError] = []
    for summary in summaries:
        try:
            found.append(compare_rows(summary, against, results))
        except UsageError as error:
            refused.append(error)
            found.append(summary)
    if refused and len(refused) == len(summaries):
        raise refused[0]
    return found


def compare_rows(summary: Summary, against: str, results: Results) -> Summary:
    """The summary with a comparison of each row with the row (or method) `against`.

    Two rows are compared by the answers of the first seed that both have, over all folds; the
    p-values of all rows are corrected together. A note tells of rows that cannot be compared.

    Raises:
        UsageError: no row is called so, or the table has no metric that can be tested.
        EmocliError: the answers of a trial are missing.
    """
    reference = _row(summary, against)
    metrics = _tested_metrics(summary.metrics)
    found: dict[int, Comparison] = {}
    notes: list[str] = []
    for number, line in enumerate(summary.lines):
        if line is reference or not line.records:
            continue
        try:
            answers = _answers(_common(line, reference), results)
        except _IncomparableError as reason:
            notes.append(f"{line.name} is not tested against {reference.name}: {reason}.")
            continue
        found[number] = compare(*answers, metrics=metrics)
    corrected = holm_together(list(found.values()))
    tests = dict(zip(found, corrected, strict=True))
    return replace(summary, against=reference.name, tests=tests, notes=(*notes, *summary.notes))


def check_against(trials: Sequence[Trial], metrics: Sequence[str], against: str) -> None:
    """Raise UsageError where no row will be called so, or none of the metrics can be tested."""
    names = {row_name(trial.row, trial.source_size) for trial in trials}
    if against not in names | {part for trial in trials for part in (trial.row, trial.method)}:
        raise unknown("row", against, sorted(names))
    _tested_metrics(metrics)


def _tested_metrics(metrics: Sequence[str]) -> list[str]:
    found = [name for name in metrics if name in COMPARED_METRICS]
    if not found:
        raise UsageError(
            f"--against tests {', '.join(COMPARED_METRICS)}; the suite has none of these metrics."
        )
    return found


def _row(summary: Summary, against: str) -> Line:
    """The row of this name or method, one that has scores before others."""
    meant = [line for line in summary.lines if against in (line.name, line.row, line.method)]
    if not meant:
        raise unknown("row", against, [line.name for line in summary.lines])
    return next((line for line in meant if line.records), meant[0])


def _common(line: Line, reference: Line) -> list[tuple[Record, Record]]:
    """The trials of the first seed that both rows have, fold by fold."""
    if not reference.records:
        raise _IncomparableError(f"{reference.name} has no scores")
    there = {(record["seed"], record["fold"]): record for record in reference.records}
    both = [
        (record, there[place])
        for record in line.records
        if (place := (record["seed"], record["fold"])) in there
    ]
    if not both:
        raise _IncomparableError("they have no seed in common")
    first = min(record["seed"] for record, _ in both)
    return [pair for pair in both if pair[0]["seed"] == first]


def _answers(
    pairs: Sequence[tuple[Record, Record]], results: Results
) -> tuple[Labels, Bools, Bools, Bools]:
    """Gold labels and the answers of both rows, (n, n_labels) each, n > 1."""
    told = pairs[0][0]
    labels = Labels(tuple(told["label_names"]), told["exclusive"])
    gold, own, other = [], [], []
    for record, reference in pairs:
        if record["label_names"] != reference["label_names"]:
            raise _IncomparableError("they have other labels")
        ids, true, answered = read_answers(results.predictions(record["key"]), labels)
        there = read_answers(results.predictions(reference["key"]), labels)
        if ids != there[0] or not np.array_equal(true, there[1]):
            raise _IncomparableError("they were scored on other texts")
        gold.append(true)
        own.append(answered)
        other.append(there[2])
    found = labels, np.concatenate(gold), np.concatenate(own), np.concatenate(other)
    if len(found[1]) < 2:
        raise _IncomparableError("they were scored on one text, and a test takes two or more")
    return found
