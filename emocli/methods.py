"""What a plugin declares: a method, its options, and models that come with it. Free of torch."""

from __future__ import annotations

import importlib
import math
import sys
import types
from collections.abc import Mapping
from contextlib import AbstractContextManager, redirect_stdout
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    Self,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from emocli.errors import EmocliError, UsageError, unknown

if TYPE_CHECKING:
    from emocli.modelling.model import Model


_LARGEST = 2**31 - 1  # among whole numbers; torch counts no further everywhere


def quiet_stdout() -> AbstractContextManager[Any]:
    """A context in which what a plugin prints goes to stderr: stdout is for the commands' data."""
    return redirect_stdout(sys.stderr)


def option(
    default: Any, help: str, *, least: float | None = None, most: float | None = None
) -> Any:
    """A field of a `Config`, with the line that `emocli methods show` prints for it.

    Args:
        least: smallest number allowed; None: any.
        most: largest number allowed, beside a `least`; None: any.
    """
    return field(default=default, metadata={"help": help, "least": least, "most": most})


@dataclass(frozen=True)
class Config:
    """The options of a method; a method adds its own fields. Every field has a default.

    Attributes:
        presets: sets of defaults by name, for methods with an option `preset`.
        quick_in_bf16: whether it is trained, and answers, in bf16 on a processor that has the
            instructions, where no precision is asked for.
    """

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    quick_in_bf16: ClassVar[bool] = False

    epochs: int = option(20, "most passes over the training data", least=1)
    batch_size: int = option(32, "texts a batch", least=1)
    accumulate: int = option(1, "batches a training step, which learns from them as one", least=1)
    learning_rate: float = option(1e-3, "first learning rate of Adam", least=0)
    schedule: Literal["constant", "linear"] = option(
        "constant", "learning rate over the training: constant, or falling linearly to 0"
    )
    warmup: float = option(
        0.0, "share of the training in which the learning rate rises from 0", least=0, most=1
    )
    weight_decay: float = option(0.0, "decoupled weight decay (AdamW)", least=0)
    patience: int = option(
        5, "stop after this many epochs without a better dev score; 0: never", least=0
    )
    clip_norm: float = option(5.0, "largest norm of the gradient; 0: not clipped", least=0)
    metric: str = option("auto", "dev metric that chooses the epoch; auto: jaccard, or accuracy")
    thresholds: Literal["global", "per-label", "fixed"] = option(
        "global", "fit one threshold on dev; or one a label, shrunk towards it; or a fixed one"
    )
    threshold: float = option(0.5, "the threshold of every label, if fixed", least=0, most=1)

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """A configuration from names and values, as text (`-o`) or already typed (TOML, JSON).

        A `preset` among them gives other defaults; what is said besides wins over it.

        Raises:
            UsageError: an option that the method does not have, or a value of the wrong kind or
                out of its bounds.
        """
        known = {f.name: hint for f, hint in cls._fields()}
        for name in options:
            if name not in known:
                raise unknown("option", name, known)
        preset = str(options.get("preset"))
        if preset in cls.presets:
            options = {**cls.presets[preset], **options}
        typed = {name: _typed(name, value, known[name]) for name, value in options.items()}
        for f in fields(cls):
            if f.name in typed:
                _check_bounds(f, typed[f.name])
        return cls(**typed)

    @classmethod
    def described(cls) -> list[tuple[str, str, Any, str]]:
        """Name, kind, default and help line of every option."""
        return [(f.name, _kind(hint), f.default, _help(f)) for f, hint in cls._fields()]

    @classmethod
    def _fields(cls) -> list[tuple[Field[Any], Any]]:
        hints = get_type_hints(cls)
        return [(f, hints[f.name]) for f in fields(cls)]


_N_BASES = {
    "none": (0, 0, "builds upon no other model"),
    "optional": (0, 1, "begins with one trained model at most"),
    "one": (1, 1, "builds upon one trained model"),
    "several": (2, math.inf, "builds upon several trained models"),
}


# What `train` calls other things.
# fmt: off
NO_ROLES = (
    "base", "config", "debug", "dev", "device", "half", "json", "long", "method", "name",
    "option", "precision", "quiet", "replace", "resume", "seed", "seeds", "target", "teacher",
    "train", "unlabelled",
)
# fmt: on


