"""Groups of labels, which make an easier task of a harder one: emotions to sentiment, for example.

A mapping is one of those built in, or a file: TOML, or JSON where its name ends in .json, with the
groups as keys and the labels of each as a list.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocli.data import goemotions
from emocli.data.byte_streams import open_file
from emocli.data.label_names import check_label
from emocli.data.text_files import read_text
from emocli.data.toml_lines import TomlFile
from emocli.errors import DataError, UsageError, unknown
from emocli.paths import path_of

Groups = Mapping[str, Sequence[str]]

# GoEmotions' own groups, and what other data sets of the catalogue have besides. Of the tweets of
# E-c's training data with anticipation, 62 % have a positive label too and 45 % a negative one.
_MORE_SENTIMENT: Groups = {
    "positive": ("trust",),
    "negative": ("pessimism", "shame", "guilt", "hate", "sorrow", "anxiety"),
    "ambiguous": ("anticipation", "expect"),
    "neutral": (),
}
BUILT_IN: Mapping[str, Groups] = {
    "ekman": goemotions.EKMAN,
    "sentiment": {
        group: (*labels, *_MORE_SENTIMENT[group]) for group, labels in goemotions.SENTIMENT.items()
    },
}
_ENDINGS = (".json", ".toml")
_EXAMPLE = 'positive = ["joy", "love"]'


@dataclass(frozen=True)
class LabelMapping:
    """The groups into which labels fall, each label into exactly one.

    Attributes:
        groups: the labels of each group, by its name.
    """

    groups: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the groups."""
        return tuple(self.groups)

    def of(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The groups to which `labels` belong, each once, in the mapping's order."""
        chosen = set(labels)
        return tuple(
            group for group, members in self.groups.items() if chosen.intersection(members)
        )

    def as_text(self) -> str:
        """The mapping as one line of JSON, which `find_mapping` takes too."""
        return json.dumps(self.groups, ensure_ascii=False)


def find_mapping(spec: str, labels: Sequence[str]) -> LabelMapping:
    """The mapping of `labels` that a user calls `spec`.

    Args:
        spec: the path of a file, the name of a built-in mapping, or what `as_text` gives; a file
            that exists is taken before a built-in mapping of the same name.

    Raises:
        UsageError: there is no such mapping, or a built-in one has no group for a label.
        DataError: a file breaks the layout, holds something that is none of `labels`, or has not
            exactly one group for each.
    """
    path = path_of(spec)
    if spec.startswith("{"):
        return _checked("the label mapping", _from_json("the label mapping", spec), labels)
    if path.is_file():
        if path.suffix == ".json":
            return _checked(path, _from_json(path, read_text(path)), labels)
        toml = TomlFile(path)
        return _checked(path, toml.values, labels, toml)
    if spec in BUILT_IN:
        return _built_in(spec, labels)
    if path.suffix in _ENDINGS or "/" in spec or "\\" in spec:
        open_file(path).close()  # says why it cannot be read
    raise unknown("label mapping", spec, BUILT_IN, "A TOML or JSON file is given by its path.")


def _built_in(name: str, labels: Collection[str]) -> LabelMapping:
    groups = BUILT_IN[name]
    known = [label for members in groups.values() for label in members]
    for label in labels:
        if label not in known:
            raise UsageError(
                f"the label mapping '{name}' has no group for the label '{label}', expected labels "
                f"among: {', '.join(sorted(known))}. Give the path of a TOML or JSON file instead."
            )
    kept = {
        group: tuple(member for member in members if member in labels)
        for group, members in groups.items()
    }
    return LabelMapping({group: members for group, members in kept.items() if members})


def _from_json(path: Path | str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg} (column {error.colno})"
        raise DataError(path, error.lineno, message) from error
    except (ValueError, RecursionError) as error:
        raise DataError(path, None, f"this is not JSON: {error}") from error


def _checked(
    path: Path | str, groups: Any, labels: Sequence[str], toml: TomlFile | None = None
) -> LabelMapping:
    """The mapping that a file holds, each of `labels` in exactly one group."""
    if not isinstance(groups, dict) or not groups:
        raise DataError(path, None, f"there are no groups, expected one a line: {_EXAMPLE}")
    group_of: dict[str, str] = {}
    for group, members in groups.items():
        line = toml.line((group,)) if toml is not None else None
        if not _is_list_of_names(members):
            message = f"group '{group}' is {members!r}, expected a list of labels: {_EXAMPLE}"
            raise DataError(path, line, message)
        for label in members:
            check_label(path, line, label, labels)
            if group_of.setdefault(label, group) != group:
                raise DataError(
                    path,
                    line,
                    f"label '{label}' is in the groups '{group_of[label]}' and '{group}', expected "
                    "it in exactly one.",
                )
    for label in labels:
        if label not in group_of:
            raise DataError(
                path,
                None,
                f"label '{label}' is in no group, expected it in one of: {', '.join(groups)}.",
            )
    return LabelMapping({group: tuple(members) for group, members in groups.items()})


def _is_list_of_names(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
