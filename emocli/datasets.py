"""Every data set that can be named: those of emocli and those of the installed plugins."""

from __future__ import annotations

from collections.abc import Iterable

from emocli.data.catalogue import BUILTIN
from emocli.data.dataset import Dataset
from emocli.errors import UsageError, unknown
from emocli.paths import path_of
from emocli.plugins import registry


def known() -> dict[str, Dataset]:
    """The data sets by name; one declared more than once belongs to nobody and is left out."""
    refused = clashes()
    every = {dataset.name: dataset for dataset in BUILTIN} | registry().datasets
    return {name: dataset for name, dataset in every.items() if name not in refused}


def clashes() -> dict[str, tuple[str, ...]]:
    """The names declared more than once, each with those who declare it."""
    several = registry().clashes.items()
    found = {name: owners for (kind, name), owners in several if kind == "dataset"}
    own = {dataset.name for dataset in BUILTIN}
    for plugin in registry().plugins:
        for dataset in plugin.datasets:
            if dataset.name in own:
                owner = f"'{plugin.name}' ({plugin.distribution})"
                found[dataset.name] = ("emocli itself", owner)
    return found


def find(name: str) -> Dataset:
    """The data set called `name`.

    Raises:
        UsageError: there is none, or several plugins declare it.
    """
    _refuse_clash(name)
    every = known()
    if name not in every:
        raise unknown("data set", name, every)
    return every[name]


def named_by(spec: str) -> Dataset | None:
    """The data set that `NAME` or `NAME:split` names; None where `spec` is a file or no data set.

    Raises:
        UsageError: several plugins declare it.
    """
    if path_of(spec).is_file():
        return None
    name = spec.partition(":")[0]
    _refuse_clash(name)
    return known().get(name)


def refuse_columns(specs: Iterable[str], **columns: str | None) -> None:
    """Raise UsageError where columns are named though none of `specs` is a file."""
    for option, name in columns.items():
        if name is not None and all(named_by(spec) is not None for spec in specs):
            shown = option.replace("_", "-")
            raise UsageError(
                f"--{shown} '{name}' is a column of files, and a data set tells its own: leave "
                f"out --{shown}."
            )


def _refuse_clash(name: str) -> None:
    owners = clashes().get(name)
    if owners:
        raise UsageError(
            f"data set '{name}' is declared by {' and '.join(owners)}; "
            "uninstall one of the plugins (`emocli plugins` lists them)."
        )
