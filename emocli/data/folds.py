"""Parts of a data set: folds for cross-validation, and random samples."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from emocli.data.examples import Example, LabelledData
from emocli.errors import UsageError

# Of the texts that are not tested on, the share that chooses epoch and thresholds.
DEV_SHARE = 0.1


@dataclass(frozen=True)
class Fold:
    """One fold of a cross-validation: no text is in two of its parts."""

    train: LabelledData
    dev: LabelledData
    test: LabelledData


def fold_of(data: LabelledData, fold: int, n_folds: int, seed: int = 0) -> Fold:
    """The fold number `fold` of `n_folds`, from 0 on.

    The texts are shuffled once by `seed`; each is tested on in exactly one fold. A tenth of the
    others is dev.

    Raises:
        UsageError: there are fewer texts than folds, or no such fold.
    """
    if not 0 <= fold < n_folds or n_folds < 2:
        raise UsageError(f"fold {fold} of {n_folds}: expected 2 folds or more, counted from 0.")
    if len(data.examples) < n_folds:
        raise UsageError(f"{data.name}: {len(data.examples)} texts cannot make {n_folds} folds.")
    order = list(data.examples)
    random.Random(seed).shuffle(order)
    test = order[fold::n_folds]
    rest = [example for number, example in enumerate(order) if number % n_folds != fold]
    if len(rest) < 2:
        raise UsageError(f"{data.name}: {len(order)} texts cannot make {n_folds} folds.")
    n_dev = max(1, round(DEV_SHARE * len(rest)))
    place = f"fold {fold + 1} of {n_folds}"
    return Fold(
        train=_part(data, rest[n_dev:], f"{place}, train"),
        dev=_part(data, rest[:n_dev], f"{place}, dev"),
        test=_part(data, test, f"{place}, test"),
    )


def sample_of(data: LabelledData, n_texts: int, seed: int = 0) -> LabelledData:
    """A random sample of `n_texts`, in the data's order; all of it where there are no more.

    Of two samples with one seed the smaller is part of the larger.
    """
    if len(data.examples) <= n_texts:
        return data
    rows = list(range(len(data.examples)))
    random.Random(seed).shuffle(rows)
    chosen = [data.examples[row] for row in sorted(rows[:n_texts])]
    return _part(data, chosen, f"{n_texts} texts, seed {seed}")


def _part(data: LabelledData, examples: Sequence[Example], what: str) -> LabelledData:
    checksum = hashlib.sha256(f"{data.checksum} {what}".encode()).hexdigest()
    name = f"{data.name} ({what})"
    return replace(data, name=name, examples=tuple(examples), checksum=checksum)
