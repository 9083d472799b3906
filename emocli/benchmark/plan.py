"""From a suite and what a user wishes to the trials that answer him."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from emocli import datasets
from emocli.benchmark.materials import check_folds, checksums
from emocli.benchmark.suite import DataSpec, Row, Suite
from emocli.benchmark.trials import Trial, Variant
from emocli.data.labelled import find_split
from emocli.errors import EmocliError, UsageError, unknown
from emocli.methods import Method
from emocli.plugins import registry

FIRST_SEED = 1


@dataclass(frozen=True)
class Selection:
    """What of a suite is wanted, and how it differs from what the suite says.

    Attributes:
        rows: names of rows, or methods; (): every row.
        data: names of the suite's data or of other data sets; (): all data of the suite.
        n_seeds: None: as many as the suite says, or one where there are folds.
        source_sizes: most texts of each other role, one trial each; (): all texts.
        options: given to each method that has them; they win over the suite's and the rows'.
    """

    rows: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    n_seeds: int | None = None
    source_sizes: tuple[int, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    variant: Variant = field(default_factory=Variant)


@dataclass(frozen=True)
class Plan:
    """The trials of a benchmark, each after those that it builds upon.

    Attributes:
        suite: the rows and data that were chosen.
        left_out: what has no trials, with the reason and what to do.
    """

    suite: Suite
    trials: tuple[Trial, ...]
    left_out: tuple[tuple[str, str], ...]


def make_plan(suite: Suite, selection: Selection) -> Plan:
    """The trials that a selection of a suite asks for.

    Raises:
        UsageError: an unknown row, method, option or data set.
        EmocliError: none of the data can be read.
    """
    chosen = replace(suite, rows=_rows(suite, selection), data=_data(suite, selection))
    if suite.folds and selection.variant.n_folds is None:
        folded = replace(selection.variant, n_folds=suite.folds)
        selection = replace(selection, variant=folded)
    _check_options(chosen, selection)
    left_out: list[tuple[str, str]] = []
    trials: list[Trial] = []
    unread: EmocliError | None = None
    for data in chosen.data:
        try:
            read = checksums(data)
            if selection.variant.n_folds is not None:
                check_folds(data, selection.variant.n_folds)
        except EmocliError as error:
            unread = error
            left_out.append((data.name, str(error)))
            continue
        for common in _rounds(chosen, data, read, selection):
            trials += _trials(chosen, replace(common, options=selection.options), left_out)
    if unread is not None and not trials:
        raise unread
    # A row without other roles has the same trial whatever the size of their data.
    once = {trial.key: trial for trial in trials}
    return Plan(chosen, tuple(once.values()), tuple(dict.fromkeys(left_out)))


def unused_methods(suite: Suite) -> list[tuple[str, str]]:
    """The installed methods that have no row in a suite, in groups, and how to include each."""
    used = {row.method for row in suite.rows}
    left = [method for name, method in registry().methods.items() if name not in used]
    upon = [method.name for method in left if method.wrong_bases(0)]
    encoding: list[str] = []
    others: list[str] = []
    for method in left:
        if method.name not in upon:
            with suppress(EmocliError):  # one that cannot be loaded cannot be included
                (encoding if _has_option(method, "encoder") else others).append(method.name)
    told = []
    if encoding:
        told.append(
            (
                ", ".join(encoding),
                "need a pretrained encoder: add --methods NAME,NAME --encoder FOLDER-OR-HUB-NAME.",
            )
        )
    if upon:
        told.append(
            (", ".join(upon), "build upon trained models: write a suite whose rows name `bases`.")
        )
    if others:
        told.append((", ".join(others), "add --methods NAME,NAME."))
    return told


def _rows(suite: Suite, selection: Selection) -> tuple[Row, ...]:
    """The rows chosen and those that they build upon, in the suite's order, bases first."""
    by_name = {row.name: row for row in suite.rows}
    wanted: dict[str, Row] = {}
    for name in selection.rows or by_name:
        found = [row for row in suite.rows if name in (row.name, row.method)]
        if not found and name in registry().methods:
            found = [_new_row(registry().methods[name])]
        if not found:
            raise unknown("row or method", name, {*by_name, *registry().methods})
        for row in found:
            _add_with_bases(row, by_name, wanted)
    return tuple(wanted.values())


