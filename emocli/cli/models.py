"""`emocli models`: the trained models on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from emocli import models
from emocli.cli.completing import complete_models
from emocli.cli.listing import Listing, json_option
from emocli.cli.options import examples, shared_options
from emocli.cli.output import ask, printable, reporter, show_rows, stdout_is_terminal, write_json
from emocli.errors import EmocliError
from emocli.plugins import registry

_COLUMNS = {
    "name": "model",
    "method": "method",
    "n_labels": "labels",
    "score": "dev score",
    "megabytes": "MB",
    "bundled": "bundled",
}


@click.group(
    "models",
    cls=Listing,
    epilog=examples("emocli models", "emocli models list --json", "emocli models show datn2"),
)
@shared_options
def command() -> None:
    """List, show and remove trained models; without a command, list them."""


@command.command("list", epilog=examples("emocli models list --json"))
@json_option
@shared_options
def list_models(as_json: bool) -> None:
    """List the models: bundled ones, then your own.

    A bundled one comes inside a package. The dev score is accuracy where each text has exactly
    one label, else mean Jaccard.
    """
    rows = [_row(entry) for entry in models.available().values()]
    show_rows(rows, _COLUMNS, as_json=as_json, decimals={"megabytes": 1})
    if stdout_is_terminal() and not as_json:
        for problem in filter(None, (row["problem"] for row in rows)):
            reporter().warn(problem)


@command.command("show", epilog=examples("emocli models show datn2"))
@click.argument("name", metavar="NAME|FOLDER", shell_complete=complete_models)
@json_option
@shared_options
def show_model(name: str, as_json: bool) -> None:
    """Print a model's card: labels, data, dev scores.

    With --json everything that is known about it: its options, thresholds, every dev score.
    """
    folder = models.find(name)
    description = models.describe(folder)
    if as_json:
        write_json(description, indent=1)
        return
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise EmocliError(
            f"{folder / 'README.md'}: cannot be read ({error}); --json shows what is known."
        ) from error
    for line in text.splitlines():
        click.echo(printable(line))


@command.command("remove", epilog=examples("emocli models remove my-model --yes"))
@click.argument("name", shell_complete=complete_models)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@shared_options
def remove_model(name: str, yes: bool) -> None:
    """Delete one of your own models, after asking."""
    entry = models.available().get(name)
    if entry is not None and not entry.bundled and not yes:
        ask(f"Delete {entry.folder}?", f"whether to delete {entry.folder}: add --yes.")
    reporter().say(f"Deleted {models.remove(name)}.")


def _row(entry: models.ModelEntry) -> dict[str, Any]:
    row = {"name": entry.name, "bundled": entry.bundled, "folder": str(entry.folder)}
    try:
        found = models.describe(entry.folder)
    except EmocliError as error:
        empty = dict.fromkeys(("method", "labels", "n_labels", "metric", "score", "megabytes"))
        return {**row, **empty, "problem": str(error)}
    labels = found["labels"]
    metric = "accuracy" if labels["exclusive"] else "jaccard"
    return {
        **row,
        "method": found["method"],
        "labels": labels["names"],
        "n_labels": len(labels["names"]),
        "metric": metric,
        "score": found["about"].get("dev", {}).get(metric),
        "megabytes": round(_bytes(entry.folder) / 1e6, 1),
        "problem": _without_method(entry, found["method"]),
    }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _without_method(entry: models.ModelEntry, method: str) -> str | None:
    """What is wrong with a model whose plugin is not there, or is one of two; None: nothing."""
    if method in registry().methods:
        return None
    return f"model '{entry.name}' cannot answer: its method '{method}' is not installed."
