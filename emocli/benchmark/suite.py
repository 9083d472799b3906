"""Suites: which methods a benchmark compares, on which data, beside which published numbers.

A suite is a TOML file (`docs/benchmarks.md` tells its keys); the package has one for each table of
the implemented papers. Reading one computes nothing and loads no torch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emocli.benchmark.faults import Faults
from emocli.benchmark.suite_data import check_data, read_metrics, read_roles
from emocli.benchmark.suite_rows import (
    check_common_options,
    read_bases,
    read_options,
    read_published,
    the_method,
)
from emocli.data.byte_streams import open_file
from emocli.data.toml_lines import Place, TomlFile
from emocli.errors import unknown
from emocli.methods import Method
from emocli.paths import path_of

DEFAULT = "quick"
"""The suite that is meant where none is named."""

_SEEDS = 3
_KEYS = (
    "title",
    "source",
    "notes",
    "data",
    "metrics",
    "seeds",
    "folds",
    "roles",
    "options",
    "rows",
)
_DATA_KEYS = ("name", "train", "dev", "test", "roles")
_ROW_KEYS = ("name", "method", "options", "bases", "published")


@dataclass(frozen=True)
class DataSpec:
    """One column of a table: what is learnt from, and what is scored.

    Attributes:
        train, dev, test: as `read_labelled` takes them; None: what belongs to `train`.
        roles: the same for each other role, for the methods that have it.
    """

    name: str
    train: str
    dev: str | None = None
    test: str | None = None
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row of a table: a method with options.

    Attributes:
        options: its own; they win over those of the suite.
        bases: names of rows above, whose trained models the method builds upon.
        published: numbers in [0, 1] by data name and metric.
    """

    name: str
    method: str
    options: Mapping[str, Any] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    published: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Suite:
    """A table to be measured.

    Attributes:
        source: where the published numbers stand; "" where there are none.
        metrics: names of `METRICS`, in the order in which they are shown.
        seeds: how many.
        options: given to each method that has them.
        notes: what a reader of the table should know, a paragraph a line.
        path: the file.
        folds: of a cross-validation over all labelled texts; 0: the data's own splits.
    """

    name: str
    title: str
    source: str
    data: tuple[DataSpec, ...]
    rows: tuple[Row, ...]
    metrics: tuple[str, ...]
    seeds: int
    options: Mapping[str, Any]
    notes: str
    path: Path
    folds: int = 0


def packaged() -> dict[str, Path]:
    """The suites that come with emocli: their names and files, the default one first."""
    paths = (Path(__file__).parent / "suites").glob("*.toml")
    ordered = sorted(paths, key=lambda path: (path.stem != DEFAULT, path.stem))
    return {path.stem: path for path in ordered}


def read_suite(name_or_path: str | Path) -> Suite:
    """A packaged suite, or that of a file; a file of that name is taken first.

    Raises:
        UsageError: there is no such suite or file.
        DataError: the file is not TOML.
        EmocliError: something in it is unknown, missing or of the wrong kind; every fault is told.
    """
    return _read(TomlFile(_find(name_or_path)))


def _find(name_or_path: str | Path) -> Path:
    name, path = str(name_or_path), path_of(name_or_path)
    if path.is_file():
        return path
    known = packaged()
    if name in known:
        return known[name]
    if path.suffix == ".toml" or "/" in name or "\\" in name:
        open_file(path).close()  # says why it cannot be read
    raise unknown("suite", name, known, "A file is given by its path.")


def _read(file: TomlFile) -> Suite:
    faults, told = Faults(file), file.values
    faults.keys((), told, _KEYS)
    metrics = read_metrics(faults, told)
    folds = faults.count((), told, "folds", 0, least=2)
    data = _read_data(faults, told, has_folds=folds > 0)
    rows = _read_rows(faults, told, data, metrics)
    suite = Suite(
        name=file.path.stem,
        title=faults.text((), told, "title", default=file.path.stem),
        source=faults.text((), told, "source"),
        data=data,
        rows=rows,
        metrics=metrics,
        seeds=faults.count((), told, "seeds", _SEEDS, least=1),
        options=faults.table((), told, "options"),
        notes=_paragraphs(faults.text((), told, "notes")),
        path=file.path,
        folds=folds,
    )
    faults.refuse()
    return suite


