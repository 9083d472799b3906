"""`emocli plugins`: where methods, models and data sets come from, and what is wrong."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from emocli import datasets
from emocli.cli.listing import Listing, json_option, show
from emocli.cli.options import examples, shared_options
from emocli.cli.output import console, printable, show_rows
from emocli.errors import unknown
from emocli.plugins import Plugin, registry

_COLUMNS = {
    "name": "plugin",
    "distribution": "package",
    "version": "version",
    "declares": "declares",
    "problem": "problem",
}
_KINDS = (("method", "methods"), ("model", "models"), ("data set", "datasets"))


@click.group(
    "plugins",
    cls=Listing,
    epilog=examples("emocli plugins", "emocli plugins list --json", "emocli plugins show datn"),
)
@shared_options
def command() -> None:
    """List the installed plugins and what is wrong with them; without a command, list them."""


@command.command("list", epilog=examples("emocli plugins list --json"))
@json_option
@shared_options
def list_plugins(as_json: bool) -> None:
    """List the plugins, their packages, what each declares."""
    rows = []
    for plugin in registry().plugins:
        told = _told(plugin)
        del told["details"]
        problem = "; ".join([*filter(None, [plugin.error]), *told["clashes"]])
        rows.append({**told, "declares": _declares(plugin), "problem": problem or None})
    show_rows(rows, _COLUMNS, as_json=as_json)


def _complete(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    names = [plugin.name for plugin in registry().plugins]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@command.command("show", epilog=examples("emocli plugins show datn"))
@click.argument("name", shell_complete=_complete)
@json_option
@shared_options
def show_plugin(name: str, as_json: bool) -> None:
    """Name what a plugin declares, and where it failed."""
    found = [plugin for plugin in registry().plugins if plugin.name == name]
    if not found:
        raise unknown("plugin", name, [plugin.name for plugin in registry().plugins])
    for plugin in found:
        show(_told(plugin), lambda plugin=plugin: _draw(plugin), as_json=as_json)  # type: ignore[misc]


def _told(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "module": plugin.module,
        "distribution": plugin.distribution,
        "version": plugin.version,
        **{key: [thing.name for thing in getattr(plugin, key)] for _, key in _KINDS},
        "error": plugin.error,
        "clashes": _clashes(plugin),
        "details": plugin.details,
    }


def _draw(plugin: Plugin) -> None:
    pen = console()
    pen.print(printable(f"{plugin.name}: module {plugin.module}"))
    pen.print(printable(f"Package: {plugin.distribution} {plugin.version}"))
    for kind, key in _KINDS:
        names = [thing.name for thing in getattr(plugin, key)]
        if names:
            pen.print(printable(f"{kind.capitalize()}s: {', '.join(names)}"))
    for clash in _clashes(plugin):
        pen.print(printable(f"Clash: {clash}"))
    for line in (plugin.details or "").splitlines():
        pen.print(printable(line))


def _clashes(plugin: Plugin) -> list[str]:
    """The names that others declare too, none of which can be used."""
    every = dict(registry().clashes)
    every |= {("dataset", name): owners for name, owners in datasets.clashes().items()}
    own = {("method", m.name) for m in plugin.methods} | {("model", m.name) for m in plugin.models}
    own |= {("dataset", d.name) for d in plugin.datasets}
    words = {"dataset": "data set"}
    return [
        f"{words.get(kind, kind)} '{name}' is declared by {' and '.join(owners)}"
        for (kind, name), owners in sorted(every.items())
        if (kind, name) in own
    ]


def _declares(plugin: Plugin) -> str:
    counts = [(len(getattr(plugin, key)), kind) for kind, key in _KINDS]
    return ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for n, kind in counts if n) or "nothing"
