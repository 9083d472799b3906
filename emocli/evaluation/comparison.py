"""A comparison of two systems in words, as tables, and as JSON, CSV and Markdown made from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from emocli.evaluation.report import Cell, Table, csv_text, markdown, metric_title
from emocli.evaluation.significance import Comparison, Difference, McNemar


@dataclass(frozen=True)
class Report:
    """A comparison, with what the systems and the data are called."""

    comparison: Comparison
    a: str
    b: str
    data: str

    def words(self) -> list[str]:
        """What was found, a sentence a metric; a point is a hundredth of the metric."""
        if not self.comparison.n_different:
            n = self.comparison.n_examples
            return [f"{self.a} and {self.b} answer all {n:,} texts alike: no difference."]
        return [self._sentence(difference) for difference in self.comparison.metrics]

    def facts(self) -> list[str]:
        """What was compared on what, and how."""
        one = self.comparison
        holm = ", p after Holm" if len(one.metrics) > 1 else ""
        return [
            f"A: {self.a}",
            f"B: {self.b}",
            f"{self.data}: {one.n_examples:,} texts, {one.n_different:,} answered differently",
            f"{_percent(one)} intervals{holm}, {one.resamples:,} resamples, seed {one.seed}",
        ]

    def tables(self) -> tuple[Table, ...]:
        """A row a metric, and a row for each of McNemar's tests."""
        metrics: list[tuple[Cell, ...]] = [
            (
                metric_title(d.metric),
                d.a,
                d.b,
                points(d.difference),
                ends(d.low, d.high),
                shown_p(d.p_holm),
            )
            for d in self.comparison.metrics
        ]
        tests: list[tuple[Cell, ...]] = [
            (name, test.only_a, test.only_b, shown_p(test.p)) for name, test in self._tests()
        ]
        columns = ("metric", "A", "B", "points", f"{_percent(self.comparison)} interval", "p")
        return (
            Table("Metrics", columns, tuple(metrics)),
            Table("McNemar's tests", ("right", "only A", "only B", "p"), tuple(tests)),
        )

    def as_json(self) -> str:
        """One indented JSON object: the names, `Comparison.as_dict`, and the words."""
        names = {"a": self.a, "b": self.b, "data": self.data}
        told = {**names, **self.comparison.as_dict(), "words": self.words()}
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"

    def as_csv(self) -> str:
        """One row a number, in the columns test (empty for the whole), measure, value."""
        return csv_text(("test", "measure", "value"), self._numbers())

    def as_markdown(self) -> str:
        """The facts, the tables in GitHub's Markdown, and the words."""
        facts, words = map(_listed, (self.facts(), self.words()))
        return "\n".join([facts, *map(markdown, self.tables()), words])

    def _sentence(self, one: Difference) -> str:
        first, second, gain, low, high = self.a, self.b, one.difference, one.low, one.high
        title, evidence = metric_title(one.metric), self.comparison.differs(one)
        if evidence and one.difference < 0:
            first, second, gain, low, high = second, first, -gain, -high, -low
        p = shown_p(one.p_holm)
        interval = f"{_percent(self.comparison)} interval {ends(low, high)}"
        numbers = f"{interval}, p {p if p.startswith('<') else f'= {p}'}"
        if evidence:
            return (
                f"{first} is better than {second} by {points(gain)} points of {title}, {numbers}."
            )
        return (
            f"No evidence that {first} and {second} differ in {title}: "
            f"{points(gain)} points, {numbers}."
        )

    def _tests(self) -> list[tuple[str, McNemar]]:
        labels, rows = self.comparison.mcnemar_labels, self.comparison.mcnemar_rows
        pooled = [("labels", labels)] if labels is not None else []
        return [*pooled, ("whole texts", rows)]

    def _numbers(self) -> Iterator[tuple[str, str, Cell]]:
        one = self.comparison
        for measure in ("n_examples", "n_different", "confidence", "resamples", "seed"):
            yield "", measure, getattr(one, measure)
        for difference in one.metrics:
            for measure, value in asdict(difference).items():
                if measure != "metric":
                    yield difference.metric, measure, value
        for test in ("mcnemar_labels", "mcnemar_rows"):
            found = getattr(one, test)
            for measure, value in asdict(found).items() if found else ():
                if value is not None:
                    yield test, measure, value


def _percent(comparison: Comparison) -> str:
    return f"{round(100 * comparison.confidence, 6):g}%"


def points(difference: float) -> str:
    """In hundredths of a metric, to a tenth; what is less than that to its first digit."""
    points = round(100 * difference, 6) + 0.0  # no minus before a zero
    return f"{points:.1f}" if abs(points) >= 0.1 or not points else f"{points:.1g}"


def ends(low: float, high: float) -> str:
    """The ends of an interval of a difference, in points."""
    return f"{points(low)} to {points(high)}"


def shown_p(p: float) -> str:
    """A p-value as people read it."""
    return "< 0.001" if p < 0.001 else f"{p:.2g}"


def _listed(lines: list[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)
