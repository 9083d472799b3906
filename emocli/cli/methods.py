"""`emocli methods`: what can be trained, and with which options."""

from __future__ import annotations

from typing import Any

import click

from emocli.cli.completing import complete_methods
from emocli.cli.listing import Listing, json_option, show
from emocli.cli.options import examples, shared_options
from emocli.cli.output import console, print_entry, printable, setting, show_rows
from emocli.methods import Method
from emocli.plugins import registry

_COLUMNS = {"name": "method", "summary": "what it is", "needs": "needs", "plugin": "plugin"}


@click.group(
    "methods",
    cls=Listing,
    epilog=examples("emocli methods", "emocli methods list --json", "emocli methods show datn2"),
)
@shared_options
def command() -> None:
    """List and describe the methods that can be trained; without a command, list them."""


@command.command("list", epilog=examples("emocli methods list --json"))
@json_option
@shared_options
def list_methods(as_json: bool) -> None:
    """List the methods, and what data each needs."""
    rows = [_told(method) for method in registry().methods.values()]
    show_rows(rows, _COLUMNS, as_json=as_json)


@command.command("show", epilog=examples("emocli methods show datn2"))
@click.argument("name", shell_complete=complete_methods)
@json_option
@shared_options
def show_method(name: str, as_json: bool) -> None:
    """Describe a method and the options that -o takes."""
    method = registry().method(name)
    config = method.config_class()
    told = _told(method)
    options: list[dict[str, Any]] = [
        {"name": option, "kind": kind, "default": default, "help": line}
        for option, kind, default, line in config.described()
    ]
    presets = {preset: dict(settings) for preset, settings in config.presets.items()}

    def draw() -> None:
        pen = console()
        pen.print(printable(f"{name}: {method.summary}"))
        pen.print(printable(f"Source: {method.source}"))
        pen.print(f"Needs: {', '.join(f'--{need}' for need in told['needs'])}")
        pen.print(f"Plugin: {told['plugin']}")
        pen.print("\nOptions for -o, with their defaults:")
        for option in options:
            head = f"{setting(option['name'], option['default'])}  ({option['kind']})"
            print_entry(pen, head, option["help"])
        if presets:
            pen.print("\nPresets, other defaults together:")
        for preset, settings in presets.items():
            print_entry(pen, preset, ", ".join(setting(*pair) for pair in settings.items()))

    show({**told, "options": options, "presets": presets}, draw, as_json=as_json)


def _told(method: Method) -> dict[str, Any]:
    plugin = next(plugin for plugin in registry().plugins if method in plugin.methods)
    return {
        "name": method.name,
        "summary": method.summary,
        "needs": ["train", "dev", *method.roles, *(["base"] if method.wrong_bases(0) else [])],
        "source": method.source,
        "plugin": plugin.name,
    }
