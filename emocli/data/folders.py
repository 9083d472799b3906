"""Finding a data set's files in a folder, under their published names or the others known."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from emocli.data.dataset import Dataset, Edition, File, Split
from emocli.errors import EmocliError

_DEPTH = 4  # folders below the given one; published archives nest their files two or three deep


class Folder:
    """A folder whose files were listed once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files = tuple(_walk(path))

    def find(self, file: File) -> tuple[Path, ...]:
        """The paths of a file, sorted by name; none where it is not there.

        A plain name gives one path at most: that of the first name or alias that is found, those
        with folders in them first, and of several such files the one nearest to the top.
        """
        names = (file.name, *file.aliases)
        for name in sorted(names, key=_length, reverse=True):
            if "*" in name:
                found = sorted((path for path in self.files if path.match(name)), key=_by_name)
            else:
                found = [
                    path for path in self.files if path.parts[-_length(name) :] == _parts(name)
                ]
                found = sorted(found, key=lambda path: (len(path.parts), path))[:1]
            if found:
                return tuple(found)
        return ()

    def has(self, split: Split) -> bool:
        """True where every file of the split is there."""
        return all(self.find(file) for file in split.files)

    def edition(self, dataset: Dataset) -> Edition | None:
        """The edition most of whose files are there (of equals the first one), or None."""
        counts = [
            sum(bool(self.find(file)) for file in edition.files) for edition in dataset.editions
        ]
        best = max(counts)
        return dataset.editions[counts.index(best)] if best else None

    def split(self, dataset: Dataset, name: str) -> tuple[Edition, Split]:
        """The first edition whose split of that name is wholly here, and that split.

        Raises:
            EmocliError: no edition's is; the missing files are named.
        """
        offered = [edition for edition in dataset.editions if name in edition.splits]
        for edition in offered:
            if self.has(edition.splits[name]):
                return edition, edition.splits[name]
        missing = [file for file in offered[0].splits[name].files if not self.find(file)]
        raise EmocliError(
            f"{self.path}: data set '{dataset.name}' lacks {names_of(missing)}, "
            f"which its split '{name}' is read from"
        )


def names_of(files: Sequence[File]) -> str:
    """File names for a message, at most six, each with its aliases."""
    shown = [" or ".join((file.name, *file.aliases)) for file in files[:6]]
    return ", ".join(shown) + (f" and {len(files) - 6} more" if len(files) > 6 else "")


def _walk(top: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(top):
        here = Path(folder)
        if len(here.relative_to(top).parts) >= _DEPTH:
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        found += [here / name for name in files if not name.startswith("._")]
    return found


def _by_name(path: Path) -> tuple[str, Path]:
    return path.name, path


def _parts(name: str) -> tuple[str, ...]:
    return tuple(name.split("/"))


def _length(name: str) -> int:
    return len(_parts(name))
