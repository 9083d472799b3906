"""Groups of commands that list: `emocli models` is short for `emocli models list`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from emocli.cli.arguments import Group
from emocli.cli.output import stdout_is_terminal, write_json
from emocli.errors import unknown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Listing(Group):
    """A group whose command `list` is meant where none is named."""

    def named(self, args: list[str]) -> list[str]:
        """The arguments with the command that they mean; `list` before options that have none."""
        names_none = all(argument.startswith("-") for argument in args)
        return ["list", *args] if names_none and not {"-h", "--help"} & set(args) else args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments as `named` completes them."""
        # A word that is being typed may become a command's name.
        if args or not ctx.resilient_parsing:
            args = self.named(args)
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands that begin so, or the options of the one that is meant where none is named."""
        found = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("-"):
            return found
        meant = self.commands[self.named([])[0]]
        more = meant.shell_complete(click.Context(meant, ctx, resilient_parsing=True), incomplete)
        own = {item.value for item in found}
        return found + [item for item in more if item.value not in own]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name.

        Raises:
            UsageError: there is none of that name.
        """
        unheard_of = args and not args[0].startswith("-") and args[0] not in self.commands
        if unheard_of and not ctx.resilient_parsing:
            raise unknown(f"{self.name} command", args[0], self.commands)
        return super().resolve_command(ctx, args)


def json_option(command: Decorated) -> Decorated:
    """Add `--json`, the argument `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def show(value: Mapping[str, Any], draw: Callable[[], None], *, as_json: bool) -> None:
    """One thing on stdout: drawn for a person on a terminal, else as one JSON object."""
    if as_json or not stdout_is_terminal():
        write_json(dict(value), indent=1 if as_json else None)
    else:
        draw()
