"""The entry points of the installed packages: those that `importlib.metadata` finds, but sooner.

Every list and every tab completion looks for plugins, and importing `importlib.metadata` would take
longer than all the rest of that (0.02 s). It is asked only where a package may lie elsewhere than
in a folder.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class EntryPoint:
    """A name that an installed package gives to a module, or to something in it.

    Attributes:
        value: `module` or `module:name`.
        distribution: the package as an installer calls it.
    """

    name: str
    value: str
    distribution: str = "unknown"
    version: str = ""

    def load(self) -> Any:
        """Import what is named."""
        module, _, names = self.value.partition("[")[0].strip().partition(":")
        found: Any = import_module(module.strip())
        for name in filter(None, names.strip().split(".")):
            found = getattr(found, name)
        return found


def entry_points(group: str) -> list[EntryPoint]:
    """Those of one group; of two packages of one name the first on `sys.path` counts."""
    if not _all_in_folders():
        return _from_metadata(group)
    packages: dict[str, str] = {}
    for place in sys.path:
        for name, folder in _packages(place or "."):
            packages.setdefault(name, folder)
    found = []
    for folder in packages.values():
        declared = _declared(folder, group)
        if declared:
            package, version = _described(folder)
            found += [EntryPoint(name, value, package, version) for name, value in declared]
    return found


def _from_metadata(group: str) -> list[EntryPoint]:
    from importlib import metadata

    found = []
    for entry in metadata.entry_points(group=group):
        package = (entry.dist.name, entry.dist.version) if entry.dist else ()
        found.append(EntryPoint(entry.name, entry.value, *package))
    return found


def _all_in_folders() -> bool:
    """Whether no zip archive, egg or import hook could bring a package."""
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    archives = [place for place in sys.path if place.endswith(".egg") or Path(place).is_file()]
    return finders == [PathFinder] and not archives


def _packages(place: str) -> Iterator[tuple[str, str]]:
    """Normalised name and description folder of each package installed in a folder."""
    try:
        with os.scandir(place) as items:
            found = [(item.name.lower(), item.path) for item in items]
    except OSError:
        return
    for name, folder in found:
        if name.endswith((".dist-info", ".egg-info")):
            yield re.sub(r"[-_.]+", "_", name.rpartition(".")[0].partition("-")[0]), folder


def _declared(folder: str, group: str) -> list[tuple[str, str]]:
    """Name and value of each entry point of the group in a package's `entry_points.txt`."""
    found, section = [], ""
    for line in _lines(folder, "entry_points.txt"):
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
        elif section == group and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.append((name.strip(), value.strip()))
    return found


def _described(folder: str) -> tuple[str, str]:
    """Name and version of a package, from the head of its metadata."""
    told: dict[str, str] = {}
    for line in _lines(folder, "METADATA") or _lines(folder, "PKG-INFO"):
        if not line:
            break
        key, _, value = line.partition(":")
        told.setdefault(key.lower(), value.strip())
    return told.get("name", "unknown"), told.get("version", "")


def _lines(folder: str, file: str) -> list[str]:
    """The lines of a file in a description folder, stripped; none where it cannot be read."""
    path = f"{folder}/{file}"
    try:
        # Not by pathlib: with a hundred packages it would be half of the work.
        with open(path, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
            return [line.strip() for line in stream]
    except OSError:
        return []
