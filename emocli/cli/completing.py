"""What the shell is offered where a name is being typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def begun(names: Mapping[str, str | None], incomplete: str) -> list[CompletionItem]:
    """The names that begin so, each with a line of help, in their order."""
    from click.shell_completion import CompletionItem

    return [
        CompletionItem(name, help=line)
        for name, line in names.items()
        if name.startswith(incomplete)
    ]


def or_path(
    items: list[CompletionItem], incomplete: str, kind: Literal["file", "dir"] = "file"
) -> list[CompletionItem]:
    """The names that begin so; where there are none, the shell's own files or folders.

    Not both: bash forgets the names when it is told to look for files.
    """
    from click.shell_completion import CompletionItem

    return items or [CompletionItem(incomplete, type=kind)]


def complete_models(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of trained models, or folders."""
    from emocli.models import available

    return or_path(begun(dict.fromkeys(sorted(available())), incomplete), incomplete, "dir")


def complete_datasets(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of data sets that begin so."""
    from emocli import datasets

    return begun({name: one.title for name, one in sorted(datasets.known().items())}, incomplete)


def complete_data(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of data sets, or files."""
    return or_path(complete_datasets(context, parameter, incomplete), incomplete)


def complete_model_and_data(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Models, and behind one, or where predictions stand for it, data."""
    typed = context.params.get(parameter.name or "") or context.params.get("predictions")
    complete = complete_data if typed else complete_models
    return complete(context, parameter, incomplete)


def complete_methods(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of methods that begin so."""
    from emocli.plugins import registry

    methods = sorted(registry().methods.items())
    return begun({name: method.summary for name, method in methods}, incomplete)


def complete_devices(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Kinds of devices."""
    return begun(dict.fromkeys(("auto", "cpu", "cuda", "mps")), incomplete)