def _add_with_bases(row: Row, by_name: Mapping[str, Row], wanted: dict[str, Row]) -> None:
    for base in row.bases:
        _add_with_bases(by_name[base], by_name, wanted)
    wanted.setdefault(row.name, row)


def _new_row(method: Method) -> Row:
    if method.wrong_bases(0):
        raise UsageError(
            f"method '{method.name}' builds upon trained models: write a suite in which its row "
            "names other rows as `bases`."
        )
    return Row(name=method.name, method=method.name, options={}, bases=(), published={})


def _data(suite: Suite, selection: Selection) -> tuple[DataSpec, ...]:
    if not selection.data:
        return suite.data
    own = {data.name: data for data in suite.data}
    roles = suite.data[0].roles if suite.data else {}
    for name in selection.data:
        if name not in own:
            find_split(name, "train", datasets.known(), own)
    return tuple(
        own.get(name) or DataSpec(name=name, train=name, dev=None, test=None, roles=roles)
        for name in selection.data
    )


def _rounds(
    suite: Suite, data: DataSpec, read: Mapping[str, str], selection: Selection
) -> Iterator[Trial]:
    """What the trials of one seed, fold and source size have in common, without a row."""
    n_folds = selection.variant.n_folds
    n_seeds = selection.n_seeds or (suite.seeds if n_folds is None else 1)
    seeds = range(FIRST_SEED, FIRST_SEED + n_seeds)
    folds: Sequence[int | None] = [None] if n_folds is None else range(n_folds)
    for seed, fold, size in product(seeds, folds, selection.source_sizes or (None,)):
        yield Trial(
            suite=suite.name,
            row="",
            method="",
            options={},
            data=data,
            checksums=read,
            seed=seed,
            variant=selection.variant,
            fold=fold,
            source_size=size,
        )


def _trials(suite: Suite, common: Trial, left_out: list[tuple[str, str]]) -> Iterator[Trial]:
    """The trial of each row that can have one."""
    done: dict[str, Trial] = {}
    for row in suite.rows:
        missing = _missing(row, common.data, done)
        if missing:
            left_out.append((f"{row.name} on {common.data.name}", missing))
            continue
        done[row.name] = replace(
            common,
            row=row.name,
            method=row.method,
            options=_options(suite, row, common),
            source_size=common.source_size if registry().method(row.method).roles else None,
            bases=tuple(done[base] for base in row.bases),
        )
    yield from done.values()


def _missing(row: Row, data: DataSpec, done: Mapping[str, Trial]) -> str:
    """Why a row has no trial on these data; "" where it has."""
    for role in registry().method(row.method).roles:
        if role not in data.roles:
            return f"method '{row.method}' also learns from a {role} task: name its data."
    for base in row.bases:
        if base not in done:
            return f"it builds upon '{base}', which is left out."
    return ""


def _check_options(suite: Suite, selection: Selection) -> None:
    methods = [registry().method(row.method) for row in suite.rows]
    known = {name for method in methods for name, *_ in method.config_class().described()}
    for name in selection.options:
        if name not in known:
            raise unknown("option", name, known)


def _options(suite: Suite, row: Row, common: Trial) -> dict[str, Any]:
    """The options of a row: those of the suite, its own, then those of the command.

    Of the first and the last only those that the method has.
    """
    method = registry().method(row.method)
    shared, wanted = (
        {name: value for name, value in options.items() if _has_option(method, name)}
        for options in (suite.options, common.options)
    )
    options = {**shared, **row.options, **wanted}
    encoder = common.variant.encoder
    if encoder and _has_option(method, "encoder"):
        options["encoder"] = encoder
    # Word vectors learnt from nothing stay as they are; those of a file are replaced.
    if encoder and options.get("embeddings"):
        options["embeddings"] = f"encoder:{encoder}"
    return options


def _has_option(method: Method, name: str) -> bool:
    return any(name == known for known, *_ in method.config_class().described())
