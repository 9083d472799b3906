"""The data and the metrics of a suite, read and checked by name; no file of theirs is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocli import datasets
from emocli.benchmark.faults import Faults
from emocli.data.dataset import Role
from emocli.data.labelled import dev_of, find_split
from emocli.data.toml_lines import Place
from emocli.evaluation.metric_names import METRIC_NAMES
from emocli.plugins import registry

DEFAULT_METRICS = ("jaccard", "micro-f1", "macro-f1")


def read_metrics(faults: Faults, told: Mapping[str, Any]) -> tuple[str, ...]:
    """The suite's metrics; without any, those that most of the papers report."""
    metrics = faults.texts((), told, "metrics")
    for name in metrics:
        if name not in METRIC_NAMES:
            faults.unknown(("metrics",), "metric", name, METRIC_NAMES)
    return tuple(dict.fromkeys(metrics)) or DEFAULT_METRICS


def read_roles(
    faults: Faults, place: Place, table: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """The data of the roles of the installed methods, by role."""
    known = {role for method in registry().methods.values() for role in method.roles}
    given = faults.table(place, table, "roles")
    inside: Place = (*place, "roles")
    roles = {}
    for role in given:
        if role not in known:
            faults.unknown((*inside, role), "role", role, known)
            continue
        roles[role] = faults.texts(inside, given, role)
        for spec in roles[role]:
            _check(faults, (*inside, role), spec, "source")
    return {role: specs for role, specs in roles.items() if specs}


def check_data(
    faults: Faults, place: Place, train: str, dev: str | None, test: str | None, *, has_folds: bool
) -> None:
    """Each part must be a data set, a split or a file that is there, and dev must not lack."""
    if not train:
        faults.add(place, 'what to learn from is missing: train = "semeval2018-ec"')
        return
    found = _check(faults, (*place, "train"), train, "train")
    if dev is not None:
        _check(faults, (*place, "dev"), dev, "dev")
    elif found and not has_folds:
        with faults.telling(place, train):
            dev_of(train, datasets.known(), 'Add dev = "FILE" with other texts')
    if test is not None:
        _check(faults, (*place, "test"), test, "test")


def _check(faults: Faults, place: Place, spec: str, role: Role) -> bool:
    """Whether `spec` names something."""
    with faults.telling(place, spec):
        datasets.named_by(spec)  # a name that several plugins declare is refused
        find_split(spec, role, datasets.known())
        return True
    return False
