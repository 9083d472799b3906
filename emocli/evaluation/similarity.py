"""How much one set of labels says about another on the same texts: normalised mutual information.

Source: Wang and Feng, Delving into Fine-Grained Emotion Classification (fine-grained), section
3.2.3, equations 2 to 7 and table 1; after Nguyen, Epps and Bailey 2010.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emocli.evaluation.agreement import Counts, Ratios
from emocli.modelling.labels import Bools


@dataclass(frozen=True)
class Similarity:
    """What a contingency table says of two sets of labels.

    Attributes:
        table: (n_first, n_second), how many texts have both labels.
    """

    table: Counts

    @property
    def n_pairs(self) -> int:
        """The sum of the table, c."""
        return int(self.table.sum())

    @cached_property
    def first_entropy(self) -> float:
        """H of the first set, bits."""
        return entropy(self.table.sum(axis=1))

    @cached_property
    def second_entropy(self) -> float:
        """H of the second set, bits."""
        return entropy(self.table.sum(axis=0))

    @cached_property
    def joint_entropy(self) -> float:
        """H of both together, bits (equation 3)."""
        return entropy(self.table)

    @property
    def mutual_information(self) -> float:
        """I, bits (equation 4, which is the sum of the entropies less the joint one)."""
        return max(0.0, self.first_entropy + self.second_entropy - self.joint_entropy)

    @property
    def nmi_joint(self) -> float:
        """I / H(first, second), in [0, 1] (equations 5 and 7)."""
        return _normalised(self.mutual_information, self.joint_entropy)

    @property
    def nmi_max(self) -> float:
        """I / max(H(first), H(second)), in [0, 1] (equation 6)."""
        return _normalised(self.mutual_information, max(self.first_entropy, self.second_entropy))


def compare(first: Bools, second: Bools) -> Similarity:
    """Compare two sets of labels of the same texts.

    A text with several labels counts once for each pair of a first and a second label of its own,
    as table 1 of the paper counts; a text without a label on one side does not count.

    Args:
        first: (n, n_first), which labels of the first set each text has.
        second: (n, n_second), those of the second set.

    Raises:
        ValueError: they are not of as many texts.
    """
    if len(first) != len(second):
        raise ValueError(f"the first set is of {len(first)} texts, the second of {len(second)}")
    return Similarity(first.T.astype(np.int64) @ second.astype(np.int64))


def entropy(counts: Counts) -> float:
    """H of the distribution that counts of any shape give, bits (equation 2)."""
    shares: Ratios = counts[counts > 0] / max(int(counts.sum()), 1)
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def _normalised(information: float, bound: float) -> float:
    """The ratio; 1 where there is nothing to know on either side, as two sets of one label each."""
    return min(1.0, information / bound) if bound > 0 else 1.0
