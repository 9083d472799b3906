"""What every command refuses of its arguments before anything else is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from emocli.errors import UsageError


class Group(click.Group):
    """A group that looks at the arguments of the command it is about to run."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name.

        Raises:
            UsageError: an option of one value is given again, or a path is empty.
        """
        name, command, rest = super().resolve_command(ctx, args)
        if not (command is None or isinstance(command, click.Group) or ctx.resilient_parsing):
            _check(command, click.Context(command, ctx, name), rest)
        return name, command, rest


def _check(command: click.Command, context: click.Context, arguments: Sequence[str]) -> None:
    # click lets the last one win, and tells nobody that there were others.
    values, _, given = command.make_parser(context).parse_args(list(arguments))
    for parameter, times in Counter(given).items():
        if times > 1 and _takes_one(parameter):
            raise UsageError(
                f"{_shown(parameter)} is given {times} times and takes one value; "
                "leave out all but one."
            )
        if isinstance(parameter.type, click.Path) and _has_empty(values.get(parameter.name)):
            raise UsageError(f"{_shown(parameter)} is '', expected a path.")


def _takes_one(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not (
        parameter.multiple or parameter.is_flag or parameter.count
    )


def _has_empty(value: Any) -> bool:
    return value == "" or (isinstance(value, list | tuple) and "" in value)


def _shown(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.human_readable_name
