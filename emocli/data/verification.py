"""Whether a folder holds a whole, undamaged copy of a data set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emocli.data.dataset import Dataset, Edition, File, Reader
from emocli.data.folders import Folder, names_of
from emocli.data.text_files import hash_of
from emocli.errors import EmocliError
from emocli.reporting import SILENT, Reporter


@dataclass(frozen=True)
class FileCheck:
    """One file of a copy.

    Attributes:
        rows: how many rows (of a pattern: files) it holds.
        published: True where its checksum is on record, False where it differs from those, None
            where none is on record.
        problem: why it cannot be used; empty where it can.
        warning: what a user should look at; empty where there is nothing.
    """

    name: str
    path: Path
    rows: int
    published: bool | None
    problem: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Report:
    """What was found in a folder.

    Attributes:
        edition: which of the data set's editions the folder holds.
        splits: the splits whose files are all there.
        problems: why the copy cannot be used; none where it can.
        warnings: differences from the published data set that do no harm.
    """

    dataset: str
    folder: Path
    edition: str
    splits: tuple[str, ...]
    checks: tuple[FileCheck, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def verify(dataset: Dataset, folder: Path, reporter: Reporter = SILENT) -> Report:
    """Read every file of a data set in a folder and compare it with what was published.

    A missing file of the splits for training, choosing and sourcing is a problem, so is a file
    that cannot be read, is cut short, or is another file of the data set. Another checksum with
    as many rows is a warning.
    """
    listing = Folder(folder)
    edition = listing.edition(dataset)
    if edition is None:
        problem = _nothing(dataset, listing)
        return Report(dataset.name, folder, "", (), (), (problem,), ())
    checks = []
    readers = dict(_readers(edition))
    with reporter.progress(f"verifying {dataset.name}", len(readers), "files") as bar:
        for file, reader in readers.items():
            found = listing.find(file)
            if found:
                checks.append(_check(dataset, edition, file, found, reader))
            bar.advance()
    needed, optional = _missing(dataset, edition, listing)
    problems = [check.problem for check in checks if check.problem]
    warnings = [check.warning for check in checks if check.warning]
    if needed:
        problems.insert(0, f"missing: {names_of(needed)}")
    if optional:
        warnings.append(f"not there, and not needed for training: {names_of(optional)}")
    splits = tuple(name for name, split in edition.splits.items() if listing.has(split))
    return Report(
        dataset.name, folder, edition.name, splits, tuple(checks), tuple(problems), tuple(warnings)
    )


def _readers(edition: Edition) -> Iterator[tuple[File, Reader]]:
    """Every file with the reader that its first split gives it."""
    seen: set[File] = set()
    for split in edition.splits.values():
        for file in split.files:
            if file not in seen:
                seen.add(file)
                yield file, split.reader or edition.reader


def _missing(dataset: Dataset, edition: Edition, listing: Folder) -> tuple[list[File], list[File]]:
    """The missing files without which nothing can be trained, and the others."""
    names = {dataset.roles.get(role, role) for role in ("train", "dev", "source")}
    needed = {file for name in names & set(edition.splits) for file in edition.splits[name].files}
    missing = [file for file in edition.files if not listing.find(file)]
    return [file for file in missing if file in needed], [
        file for file in missing if file not in needed
    ]


def _check(
    dataset: Dataset, edition: Edition, file: File, found: tuple[Path, ...], reader: Reader
) -> FileCheck:
    path, many = found[0], "*" in file.name
    published = None if not file.sha256 else hash_of(path) in file.sha256
    try:
        rows = sum(reader(one, dataset.labels).rows for one in found)
    except EmocliError as error:
        return FileCheck(file.name, path, 0, published, problem=str(error))
    if many:
        return _compared(file, path.parent, len(found), None, file.count, "documents")
    other = next((one for one in edition.files if one != file and _is(path, one)), None)
    if other is not None and not published:
        problem = f"{path.name}: this is the published {other.name} under another name"
        return FileCheck(file.name, path, rows, published, problem=problem)
    return _compared(file, path, rows, published, file.rows, "rows")


def _compared(
    file: File, path: Path, rows: int, published: bool | None, expected: int | None, unit: str
) -> FileCheck:
    problem = warning = ""
    found = f"{file.name}: {rows:,} {unit.removesuffix('s') if rows == 1 else unit}"
    if not published and expected is not None and rows != expected:
        counts = f"{found}, the published one has {expected:,}"
        problem = f"{counts}: it was cut short" if rows < expected else ""
        warning = counts if rows > expected else ""
    elif published is False:
        warning = f"{found}, but not byte for byte the file on record"
    return FileCheck(file.name, path, rows, published, problem, warning)


def _is(path: Path, file: File) -> bool:
    return bool(file.sha256) and hash_of(path) in file.sha256


def _nothing(dataset: Dataset, listing: Folder) -> str:
    present = [path.name for path in listing.files[:6]]
    more = f" and {len(listing.files) - 6} more" if len(listing.files) > 6 else ""
    there = f"it holds {', '.join(present)}{more}" if present else "it is empty"
    return f"none of its files are there: expected {names_of(dataset.editions[0].files)}; {there}"
