"""`emocli completion`: the script that completes commands in a shell."""

from __future__ import annotations

import click

from emocli.cli.options import examples, shared_options

SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    epilog=examples(
        "emocli completion bash > ~/.local/share/bash-completion/completions/emocli",
        "emocli completion zsh > ~/.zfunc/_emocli",
        "emocli completion fish > ~/.config/fish/completions/emocli.fish",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@shared_options
def command(shell: str) -> None:
    """Print the script that completes commands, options, models and methods in a shell.

    Bash reads it from the folder below with bash-completion installed; zsh needs ~/.zfunc in
    fpath, before compinit.
    """
    click.echo(script(shell), nl=False)


def script(shell: str) -> str:
    """The script for one of `SHELLS`, with one newline at its end."""
    from click.shell_completion import ShellComplete, get_completion_class

    from emocli.cli import COMPLETE, emocli

    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"click completes nothing in {shell}")
    # Bash's own `source` would look for a bash on this machine, which need not have one.
    return ShellComplete.source(kind(emocli, {}, "emocli", COMPLETE)).strip() + "\n"
