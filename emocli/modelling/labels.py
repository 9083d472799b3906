"""The labels of a task, and the one place that turns probabilities into decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emocli.errors import unknown

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Labels:
    """The names of a task's labels, and whether exactly one of them applies to a text."""

    names: tuple[str, ...]
    exclusive: bool = False

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """The column of a label.

        Raises:
            UsageError: there is no such label.
        """
        if name not in self.names:
            raise unknown("label", name, self.names)
        return self.names.index(name)

    def vector(self, names: Iterable[str]) -> list[float]:
        """1.0 in the columns of `names`, 0.0 elsewhere, (n_labels,)."""
        target = [0.0] * len(self.names)
        for name in names:
            target[self.index(name)] = 1.0
        return target

    def matrix(self, rows: Iterable[Iterable[str]]) -> Bools:
        """Which labels each of `rows` names, (n, n_labels).

        Raises:
            UsageError: there is no such label.
        """
        vectors = [self.vector(names) for names in rows]
        return np.array(vectors, dtype=bool).reshape(-1, len(self))

    def decide(self, probabilities: Floats, thresholds: Floats) -> Bools:
        """Which labels are predicted, (n, n_labels).

        Exclusive labels: the most probable one (the first of equals). Others: every label whose
        probability exceeds its threshold, as datn section 2.1 decides.

        Args:
            probabilities: (n, n_labels) in [0, 1].
            thresholds: (n_labels,) in [0, 1]; exclusive labels do not use them.
        """
        if not self.exclusive:
            return np.asarray(probabilities > thresholds)
        chosen = np.zeros(probabilities.shape, dtype=bool)
        if len(chosen):
            chosen[np.arange(len(chosen)), probabilities.argmax(axis=1)] = True
        return chosen