def _paragraphs(text: str) -> str:
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return "\n".join(part for part in parts if part)


def _read_data(faults: Faults, told: Mapping[str, Any], *, has_folds: bool) -> tuple[DataSpec, ...]:
    shared = read_roles(faults, (), told)
    given = told.get("data", [])
    several = given if isinstance(given, list) else [given]
    if not several:
        faults.add(("data",), 'there are no data, expected some: data = ["semeval2018-ec"]')
    found: list[DataSpec] = []
    for number, one in enumerate(several):
        place: Place = ("data", number)
        table = {"train": one} if isinstance(one, str) else one
        if not isinstance(table, dict):
            faults.add(place, f"'data' holds {one!r}, expected the name of a data set, or tables")
            continue
        faults.keys(place, table, _DATA_KEYS)
        data = _one_data(faults, place, table, shared)
        check_data(faults, place, data.train, data.dev, data.test, has_folds=has_folds)
        _check_name(faults, place, "data", data.name, "--datasets")
        if data.name in [other.name for other in found]:
            message = f"data '{data.name}' are there already; give these another name"
            faults.add((*place, "name"), message, data.name)
        found.append(data)
    return tuple(found)


def _one_data(
    faults: Faults,
    place: Place,
    table: Mapping[str, Any],
    shared: Mapping[str, tuple[str, ...]],
) -> DataSpec:
    train = faults.text(place, table, "train")
    return DataSpec(
        name=faults.text(place, table, "name") or train,
        train=train,
        dev=faults.text(place, table, "dev") or None,
        test=faults.text(place, table, "test") or None,
        roles={**shared, **read_roles(faults, place, table)},
    )


def _read_rows(
    faults: Faults, told: Mapping[str, Any], data: tuple[DataSpec, ...], metrics: tuple[str, ...]
) -> tuple[Row, ...]:
    tables = told.get("rows", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        faults.add(("rows",), "'rows' must be tables: [[rows]] with method = \"NAME\" below it")
        return ()
    if not tables:
        faults.add((), 'there are no rows; each is a table: [[rows]] with method = "NAME" below it')
    rows: list[Row] = []
    methods: list[Method] = []
    places: dict[str, Place] = {}
    for number, table in enumerate(tables):
        place: Place = ("rows", number)
        faults.keys(place, table, _ROW_KEYS)
        method = the_method(faults, place, table)
        row = _one_row(faults, place, table, method, rows, data, metrics)
        if row.name and row.name in places:
            line = faults.line(places[row.name])
            message = f"row '{row.name}' is there already, on line {line}; give this one a name"
            faults.add((*place, "name"), f"{message} of its own")
        _check_name(faults, place, "row", row.name, "--methods")
        places.setdefault(row.name, place)
        rows.append(row)
        methods += [] if method is None else [method]
    check_common_options(faults, faults.table((), told, "options"), methods)
    return tuple(rows)


def _check_name(faults: Faults, place: Place, kind: str, name: str, option: str) -> None:
    """Remember a fault where a name could not be chosen on the command line, or torn in a table."""
    if "," in name:
        message = f"has a comma, at which {option} parts names: give a name without"
    elif name != " ".join(name.split()):
        message = "has blanks at its ends, several together or a line end: give a name without"
    else:
        return
    faults.add((*place, "name"), f"{kind} {name!r} {message}", name)


def _one_row(
    faults: Faults,
    place: Place,
    table: Mapping[str, Any],
    method: Method | None,
    above: list[Row],
    data: tuple[DataSpec, ...],
    metrics: tuple[str, ...],
) -> Row:
    name = faults.text(place, table, "name") or str(table.get("method", ""))
    for role in method.roles if method else ():
        if data and not any(role in one.roles for one in data):
            message = f"method '{table['method']}' needs {role} data"
            faults.add((*place, "method"), f'{message}: add [roles] with {role} = ["NAME"]')
    return Row(
        name=name,
        method=method.name if method else "",
        options=read_options(faults, place, table, method),
        bases=read_bases(faults, place, table, method, [row.name for row in above]),
        published=read_published(faults, place, table, [one.name for one in data], metrics),
    )
