"""How large the difference of a metric between two systems is, and whether it could be chance.

`gold` and the decisions of the systems A and B are bool (n, n_labels), of the same texts.

- A paired bootstrap gives confidence intervals: rows are drawn with replacement, the same ones for
  A and B, and the interval's ends are percentiles of the difference (Efron and Tibshirani 1993,
  section 13.3; for test sets, Koehn 2004).
- A paired permutation test, also called approximate randomisation, gives p-values: were the systems
  alike, it would not matter which of them gave which answer to a row, so the answers of a random
  half of the rows change sides (Noreen 1989; Yeh 2000).

A metric is computed from sums over rows, so that many resamples are one product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emocli.errors import UsageError, nearest
from emocli.evaluation.agreement import Counts, Ratios, ratio
from emocli.evaluation.curves import GroupedMetric
from emocli.evaluation.thresholds import FITTED_METRICS
from emocli.modelling.labels import Bools

_BLOCK = 1_000_000  # rows drawn at once: some tens of megabytes
# Far above what summing in another order changes, far below what one row does.
_ROUNDING = 1e-9


def _precision_rate(true_positives: Counts, predicted: Counts, gold: Counts) -> Ratios:
    return ratio(true_positives, predicted)


def _recall_rate(true_positives: Counts, predicted: Counts, gold: Counts) -> Ratios:
    return ratio(true_positives, gold)


# The metrics of decisions, all better when higher. Hamming loss is missing, since McNemar's test of
# all labels pooled is the test of it.
COMPARED_METRICS: dict[str, GroupedMetric] = {
    **FITTED_METRICS,
    "micro-precision": GroupedMetric("all", _precision_rate),
    "micro-recall": GroupedMetric("all", _recall_rate),
    "macro-precision": GroupedMetric("label", _precision_rate),
    "macro-recall": GroupedMetric("label", _recall_rate),
}


def check_compared(name: str) -> None:
    """Raise UsageError where systems cannot be compared by this metric."""
    if name not in COMPARED_METRICS:
        close = nearest(name, COMPARED_METRICS)
        guess = f": did you mean '{close}'?" if close else "."
        raise UsageError(
            f"systems cannot be compared by the metric '{name}'{guess} "
            f"Known: {', '.join(sorted(COMPARED_METRICS))}."
        )


@dataclass(frozen=True)
class Pair:
    """One metric of two systems, as sums over rows.

    Attributes:
        a, b: what each row adds, (n, width): its own value where the metric is a mean over rows,
            else its counts.
    """

    metric: GroupedMetric
    a: Ratios
    b: Ratios

    @classmethod
    def of(cls, name: str, gold: Bools, a: Bools, b: Bools) -> Pair:
        """The metric called `name` of A and B.

        Raises:
            UsageError: systems cannot be compared by it.
        """
        check_compared(name)
        metric = COMPARED_METRICS[name]
        return cls(metric, _parts(metric, gold, a), _parts(metric, gold, b))

    def values(self) -> tuple[float, float]:
        """The metric of A and of B, in [0, 1]."""
        first, second = (self._value(parts.sum(axis=0)[None]) for parts in (self.a, self.b))
        return float(first[0]), float(second[0])

    def redrawn(self, weights: Ratios) -> Ratios:
        """The metric of A less that of B where each row counts so often; (k, n) to (k,)."""
        return self._value(weights @ self.a) - self._value(weights @ self.b)

    def exchanged(self, moved: Ratios) -> Ratios:
        """The same where the answers to a row change sides if `moved` is 1; (k, n) to (k,)."""
        change = moved @ (self.b - self.a)
        first, second = self.a.sum(axis=0) + change, self.b.sum(axis=0) - change
        return self._value(first) - self._value(second)

    def _value(self, sums: Ratios) -> Ratios:
        """The metric of k sums of n rows; (k, width) to (k,)."""
        if self.metric.group == "row":
            means: Ratios = sums[:, 0] / len(self.a)
            return means
        counts = np.split(sums.astype(np.int64), 3, axis=1)  # 3 of (k, n_groups)
        means = self.metric.rate(*counts).mean(axis=1)
        return means


def _parts(metric: GroupedMetric, gold: Bools, predicted: Bools) -> Ratios:
    counts = [gold & predicted, predicted, gold]
    if metric.group == "label":
        return np.hstack(counts).astype(np.float64)  # (n, 3 * n_labels)
    sums = [cells.sum(axis=1) for cells in counts]
    if metric.group == "row":
        return metric.rate(*sums)[:, None]  # (n, 1)
    return np.stack(sums, axis=1).astype(np.float64)  # (n, 3)


def intervals(
    pairs: Sequence[Pair], *, confidence: float, resamples: int, seed: int
) -> list[tuple[float, float]]:
    """The percentile interval of each metric's difference, A less B.

    All metrics see the same draws of the rows, which must be two or more.
    """
    from scipy.stats import bootstrap

    n = len(pairs[0].a)

    def differences(rows: Counts, axis: int) -> Ratios:  # (k, n) to (n_pairs, k)
        places = rows + n * np.arange(len(rows))[:, None]
        counts = np.bincount(places.ravel(), minlength=rows.size).reshape(rows.shape)
        weights = counts.astype(np.float64)
        return np.stack([pair.redrawn(weights) for pair in pairs])

    found = bootstrap(
        (np.arange(n),),
        differences,
        n_resamples=resamples,
        batch=_block(n),
        vectorized=True,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return list(zip(found.low.tolist(), found.high.tolist(), strict=True))


def permutation_p_values(pairs: Sequence[Pair], *, resamples: int, seed: int) -> list[float]:
    """For each metric, how often chance makes a difference as large as the observed one.

    Two-sided. The observed answers count as one permutation more, so that no p is 0 (Phipson and
    Smyth 2010). All metrics see the same permutations.
    """
    n = len(pairs[0].a)
    random = np.random.default_rng(seed)
    observed = [abs(first - second) - _ROUNDING for first, second in map(Pair.values, pairs)]
    as_large = [1] * len(pairs)
    for start in range(0, resamples, _block(n)):
        k = min(_block(n), resamples - start)
        moved = random.integers(2, size=(k, n), dtype=np.int8).astype(np.float64)
        for place, pair in enumerate(pairs):
            as_large[place] += int((np.abs(pair.exchanged(moved)) >= observed[place]).sum())
    return [count / (resamples + 1) for count in as_large]


def _block(n: int) -> int:
    """How many resamples of n rows are made at once."""
    return max(1, _BLOCK // n)
