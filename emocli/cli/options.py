"""What several commands share: options, their completion, and how help shows an example."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from emocli.cli.completing import complete_devices
from emocli.errors import UsageError
from emocli.paths import path_of

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
LARGEST_SEED = 2**32 - 1  # numpy takes no larger one
MOST_SEEDS = 1000


class NumberRange(click.FloatRange):
    """A number in a range; `nan` and `inf`, which no comparison keeps out, are in none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number that was typed."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{number} is not a finite number.", param, ctx)
        return number


class FilePath(click.Path):
    """The path of a file or a folder; a `~` in front is a home folder, also after `--output=`."""

    def __init__(self, **checks: bool) -> None:
        """`checks` as those of `click.Path`."""
        super().__init__(path_type=Path, **checks)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path that was typed."""
        return super().convert(path_of(value), param, ctx)


@dataclass
class Preferences:
    """What the user asked of every command; the context's object."""

    quiet: bool = False
    no_progress: bool = False
    debug: bool = False


def preferences() -> Preferences:
    """Those of the command under way."""
    return click.get_current_context().ensure_object(Preferences)


def shared_options(command: Decorated) -> Decorated:
    """Add `--quiet`, `--no-progress` and `--debug`, which stand before or after a command."""
    for names, line in (
        (("--debug",), "Show where an error came from."),
        (("--no-progress",), "Draw no progress bar."),
        (("-q", "--quiet"), "Say nothing but warnings and errors."),
    ):
        command = click.option(
            *names, is_flag=True, expose_value=False, callback=_remember, help=line
        )(command)
    return command


def device_options(command: Decorated) -> Decorated:
    """Add `--device` and `--precision`, the arguments `device` and `precision`."""
    return device_option(_precision_option()(command))


def answering_options(command: Decorated) -> Decorated:
    """As `device_options`, for commands that only answer: on several devices too, and in int8."""
    several = _device_option("Where the model runs; several GPUs with commas: cuda:0,cuda:1.")
    return several(_precision_option("int8")(command))


def device_option(command: Decorated) -> Decorated:
    """Add `--device`, the argument `device`."""
    return _device_option("Where the model runs.")(command)


def _device_option(told: str) -> Callable[[Decorated], Decorated]:
    return click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="auto|cpu|cuda|cuda:N|mps",
        shell_complete=complete_devices,
        help=told,
    )


def _precision_option(*more: str) -> Callable[[Decorated], Decorated]:
    return click.option(
        "--precision",
        type=click.Choice(["auto", "fp32", "bf16", "fp16", *more]),
        default="auto",
        show_default=True,
        help="Precision of the computation.",
    )


def listed(values: Iterable[str]) -> list[str]:
    """The names in options that take several, with commas between them."""
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def refuse_empty(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """The callback of an option that takes names or numbers: they must not be none at all.

    Raises:
        UsageError: it was typed, and holds nothing.
    """
    values = value if isinstance(value, tuple) else (value or "",)
    typed = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    if typed and not listed(values) and not context.resilient_parsing:
        raise UsageError(f"{max(parameter.opts, key=len)} is empty; leave it out.")
    return value


def whole_numbers(option: str, values: Iterable[str], such: str = "") -> list[int]:
    """The numbers in options that take several, with commas between them.

    Args:
        option: the name that an error begins with.
        such: some of them, for the error to show.

    Raises:
        UsageError: one is no whole number from 1 on.
    """
    texts = listed(values)
    for text in texts:
        if not text.isdecimal() or int(text) < 1:
            shown = f": {such}" if such else ""
            raise UsageError(f"{option} '{text}', expected whole numbers from 1 on{shown}.")
    return [int(text) for text in texts]


def column_options(command: Decorated) -> Decorated:
    """Add `--text-column` and `--label-column`, the arguments `text_column` and `label_column`."""
    command = click.option(
        "--label-column", metavar="NAME", help="Column of the labels, in a file."
    )(command)
    return click.option("--text-column", metavar="NAME", help="Column of the texts, in a file.")(
        command
    )


def long_option(*policies: str) -> Callable[[Decorated], Decorated]:
    """Add `--long`, the argument `long`, with these of the policies for texts that are too long."""
    deeds = {
        "truncate": "truncate reads their beginning",
        "split": "split averages windows of them",
        "error": "error stops",
    }
    return click.option(
        "--long",
        type=click.Choice(policies),
        default=policies[0],
        show_default=True,
        help=f"Texts longer than the model reads: {', '.join(deeds[one] for one in policies)}.",
    )


def examples(*lines: str) -> str:
    """The end of a command's help: each line a command as a user types it."""
    title = "Example:" if len(lines) == 1 else "Examples:"
    return "\n".join(["\b", title, *(f"  {line}" for line in lines)])


def _remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and parameter.name:
        setattr(context.ensure_object(Preferences), parameter.name, True)
