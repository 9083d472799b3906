"""Fetching a published data set: every file from its address, checked, and whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from emocli import paths
from emocli.data.archives import unpack
from emocli.data.dataset import Dataset, File, Source
from emocli.data.fetching import fetch
from emocli.data.registry import terms
from emocli.data.verification import Report, verify
from emocli.errors import EmocliError, UsageError
from emocli.reporting import SILENT, Reporter


def download(
    dataset: Dataset, reporter: Reporter = SILENT, *, accept_terms: bool = False
) -> Report:
    """Fetch a data set into emocli's own folder of data sets.

    What an interrupted download has brought is kept and gone on with. A copy that was downloaded
    before is replaced when the new one is whole.

    Raises:
        UsageError: the terms were not accepted, or the data set has no address to fetch it from,
            or it comes with its package.
        EmocliError: an address does not answer as it should, or what came is not the data set.
    """
    sources = _sources(dataset)
    if not accept_terms:
        raise UsageError(
            f"data set '{dataset.name}' is fetched only when its terms are accepted.\n"
            f"{terms(dataset)}"
        )
    home = paths.datasets_folder() / dataset.name
    staging = paths.datasets_folder() / f".{dataset.name}.download"
    for source in sources:
        if _staged(staging, source).exists():
            continue  # checked when an earlier run fetched it whole
        try:
            fetch(source.address, _staged(staging, source), source.sha256, reporter)
        except EmocliError as error:
            raise EmocliError(f"{error}. {_other_way(dataset)}") from error
    try:
        report = _assembled(dataset, sources, staging, home, reporter)
    except EmocliError:  # what was fetched is of no use; after an interruption it is
        shutil.rmtree(staging, ignore_errors=True)
        raise
    shutil.rmtree(staging, ignore_errors=True)
    for warning in report.warnings:
        reporter.warn(warning)
    return report


def _assembled(
    dataset: Dataset,
    sources: dict[Source, list[File]],
    staging: Path,
    home: Path,
    reporter: Reporter,
) -> Report:
    """Put the data set's folder together, and in its place only when it is found to be whole."""
    with paths.whole_folder(home) as folder:
        for source, files in sources.items():
            _take(_staged(staging, source), source, files, folder)
        report = verify(dataset, folder, reporter)
        if report.problems:
            listed = "".join(f"\n  - {problem}" for problem in report.problems)
            raise EmocliError(
                f"what was fetched is not the data set:{listed}\n{_other_way(dataset)}"
            )
    checks = (replace(check, path=home / check.path.relative_to(folder)) for check in report.checks)
    return replace(report, folder=home, checks=tuple(checks))


def _sources(dataset: Dataset) -> dict[Source, list[File]]:
    """Each address once, with the files it brings.

    Raises:
        UsageError: there is none.
    """
    if dataset.bundled is not None:
        raise UsageError(
            f"data set '{dataset.name}' needs no download: {dataset.how}, in {dataset.bundled}"
        )
    sources: dict[Source, list[File]] = {}
    for file in dataset.editions[0].files:
        if file.source is not None:
            sources.setdefault(file.source, []).append(file)
    if not sources:
        raise UsageError(
            f"data set '{dataset.name}' cannot be fetched by a program; {dataset.how} "
            f"({dataset.homepage}). Then: emocli data add {dataset.name} FOLDER"
        )
    return sources


def _staged(staging: Path, source: Source) -> Path:
    return staging / hashlib.sha256(source.address.encode()).hexdigest()[:16]


def _take(fetched: Path, source: Source, files: list[File], folder: Path) -> None:
    if source.archive:
        unpack(fetched, files, folder)
        return
    target = folder / (source.saved_as or files[0].name)
    with paths.writing(target):
        shutil.copyfile(fetched, target)


def _other_way(dataset: Dataset) -> str:
    return (
        f"The data set is published at {dataset.homepage}; a copy of it is made known with: "
        f"emocli data add {dataset.name} FOLDER"
    )
