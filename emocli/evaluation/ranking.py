"""How far probabilities put the gold labels above the others; no threshold comes into it.

`gold` is bool (n, n_labels), `probabilities` float (n, n_labels). Equal probabilities count against
the system, so an answer that cannot tell labels apart earns nothing by their order.
"""

from __future__ import annotations

import numpy as np

from emocli.evaluation.agreement import Ratios, ratio
from emocli.modelling.labels import Bools, Floats


def average_precision(gold: Bools, probabilities: Floats) -> float:
    """Label-ranking average precision, the AP of datn section 3.1 (after Zhou et al. 2018).

    For each gold label of a row: of the labels ranked no lower than it, the share that is gold;
    averaged over the row's gold labels, then over the rows that have any. 0 where no row has.
    """
    total = np.zeros(len(gold))
    for label in range(gold.shape[1]):
        no_lower = probabilities >= probabilities[:, [label]]  # (n, n_labels)
        precision = ratio((no_lower & gold).sum(axis=1), no_lower.sum(axis=1))
        total += np.where(gold[:, label], precision, 0.0)
    n_gold = gold.sum(axis=1)
    return _mean(total[n_gold > 0] / n_gold[n_gold > 0])


def one_error(gold: Bools, probabilities: Floats) -> float:
    """The fraction of the rows with gold labels whose top-ranked label is not gold.

    Where several labels share the highest probability, each of them must be gold. Lower is better;
    0 where no row has a gold label.
    """
    top = probabilities == probabilities.max(axis=1, keepdims=True)
    wrong = (top & ~gold).any(axis=1)
    return _mean(wrong[gold.any(axis=1)].astype(np.float64))


def macro_average_precision(gold: Bools, probabilities: Floats) -> float:
    """The mean of the labels' average precisions, over the labels that have gold rows.

    0 where no label has.
    """
    return _mean(label_average_precision(gold, probabilities)[gold.any(axis=0)])


def label_average_precision(gold: Bools, probabilities: Floats) -> Ratios:
    """The average precision of each label over the rows, (n_labels,); 0 for one with no gold row.

    The precisions at each distinct probability, weighted by the recall gained there.
    """
    columns = zip(gold.T, probabilities.T, strict=True)
    return np.array([_average_precision(*column) for column in columns])


def _average_precision(gold: Bools, probabilities: Floats) -> float:
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    last_of_equals = np.append(ranked[1:] != ranked[:-1], True)
    found = gold[order].cumsum()[last_of_equals]
    examined = np.arange(1, len(gold) + 1)[last_of_equals]
    gained = np.diff(found, prepend=0)
    return float((gained * found / examined).sum() / max(1, found[-1]))


def _mean(values: Ratios) -> float:
    return float(values.mean()) if len(values) else 0.0
