"""Where the data sets lie on this machine, and the register of a user's own copies."""

from __future__ import annotations

import json
import os
from pathlib import Path

from emocli import paths
from emocli.data.dataset import Dataset
from emocli.data.folders import names_of
from emocli.data.verification import Report, verify
from emocli.errors import EmocliError, UsageError
from emocli.reporting import SILENT, Reporter

_FORMAT = 1


def add(dataset: Dataset, path: Path, reporter: Reporter = SILENT) -> Report:
    """Verify a copy of a data set and remember where it lies.

    Args:
        path: its folder, or one of its files.

    Raises:
        UsageError: there is nothing at `path`, or a file that none of the data set's is called, or
            the data set comes with its package.
        EmocliError: a file is missing, damaged or another one; every fault is listed.
    """
    if dataset.bundled is not None:
        raise UsageError(
            f"data set '{dataset.name}' is always read from {dataset.bundled}: {dataset.how}, "
            "and no other copy takes its place"
        )
    place = paths.path_of(path).absolute()
    if not place.exists():
        raise UsageError(f"{path}: no such file or folder")
    if not place.is_dir():
        _check_name(dataset, place)
    report = verify(dataset, place if place.is_dir() else place.parent, reporter)
    if report.problems:
        listed = "".join(f"\n  - {problem}" for problem in report.problems)
        raise EmocliError(
            f"{path}: this is not a whole copy of data set '{dataset.name}':{listed}\n"
            f"Published at {dataset.homepage}"
        )
    for warning in report.warnings:
        reporter.warn(warning)
    _write({**registered(), dataset.name: report.folder})
    return report


def remove(dataset: Dataset) -> Path:
    """Forget a registered copy (its files stay), and say where it lay.

    Raises:
        UsageError: none is registered.
    """
    known = registered()
    if dataset.name not in known:
        place = locate(dataset)
        where = f"; the one at hand, in {place}, is found without it" if place else ""
        raise UsageError(
            f"no copy of data set '{dataset.name}' was made known with `emocli data add`{where}"
        )
    place = known.pop(dataset.name)
    _write(known)
    return place


def registered() -> dict[str, Path]:
    """The registered copies: a data set's name and its folder.

    Raises:
        EmocliError: the register is damaged.
    """
    register = _register()
    if not register.exists():
        return {}
    try:
        content = json.loads(register.read_text(encoding="utf-8"))
        return {name: Path(entry["path"]) for name, entry in content["datasets"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EmocliError(
            f"{register}: the register of data sets cannot be read; delete it and run "
            "`emocli data add` again for each"
        ) from error


def locate(dataset: Dataset) -> Path | None:
    """The folder of a data set on this machine, or None.

    One that comes with its package is there, so that it is the same texts for everybody. Others,
    in this order: the registered copy, `EMOCLI_DATA`/NAME (or another name the folder may have),
    the downloaded copy. A data set that shares its folder with another is found there too.

    Raises:
        EmocliError: the registered folder is no longer there.
    """
    if dataset.bundled is not None:
        return dataset.bundled
    known = registered()
    for name in (dataset.name, *dataset.folders):
        if name in known:
            return _still_there(name, known[name])
    shared = os.environ.get("EMOCLI_DATA")
    tops = [paths.path_of(shared)] if shared else []
    for top in (*tops, paths.datasets_folder()):
        for name in (dataset.name, *dataset.folders):
            if (top / name).is_dir():
                return top / name
    return None


def terms(dataset: Dataset) -> str:
    """What a user should read before fetching a data set: its terms, licence, citation and page."""
    return (
        f"{dataset.title}\n"
        f"Licence: {dataset.licence}\n"
        f"Terms: {dataset.terms}\n"
        f"Cite: {dataset.citation}\n"
        f"Published at: {dataset.homepage}"
    )


def where_to_get(dataset: Dataset) -> str:
    """The message for a data set that is not on this machine: what it is and how to get it."""
    if dataset.can_be_fetched:
        how = f"Get it with: emocli data download {dataset.name}. If you have it already"
    else:
        how = f"To get it, {dataset.how} ({dataset.homepage}). Then"
    return (
        f"data set '{dataset.name}' is not on this machine ({dataset.title}). "
        f"Terms: {dataset.terms} {how}: emocli data add {dataset.name} FOLDER"
    )


def _check_name(dataset: Dataset, path: Path) -> None:
    files = [file for edition in dataset.editions for file in edition.files]
    if not any(path.match(name) for file in files for name in (file.name, *file.aliases)):
        raise UsageError(
            f"{path}: no file of data set '{dataset.name}' is called so, expected "
            f"{names_of(dataset.editions[0].files)}; give it that name, or give the folder of "
            "the data set"
        )


def _still_there(name: str, place: Path) -> Path:
    if not place.is_dir():
        raise EmocliError(
            f"{place}: the registered folder of data set '{name}' is no longer there; "
            f"run: emocli data add {name} FOLDER"
        )
    return place


def _register() -> Path:
    return paths.datasets_folder() / "registry.json"


def _write(known: dict[str, Path]) -> None:
    entries = {name: {"path": str(known[name])} for name in sorted(known)}
    register = _register()
    with paths.writing(register):
        register.parent.mkdir(parents=True, exist_ok=True)
    with paths.whole_file(register) as stream:
        json.dump({"format": _FORMAT, "datasets": entries}, stream, indent=2, ensure_ascii=False)
        stream.write("\n")