@dataclass(frozen=True)
class Method:
    """One way to recognise emotions.

    Attributes:
        name: what a user types.
        summary: one line.
        source: the paper whose equations the code cites.
        config: the class of its options, or `package.module:Class`, imported on use.
        model: `package.module:Class`, imported on use.
        roles: what data it wants besides the target task, such as `source`.
        bases: how many trained models it builds upon; its model is then a `Composite`. With
            `optional` it may take over what one has learnt, and is a model of its own.
    """

    name: str
    summary: str
    source: str
    config: type[Config] | str
    model: str
    roles: tuple[str, ...] = ()
    bases: Literal["none", "optional", "one", "several"] = "none"

    def __post_init__(self) -> None:
        """Raise ValueError where every command that lists methods would fail."""
        if self.bases not in _N_BASES:
            known = ", ".join(_N_BASES)
            raise ValueError(f"bases of '{self.name}' is {self.bases!r}, expected one of {known}")
        if not isinstance(self.roles, tuple) or not all(map(_may_be_role, self.roles)):
            raise ValueError(
                f"roles of '{self.name}' is {self.roles!r}, expected a tuple of identifiers, none "
                f"of them among {', '.join(sorted(NO_ROLES))}"
            )

    def wrong_bases(self, n_bases: int) -> str | None:
        """What is wrong with so many trained models to build upon, in words; None: nothing."""
        fewest, most, wanted = _N_BASES[self.bases]
        return None if fewest <= n_bases <= most else f"method '{self.name}' {wanted}"

    def config_class(self) -> type[Config]:
        """The class of its options.

        Raises:
            EmocliError: the plugin's module cannot be imported, or does not hold it.
        """
        if isinstance(self.config, str):
            return cast("type[Config]", self._imported(self.config))
        return self.config

    def model_class(self) -> type[Model]:
        """Import the class that trains and predicts.

        Raises:
            EmocliError: the plugin's module cannot be imported, or does not hold it.
        """
        return cast("type[Model]", self._imported(self.model))

    def _imported(self, place: str) -> Any:
        module, _, name = place.partition(":")
        if not name:
            raise EmocliError(f"method '{self.name}': '{place}', expected package.module:Class.")
        try:
            with quiet_stdout():
                return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise EmocliError(
                f"method '{self.name}' cannot be loaded from {place}: {error}; "
                "reinstall the package that brings it."
            ) from error


@dataclass(frozen=True)
class BundledModel:
    """A trained model that comes inside a package: its name and its model folder."""

    name: str
    folder: Path

    def __post_init__(self) -> None:
        """Raise TypeError where the folder is no Path."""
        if not isinstance(self.folder, Path):
            raise TypeError(f"folder of '{self.name}' is {self.folder!r}, expected a Path")


def _may_be_role(name: Any) -> bool:
    return isinstance(name, str) and name.isidentifier() and name not in NO_ROLES


def _help(f: Field[Any]) -> str:
    return str(f.metadata.get("help", ""))


def _check_bounds(f: Field[Any], value: Any) -> None:
    """Raise UsageError where a number is out of its option's bounds, or too large to count with."""
    if not isinstance(value, int | float):
        return
    least, most = f.metadata.get("least"), f.metadata.get("most")
    lowest = -math.inf if least is None else least
    highest: float = _LARGEST if isinstance(value, int) else math.inf
    if most is not None:
        highest = most
    finite = isinstance(value, int) or math.isfinite(value)
    if finite and lowest <= value <= highest:
        return
    expected = f"{lowest} to {highest}" if finite else "a finite number"
    if most is None and value < lowest:
        expected = f"{least} or more"
    raise UsageError(f"option '{f.name}' is '{value}', expected {expected}")


def _kind(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return "|".join(str(choice) for choice in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return "|".join(_kind(part) for part in get_args(hint) if part is not type(None))
    return str(getattr(hint, "__name__", hint))


def _typed(name: str, value: Any, hint: Any) -> Any:
    """`value` as the field's type; text is read, other kinds must already fit."""
    if get_origin(hint) in (Union, types.UnionType):
        if value is None or value == "none":
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is Literal:
        choices = {str(choice): choice for choice in get_args(hint)}
        if str(value) in choices:
            return choices[str(value)]
        raise UsageError(f"option '{name}' is '{value}', expected one of: {', '.join(choices)}")
    try:
        return _convert(value, hint)
    except (ValueError, TypeError, OverflowError) as error:
        raise UsageError(f"option '{name}' is '{value}', expected {_WORDS[hint]}") from error


_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def _convert(value: Any, hint: Any) -> Any:
    if hint is bool:
        known = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
        if str(value).lower() not in known:
            raise ValueError(value)
        return known[str(value).lower()]
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    if not plain or (hint is int and isinstance(value, float)):
        raise ValueError(value)
    return hint(value)
