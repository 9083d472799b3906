"""A TOML file that says what to train: options of `emocli train`, and of its method, as keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from emocli.cli.options import Decorated, FilePath
from emocli.data.toml_lines import TomlFile
from emocli.errors import UsageError, nearest, unknown
from emocli.methods import Method

_OF_ONE_RUN = frozenset(
    ("config", "option", "resume", "replace", "json", "quiet", "no_progress", "debug", "help")
)
"""Options that say how one command runs, or where others stand; they are no keys."""

_WORDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple: "text or a list of texts",
}


@dataclass(frozen=True)
class RecipeFile:
    """What a file says besides the command's options, which are known already.

    Attributes:
        keys: those that are options of the command, whether they are in the file or not.
    """

    toml: TomlFile
    keys: frozenset[str]

    def options_of(self, method: Method) -> dict[str, Any]:
        """The method's options; a fault among them is told with its line.

        Raises:
            UsageError: a key is unknown, or a value does not fit.
        """
        options = self._others()
        known = [name for name, *_ in method.config_class().described()]
        for name in options:
            if name not in known:
                raise self._unknown(name, known)
        try:
            method.config_class().from_options(options)
        except UsageError as error:
            faulty = [name for name in options if str(error).startswith(f"option '{name}' ")]
            raise UsageError(f"{self.toml.at(tuple(faulty))}: {error}") from error
        return options

    def refuse_mistyped(self, key: str) -> None:
        """Raise UsageError where a key, which is missing, is there but for a slip of the pen."""
        for name in self._others():
            if nearest(name, [key]):
                raise self._unknown(name)

    def _others(self) -> dict[str, Any]:
        return {key: value for key, value in self.toml.values.items() if key not in self.keys}

    def _unknown(self, name: str, more: Sequence[str] = ()) -> UsageError:
        return UsageError(f"{self.toml.at((name,))}: {unknown('key', name, [*self.keys, *more])}")


def config_option(command: Decorated) -> Decorated:
    """Add `--config`, the argument `config`: a `RecipeFile`, or None."""
    return click.option(
        "--config",
        type=FilePath(),
        is_eager=True,
        callback=_read,
        help="TOML file that says what to train.",
    )(command)


def _read(
    context: click.Context, parameter: click.Parameter, path: Path | None
) -> RecipeFile | None:
    """Let a file stand in for what the command line does not say, as click's defaults."""
    if path is None or context.resilient_parsing:
        return None
    toml = TomlFile(path)
    options = _options(context)
    context.default_map = {
        option.name: _value(toml, key, option, context)
        for key, option in options.items()
        if key in toml.values and option.name
    }
    return RecipeFile(toml, frozenset(options))


def _options(context: click.Context) -> Mapping[str, click.Option]:
    """The command's options that may be keys."""
    options = [one for one in context.command.get_params(context) if isinstance(one, click.Option)]
    named = {max(one.opts, key=len).lstrip("-").replace("-", "_"): one for one in options}
    return {key: option for key, option in named.items() if key not in _OF_ONE_RUN}


def _value(toml: TomlFile, key: str, option: click.Option, context: click.Context) -> Any:
    value, kind = toml.values[key], _kind(option)
    if kind is tuple and isinstance(value, str):
        value = [value]
    if not _fits(value, kind):
        raise UsageError(f"{toml.at((key,))}: '{key}' is {value!r}, expected {_WORDS[kind]}.")
    try:
        return option.type_cast_value(context, value)
    except click.BadParameter as error:
        raise UsageError(f"{toml.at((key,))}: '{key}': {error.message}") from error


def _kind(option: click.Option) -> type:
    if option.multiple:
        return tuple
    if option.is_flag:
        return bool
    kinds = {click.IntRange: int, click.FloatRange: float}
    return next((kind for of, kind in kinds.items() if isinstance(option.type, of)), str)


def _fits(value: Any, kind: type) -> bool:
    if kind is tuple:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return type(value) is kind or (kind is float and type(value) is int)
