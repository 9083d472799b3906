"""What a training is asked to be: the command line, and a TOML file that fills it up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocli.data.text_files import read_toml
from emocli.errors import UsageError, unknown
from emocli.methods import Config, Method
from emocli.plugins import registry

_ENDING = re.compile(r"\.(txt|csv|tsv|jsonl|ndjson|parquet)(\.gz)?$", re.IGNORECASE)
_UNFIT = re.compile(r"[^\w.-]+")  # in the name of a folder that is typed on a command line
_WORDS = {str: "text", int: "a whole number", float: "a number", tuple: "text or a list of texts"}


@dataclass(frozen=True)
class Recipe:
    """A training, named but not yet begun.

    Attributes:
        train, dev: as `read_labelled` takes them; no `dev`: the one that belongs to `train`.
        roles: the same for each other role of the method that data was given for.
        name: of the model to be.
        text_column, label_column: of files, where they cannot be told.
        base: names or folders of the models that the method builds upon.
        teacher: names or folders of models to learn from besides.
        unlabelled: files and data sets whose texts only the teachers label.
        gold_weight: weight in [0, 1] of gold labels beside the teachers'.
    """

    method: Method
    config: Config
    train: str
    name: str
    dev: str | None = None
    roles: Mapping[str, tuple[str, ...]] | None = None
    seed: int = 0
    text_column: str | None = None
    label_column: str | None = None
    base: tuple[str, ...] = ()
    teacher: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    gold_weight: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what could only fail after the data have been read.

        Raises:
            UsageError: a weight outside [0, 1], or texts that no teacher labels.
        """
        if not 0 <= self.gold_weight <= 1:
            raise UsageError(f"the gold weight is {self.gold_weight:g}, expected 0 to 1.")
        if self.unlabelled and not self.teacher:
            raise UsageError("--unlabelled texts need a --teacher that labels them.")
        if self.config.metric != "auto":
            from emocli.evaluation.metrics import find_metric

            find_metric(self.config.metric)


# What a TOML file may hold besides the roles and the method's options.
_KEYS: dict[str, type] = {
    "method": str,
    "train": str,
    "dev": str,
    "name": str,
    "seed": int,
    "text_column": str,
    "label_column": str,
    "base": tuple,
    "teacher": tuple,
    "unlabelled": tuple,
    "gold_weight": float,
}


def known_roles() -> dict[str, list[str]]:
    """Every role that an installed method has, with the methods' names."""
    roles: dict[str, list[str]] = {}
    for method in registry().methods.values():
        for role in method.roles:
            roles.setdefault(role, []).append(method.name)
    return roles


def make_recipe(given: Mapping[str, Any], options: Sequence[str], file: Path | None) -> Recipe:
    """The recipe of a command line and a TOML file; the command line wins.

    Args:
        given: what the command line says, by key; None or () where it says nothing.
        options: the method's options as `name=value`.
        file: TOML: the method's options, and the keys of `given`, all at top level.

    Raises:
        UsageError: a key or option is unknown or of the wrong kind, or one is missing.
        DataError: the file is not TOML.
    """
    written = read_toml(file) if file is not None else {}
    kinds = {**_KEYS, **dict.fromkeys(known_roles(), tuple)}
    told = {k: _typed(file, k, v, kinds[k]) for k, v in written.items() if k in kinds}
    told |= {key: value for key, value in given.items() if value not in (None, ())}
    for key in ("method", "train"):
        if not told.get(key):
            raise UsageError(_missing(key))
    method = registry().method(told["method"])
    extra = {key: value for key, value in written.items() if key not in kinds}
    _check_options(method, extra, kinds, file)
    config = method.config_class().from_options(extra | parse_options(options))
    told.setdefault("name", default_name(method.name, told["train"]))
    roles = {role: told.pop(role) for role in known_roles() if role in told}
    return Recipe(**{**told, "method": method, "config": config, "roles": roles})


def default_name(method: str, train: str) -> str:
    """The name of a model that was given none: `datn2-goemotions`, `bilstm-my-tweets`."""
    stem = _ENDING.sub("", re.split(r"[/\\]", train)[-1])
    plain = _UNFIT.sub("-", stem.partition(":")[0]).strip("-.")
    return f"{method}-{plain}" if plain else method


def _typed(path: Path | None, key: str, value: Any, kind: type) -> Any:
    if kind is tuple:
        several = value if isinstance(value, list) else [value]
        if all(isinstance(one, str) for one in several):
            return tuple(several)
    elif kind is float and type(value) in (int, float):
        return float(value)
    elif type(value) is kind:
        return value
    raise UsageError(f"{path}: '{key}' is {value!r}, expected {_WORDS[kind]}.")


def _check_options(
    method: Method, options: Mapping[str, Any], keys: Mapping[str, type], path: Path | None
) -> None:
    """Say of a fault in the file that it is there."""
    known = [name for name, *_ in method.config_class().described()]
    for name in options:
        if name not in known:
            raise UsageError(f"{path}: {unknown('key', name, [*keys, *known])}")
    try:
        method.config_class().from_options(options)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def parse_options(options: Sequence[str]) -> dict[str, str]:
    """The names and values of options typed as `name=value`.

    Raises:
        UsageError: one has no value.
    """
    parsed = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"option '{option}' has no value: write -o NAME=VALUE.")
        parsed[name.strip().replace("-", "_")] = value.strip()
    return parsed


def _missing(key: str) -> str:
    if key == "train":
        return "what to learn from is missing: add --train with a file or the name of a data set."
    known = ", ".join(sorted(registry().methods))
    return f"the method is missing: add --method with one of: {known}."
