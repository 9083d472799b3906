"""What the shell is offered where a name is being typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def or_path(
    items: Iterable[CompletionItem], incomplete: str, kind: Literal["file", "dir"] = "file"
) -> list[CompletionItem]:
    """The names that begin so; where there are none, the shell's own files or folders.

    Not both: bash forgets the names when it is told to look for files.
    """
    from click.shell_completion import CompletionItem

    return list(items) or [CompletionItem(incomplete, type=kind)]


def complete_models(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of trained models, or folders."""
    from click.shell_completion import CompletionItem

    from emocli.models import available

    names = [name for name in sorted(available()) if name.startswith(incomplete)]
    return or_path(map(CompletionItem, names), incomplete, "dir")


def complete_datasets(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of data sets that begin so."""
    from click.shell_completion import CompletionItem

    from emocli import datasets

    return [
        CompletionItem(name, help=dataset.title)
        for name, dataset in sorted(datasets.known().items())
        if name.startswith(incomplete)
    ]


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
    from click.shell_completion import CompletionItem

    from emocli.plugins import registry

    return [
        CompletionItem(name, help=method.summary)
        for name, method in sorted(registry().methods.items())
        if name.startswith(incomplete)
    ]


def complete_devices(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Kinds of devices."""
    from click.shell_completion import CompletionItem

    names = ("auto", "cpu", "cuda", "mps")
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
