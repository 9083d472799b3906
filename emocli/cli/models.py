"""`emocli models`: the trained models on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from emocli import models
from emocli.cli.listing import Listing, json_option
from emocli.cli.options import complete_models, examples, shared_options
from emocli.cli.output import printable, reporter, show_rows, write_json
from emocli.errors import EmocliError, UsageError

_COLUMNS = {
    "name": "model",
    "method": "method",
    "n_labels": "labels",
    "score": "dev score",
    "megabytes": "MB",
    "bundled": "bundled",
    "problem": "problem",
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
    sound = all(row["problem"] is None for row in rows)
    columns = {key: title for key, title in _COLUMNS.items() if key != "problem" or not sound}
    show_rows(rows, columns, as_json=as_json)


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
        if not sys.stdin.isatty():
            raise UsageError(f"nobody can be asked whether to delete {entry.folder}: add --yes.")
        click.confirm(f"Delete {entry.folder}?", abort=True, err=True)
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
        "problem": None,
    }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
