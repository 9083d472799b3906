"""What a training is asked to be: the command line, and a TOML file that fills it up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emocli.cli.recipe_file import RecipeFile
from emocli.data.record import ENDINGS
from emocli.errors import UsageError
from emocli.methods import Config, Method
from emocli.plugins import registry

_ENDING = re.compile(rf"({'|'.join(map(re.escape, (*ENDINGS, '.txt')))})(\.gz)?$", re.IGNORECASE)
_UNFIT = re.compile(r"[^\w.-]+")  # in the name of a folder that is typed on a command line


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
            UsageError: the method learns from no teacher, texts that no teacher labels, or there
                is no such metric.
        """
        if (self.teacher or self.unlabelled) and self.method.wrong_bases(0):
            raise UsageError(
                f"method '{self.method.name}' builds upon trained models, which have learnt "
                "already: leave out --teacher and --unlabelled, or train one of those with them."
            )
        if self.unlabelled and not self.teacher:
            raise UsageError("--unlabelled texts need a --teacher that labels them.")
        if self.config.metric != "auto":
            from emocli.evaluation.metrics import find_metric

            find_metric(self.config.metric)


def known_roles() -> dict[str, list[str]]:
    """Every role that an installed method has, with the methods' names."""
    roles: dict[str, list[str]] = {}
    for method in registry().methods.values():
        for role in method.roles:
            roles.setdefault(role, []).append(method.name)
    return roles


def make_recipe(
    given: Mapping[str, Any], options: Sequence[str], file: RecipeFile | None = None
) -> Recipe:
    """The recipe of a command line and a TOML file; the command line wins.

    Args:
        given: what the options of the command say, by name; None or () where they say nothing.
        options: the method's options as `name=value`.
        file: more of these.

    Raises:
        UsageError: an option or key is unknown or of the wrong kind, one is missing, or has no
            effect.
    """
    told = {key: value for key, value in given.items() if value not in (None, ())}
    for key in ("method", "train"):
        if not told.get(key):
            if file is not None:
                file.refuse_mistyped(key)
            raise UsageError(_missing(key))
    method = registry().method(told["method"])
    extra = file.options_of(method) if file is not None else {}
    asked = extra | parse_options(options)
    config = method.config_class().from_options(asked)
    if "threshold" in asked and config.thresholds != "fixed":
        raise UsageError(
            f"option 'threshold' is the one of thresholds=fixed, and thresholds is "
            f"{config.thresholds}: add -o thresholds=fixed, or leave threshold out."
        )
    told.setdefault("name", default_name(method.name, told["train"]))
    roles = {role: told.pop(role) for role in known_roles() if role in told}
    recipe = Recipe(**{**told, "method": method, "config": config, "roles": roles})
    if "gold_weight" in told and not recipe.teacher:
        raise UsageError(
            "--gold-weight weighs the gold labels against a teacher's: add --teacher, or leave "
            "it out."
        )
    return recipe


def default_name(method: str, train: str) -> str:
    """The name of a model that was given none: `datn2-goemotions`, `bilstm-my-tweets`."""
    stem = _ENDING.sub("", re.split(r"[/\\]", train)[-1])
    plain = _UNFIT.sub("-", stem.partition(":")[0]).strip("-.")
    return f"{method}-{plain}" if plain else method


def parse_options(options: Sequence[str]) -> dict[str, str]:
    """The names and values of options typed as `name=value`.

    Raises:
        UsageError: one has no value, or is given twice.
    """
    parsed: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"option '{option}' has no value: write -o NAME=VALUE.")
        name = name.strip().replace("-", "_")
        if name in parsed:
            raise UsageError(
                f"option '{name}' is given twice, as '{parsed[name]}' and '{value.strip()}'; "
                "leave out one."
            )
        parsed[name] = value.strip()
    return parsed


def _missing(key: str) -> str:
    if key == "train":
        return "what to learn from is missing: add --train with a file or the name of a data set."
    known = ", ".join(sorted(registry().methods))
    return f"the method is missing: add --method with one of: {known}."
