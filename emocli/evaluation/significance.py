"""Whether one system is better than another on the same texts, or merely looks so.

`gold` and the decisions of the systems A and B are bool (n, n_labels). Metrics are compared by
resampling (`emocli.evaluation.resampling`); their p-values are corrected together after Holm 1979.
How often each alone is right is compared by McNemar's test, of whole rows, and of all labels
pooled, as datn section 3.2 does after Gillick and Cox 1989. Every p is two-sided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from emocli.evaluation.metrics import check
from emocli.evaluation.resampling import Pair, intervals, permutation_p_values
from emocli.modelling.labels import Bools, Labels

RESAMPLES = 10_000
CONFIDENCE = 0.95
# McNemar's test is exact up to so many pairs of which one is right, as Gillick and Cox advise.
EXACT_UP_TO = 50


@dataclass(frozen=True)
class McNemar:
    """McNemar's test of how often each of two systems alone is right.

    Attributes:
        only_a, only_b: how often A is right and B wrong, and the other way round.
        chi_squared: with the correction for continuity; None where the test is exact.
    """

    only_a: int
    only_b: int
    chi_squared: float | None
    p: float


@dataclass(frozen=True)
class Difference:
    """A metric of two systems.

    Attributes:
        a, b: the metric's values, in [0, 1].
        difference: a - b.
        low, high: ends of the confidence interval of the difference.
        p: of the permutation test.
        p_holm: the same, corrected for the metrics that were tested with it.
    """

    metric: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float
    p_holm: float


@dataclass(frozen=True)
class Comparison:
    """Everything that two systems were compared by.

    Attributes:
        n_different: rows that they answer differently.
        mcnemar_labels: of all labels pooled; None for exclusive labels, of which one wrong answer
            makes two wrong.
        mcnemar_rows: of whole rows, right where every label is.
        confidence: of the intervals, in (0, 1).
        resamples: how often rows were drawn, and how often answers changed sides.
    """

    n_examples: int
    n_different: int
    metrics: tuple[Difference, ...]
    mcnemar_labels: McNemar | None
    mcnemar_rows: McNemar
    confidence: float
    resamples: int
    seed: int

    def differs(self, difference: Difference) -> bool:
        """Whether there is evidence of this difference, at 1 - `confidence`."""
        return difference.p_holm < round(1 - self.confidence, 12)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values: numbers, None, lists and dictionaries."""
        plain = asdict(self)
        return {**plain, "metrics": list(plain["metrics"])}


def compare(
    labels: Labels,
    gold: Bools,
    a: Bools,
    b: Bools,
    *,
    metrics: Sequence[str] = (),
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Compare the decisions of two systems; the same arguments give the same answer.

    Args:
        gold, a, b: (n, n_labels), n > 1.
        metrics: names of `resampling.COMPARED_METRICS`; none: `default_metrics`.

    Raises:
        UsageError: systems cannot be compared by one of the metrics, or it is unknown.
        ValueError: shapes differ, there are fewer than two rows, or a number is out of range.
    """
    check(gold, a, None)
    check(gold, b, None)
    if len(gold) < 2 or gold.shape[1] != len(labels):
        raise ValueError(f"gold is {gold.shape}, expected (2 or more, {len(labels)})")
    if not 0 < confidence < 1 or resamples < 2:
        raise ValueError(
            f"confidence is {confidence}, resamples is {resamples}; expected 0 to 1, and 2 or more"
        )
    names = tuple(dict.fromkeys(metrics)) or default_metrics(labels)
    return Comparison(
        n_examples=len(gold),
        n_different=int((a != b).any(axis=1).sum()),
        metrics=_differences(names, (gold, a, b), confidence, resamples, seed),
        mcnemar_labels=None if labels.exclusive else mcnemar(gold == a, gold == b),
        mcnemar_rows=mcnemar((gold == a).all(axis=1), (gold == b).all(axis=1)),
        confidence=confidence,
        resamples=resamples,
        seed=seed,
    )


def default_metrics(labels: Labels) -> tuple[str, ...]:
    """What systems are compared by where nothing is asked for.

    With exclusive labels micro-F1 is accuracy again, and to test it twice would cost power.
    """
    return ("accuracy", "macro-f1") if labels.exclusive else ("jaccard", "micro-f1", "macro-f1")


def holm_together(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons with the p-values of all their metrics corrected as one family.

    For tables that compare many systems with one.
    """
    p_values = [one.p for comparison in comparisons for one in comparison.metrics]
    corrected = iter(holm(p_values))
    return [
        replace(
            comparison,
            metrics=tuple(replace(one, p_holm=next(corrected)) for one in comparison.metrics),
        )
        for comparison in comparisons
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for being several, in their order (Holm 1979)."""
    if len(p_values) < 2:
        return list(p_values)
    from statsmodels.stats.multitest import multipletests

    corrected: list[float] = multipletests(p_values, method="holm")[1].tolist()
    return corrected


def mcnemar(right_a: Bools, right_b: Bools) -> McNemar:
    """McNemar's test of two systems' right answers, bool arrays of one shape.

    By the binomial distribution up to `EXACT_UP_TO` pairs of which one is right; beyond, by
    chi-squared with the correction for continuity (Gillick and Cox 1989).
    """
    from statsmodels.stats import contingency_tables

    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    exact = only_a + only_b <= EXACT_UP_TO
    table = [[0, only_a], [only_b, 0]]  # the pairs that are alike do not count
    # The correction brings the two counts nearer to each other; equal ones are there already.
    found = contingency_tables.mcnemar(table, exact=exact, correction=only_a != only_b)
    chi_squared = None if exact else float(found.statistic)
    return McNemar(only_a, only_b, chi_squared, float(found.pvalue))


def _differences(
    names: Sequence[str],
    answers: tuple[Bools, Bools, Bools],
    confidence: float,
    resamples: int,
    seed: int,
) -> tuple[Difference, ...]:
    pairs = [Pair.of(name, *answers) for name in names]
    ends = intervals(pairs, confidence=confidence, resamples=resamples, seed=seed)
    p_values = permutation_p_values(pairs, resamples=resamples, seed=seed)
    values = [pair.values() for pair in pairs]
    rows = zip(names, values, ends, p_values, holm(p_values), strict=True)
    return tuple(
        Difference(name, a, b, a - b, low, high, p, p_holm)
        for name, (a, b), (low, high), p, p_holm in rows
    )
