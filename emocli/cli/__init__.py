"""The command line: the group of commands, and the one place that turns errors into exit statuses.

A command's module is imported only when the command is used: `emocli --help` and tab completion
read the list below.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from emocli import __version__, errors
from emocli.cli.arguments import Group
from emocli.cli.options import Preferences, shared_options
from emocli.cli.streams import drop_stdout, flush_stdout, prepare_streams
from emocli.paths import reason

COMMANDS = {
    "predict": "Recognise the emotions in texts.",
    "train": "Train a model on labelled data.",
    "evaluate": "Score a model, or any system's predictions, on labelled data.",
    "benchmark": "Compare methods on data sets, fairly.",
    "compare": "Tell whether one system is better than another, and by how much.",
    "methods": "List and describe the methods that can be trained.",
    "models": "List, show and remove trained models.",
    "data": "List, show, add and download data sets.",
    "plugins": "List the installed plugins and what is wrong with them.",
    "completion": "Print the script that completes commands.",
}
COMPLETE = "_EMOCLI_COMPLETE"  # by which a script asks; click derives it from the command's name
_INTERRUPTED = 130
_OUT_OF_MEMORY = (
    "Error: out of memory; close other programs, work on smaller pieces, or choose a smaller model."
)


class _Commands(Group):
    """The group: `emocli.cli.NAME` holds the command called NAME as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"emocli.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if not (name.startswith("-") or name in COMMANDS or ctx.resilient_parsing):
            raise errors.unknown("command", name, COMMANDS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        names = [name for name in COMMANDS if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=COMMANDS[name]) for name in names), *options]


@click.command(
    "emocli",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExample:\n  echo 'so happy today' | emocli predict",
)
@click.version_option(__version__, prog_name="emocli")
@shared_options
def emocli() -> None:
    """Recognise emotions in text."""


def run(arguments: Sequence[str]) -> int:
    """Run the command line on its arguments (without the program's name); the exit status.

    0: done, 1: the work failed, 2: the command was wrong, 130: interrupted.
    """
    prepare_streams()
    preferences = Preferences()
    try:
        status = _invoke(list(arguments), preferences)
        flush_stdout()
        return status
    except BrokenPipeError:
        drop_stdout()
        return 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    # The one place where whatever goes wrong is caught: a user gets a sentence, never a traceback.
    except (Exception, KeyboardInterrupt) as error:
        message, status = _explained(error)
        return _fail(message, status, error, preferences)


def _invoke(arguments: list[str], preferences: Preferences) -> int:
    instruction = os.environ.get(COMPLETE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(emocli, {}, "emocli", COMPLETE, instruction)
    try:
        with emocli.make_context("emocli", arguments, obj=preferences) as context:
            emocli.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return 0


def _explained(error: BaseException) -> tuple[str, int]:
    """What to tell of an error, and the exit status."""
    match error:
        # Python 3.11 wraps the interruption of a class that is being made.
        case KeyboardInterrupt() | click.Abort() | RuntimeError(__cause__=KeyboardInterrupt()):
            return "Interrupted.", _INTERRUPTED
        case errors.EmocliError():
            return f"Error: {error}", error.exit_status
        case MemoryError():
            return _OUT_OF_MEMORY, 1
        case RuntimeError() if _is_out_of_memory(error):
            return _OUT_OF_MEMORY, 1
        # Files have names; what has none is a standard stream.
        case OSError(errno=errno.ENOSPC | errno.EBADF, filename=None):
            return f"Error: stdout: cannot be written: {reason(error)}.", 1
        # Such as a path on the command line, which is only looked for.
        case OSError(errno=errno.ENAMETOOLONG | errno.EACCES, filename=str() as name):
            return f"Error: {name}: {reason(error)}.", errors.UsageError.exit_status
    return (
        f"Error: internal error ({type(error).__name__}: {error}); "
        "run again with --debug to see where.",
        1,
    )


def _is_out_of_memory(error: RuntimeError) -> bool:
    """Whether it is torch that cannot have the memory it wants."""
    from emocli.inference.devices import out_of_memory

    return out_of_memory(error)


def _fail(message: str, status: int, error: BaseException, preferences: Preferences) -> int:
    # What stdout still holds back could fail a second time when Python leaves.
    try:
        flush_stdout()
    except (OSError, errors.EmocliError):
        drop_stdout()
    with suppress(OSError):
        if preferences.debug:
            import traceback

            traceback.print_exception(error)
        click.echo(message, err=True)
    return status
