"""Entry points: those that `importlib.metadata` finds, without importing it."""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from emocli import entry_points as finding
from emocli.entry_points import EntryPoint, entry_points

Place = Callable[..., Path]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    """Put a package's description in a new folder in front of `sys.path`.

    Called with the description's name, its entry points, and the text of its metadata.
    """

    def put(
        name: str, text: str, metadata: str = "Name: A-Package\nVersion: 1.0\n\nVersion: 2.0\n"
    ) -> Path:
        number = len(list(tmp_path.iterdir()))
        folder = tmp_path / f"{number}" / name
        folder.mkdir(parents=True)
        (folder / "entry_points.txt").write_text(text, encoding="utf-8")
        file = "METADATA" if name.endswith(".dist-info") else "PKG-INFO"
        (folder / file).write_text(metadata, encoding="utf-8")
        monkeypatch.syspath_prepend(folder.parent)
        return folder

    return put


def oracle(group: str) -> list[EntryPoint]:
    """What `importlib.metadata` finds."""
    found = importlib.metadata.entry_points(group=group)
    return sorted_by_name(
        [EntryPoint(one.name, one.value, one.dist.name, one.dist.version) for one in found]
    )


def sorted_by_name(found: list[EntryPoint]) -> list[EntryPoint]:
    return sorted(found, key=lambda entry: (entry.name, entry.value))


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid the way through `importlib.metadata`."""
    monkeypatch.delattr(finding, "_from_metadata")


@pytest.mark.parametrize("group", ["emocli", "console_scripts", "pytest11", "nobody's"])
def test_the_installed_packages_are_those_of_importlib(group: str, fast: None) -> None:
    assert sorted_by_name(entry_points(group)) == oracle(group)


@pytest.mark.parametrize("folder", ["a_package-1.0.dist-info", "A.Package.egg-info"])
def test_a_packages_entry_points_are_read_as_importlib_reads_them(
    folder: str, place: Place, fast: None
) -> None:
    text = (
        "[other]\nnot = this\n\n; no comment = here\n"
        "[toy]\n# a comment = x\none=package.one\n  two = package : Thing [extra]\n\n"
        "[last]\nx = y\n"
    )
    place(folder, text)
    assert entry_points("toy") == [
        EntryPoint("one", "package.one", "A-Package", "1.0"),
        EntryPoint("two", "package : Thing [extra]", "A-Package", "1.0"),
    ]
    assert entry_points("toy") == oracle("toy")


def test_of_two_packages_of_one_name_the_first_counts(place: Place, fast: None) -> None:
    place("a_package-1.0.dist-info", "[toy]\nold = package\n")
    place("A.Package-2.0.dist-info", "[toy]\nnew = package\n")
    assert [entry.name for entry in entry_points("toy")] == ["new"]
    assert entry_points("toy") == oracle("toy")


def test_what_cannot_be_read_is_passed_over(place: Place, fast: None) -> None:
    """A damaged description of any package must not break the command line."""
    folder = place("damaged-1.0.dist-info", "")
    (folder / "entry_points.txt").write_bytes(b"[toy]\n\xff = package\n")
    (folder / "METADATA").unlink()
    (folder.parent / "a_file.dist-info").touch()
    sys.path.insert(0, str(folder / "nowhere"))
    assert entry_points("toy") == [EntryPoint("\ufffd", "package", "unknown", "")]


def test_a_package_in_an_archive_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "packages.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zipped-1.0.dist-info/METADATA", "Name: zipped\nVersion: 1.0\n")
        archive.writestr("zipped-1.0.dist-info/entry_points.txt", "[toy]\none = package\n")
    monkeypatch.syspath_prepend(path)
    assert entry_points("toy") == [EntryPoint("one", "package", "zipped", "1.0")]


def test_a_package_that_an_import_hook_brings_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hooked(importlib.metadata.Distribution):
        def read_text(self, filename: str) -> str | None:
            texts = {
                "METADATA": "Name: hooked\nVersion: 1.0\n",
                "entry_points.txt": "[toy]\none = package\n",
            }
            return texts.get(filename)

        def locate_file(self, path: object) -> Path:
            return Path(str(path))

    hook = SimpleNamespace(
        find_distributions=lambda context: [Hooked()], find_spec=lambda *arguments: None
    )
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, hook])
    assert entry_points("toy") == [EntryPoint("one", "package", "hooked", "1.0")]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("fractions", "fractions"),
        ("fractions:Fraction", "Fraction"),
        ("fractions : Fraction.limit_denominator [extra]", "limit_denominator"),
    ],
)
def test_an_entry_point_loads_what_it_names(value: str, found: str) -> None:
    assert EntryPoint("one", value).load().__name__ == found
