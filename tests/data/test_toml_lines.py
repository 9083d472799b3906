"""The lines of keys, against a slow and obvious oracle."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emocli.benchmark.suite import packaged
from emocli.data.toml_lines import Place, TomlFile
from emocli.errors import DataError

EVERYTHING = '''# a comment: key = 1
title = "one # no comment"

data = [
  "first",   # a comment
  "second [[rows]]",
]
notes = """
[rows]
a = 1
"""
literal = \'\'\'
b = """
\'\'\'
inline = { a = 1, b = { c = [1, 2] } }
dotted.d.e = 1
"quoted key" = 1
[ table ]
x = 1
[table . inner]
x = 1

[[rows]]
method = "one"
options = { a = 1 }
[rows.published]
jaccard = 0.5
[[rows]]
method = "two"
[[rows.parts]]
x = 1
[[rows.parts]]
x = 2
'''


def places_in(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every place in a value."""
    if isinstance(value, dict):
        inner: list[tuple[str | int, Any]] = list(value.items())
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    for key, part in inner:
        yield (*above, key)
        yield from places_in(part, (*above, key))


def line_of(place: Place, text: str) -> int:
    """The line after the longest sound beginning of the text in which there is no such place."""
    lines = text.split("\n")
    sound = 0
    for end in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if place in set(places_in(values)):
            return sound + 1
        sound = end
    raise AssertionError(f"{place} is nowhere")


def written(folder: Path, text: str) -> Path:
    path = folder / "some.toml"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("name", ["everything", "windows", *packaged()])
def test_every_place_has_the_line_that_brings_it(tmp_path: Path, name: str) -> None:
    texts = {"everything": EVERYTHING, "windows": EVERYTHING.replace("\n", "\r\n")}
    text = texts.get(name) or packaged()[name].read_text(encoding="utf-8")
    file = TomlFile(written(tmp_path, text))
    plain = text.replace("\r\n", "\n")
    assert file.values == tomllib.loads(plain)
    places = list(places_in(file.values))
    assert {place: file.line(place) for place in places} == {
        place: line_of(place, plain) for place in places
    }


def test_lines_are_counted_from_1(tmp_path: Path) -> None:
    file = TomlFile(written(tmp_path, EVERYTHING))
    assert file.line(("title",)) == 2
    assert file.line(("rows", 0)) == 23
    assert file.line(("rows", 0, "options", "a")) == 25
    assert file.line(("rows", 1, "parts", 1, "x")) == 33


def test_a_word_finds_its_line_in_a_value_over_several(tmp_path: Path) -> None:
    file = TomlFile(written(tmp_path, EVERYTHING))
    assert file.line(("data", 1)) == 4
    assert file.line(("data", 1), "second") == 6
    assert file.line(("data", 1), "third") == 4


def test_a_place_that_is_not_there_has_the_line_of_what_is_around_it(tmp_path: Path) -> None:
    file = TomlFile(written(tmp_path, EVERYTHING))
    assert file.line(("rows", 1, "name")) == 28
    assert file.line(("seeds",)) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "a = 1\nb\n",
            "2: this is not TOML: Expected '=' after a key in a key/value pair (column 2)",
        ),
        ("a = 1\na = 2\n", "2: this is not TOML: Cannot overwrite a value (column 6)"),
        ("a = 1\nb = [\n", "2: this is not TOML: Invalid value"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataError) as caught:
        TomlFile(path)
    assert str(caught.value) == f"{path}:{told}"
