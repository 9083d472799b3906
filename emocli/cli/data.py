"""`emocli data`: the data sets that can be named, and getting them onto this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from emocli import datasets
from emocli.cli import similarity
from emocli.cli.completing import complete_datasets
from emocli.cli.listing import Listing, json_option, show
from emocli.cli.options import FilePath, examples, shared_options
from emocli.cli.output import (
    ask,
    console,
    make_table,
    printable,
    reporter,
    show_rows,
    stdout_is_terminal,
    write_json,
)
from emocli.data import registry
from emocli.data.dataset import Dataset, File, Split
from emocli.data.verification import Report
from emocli.errors import EmocliError

_COLUMNS = {
    "name": "data set",
    "task": "task",
    "language": "language",
    "n_labels": "labels",
    "splits": "splits",
    "at_hand": "at hand",
}


@click.group(
    "data",
    cls=Listing,
    epilog=examples(
        "emocli data",
        "emocli data list --json",
        "emocli data show goemotions",
        "emocli data download goemotions",
        "emocli data add isear ~/corpora/isear",
    ),
)
@shared_options
def command() -> None:
    """List, show, add and download data sets; without a command, list them.

    A data set is looked for among the copies made known with `emocli data add`, then in the folder
    that the environment variable EMOCLI_DATA names, then among those downloaded. `sample` and
    `sample-sentiment` come with emocli.
    """


@command.command("list", epilog=examples("emocli data list --json"))
@json_option
@shared_options
def list_datasets(as_json: bool) -> None:
    """List the data sets: their splits, and which are at hand."""
    rows = [_told(dataset) for dataset in datasets.known().values()]
    if stdout_is_terminal() and not as_json:
        rows = [_for_a_table(row) for row in rows]
    show_rows(rows, _COLUMNS, as_json=as_json)


@command.command("show", epilog=examples("emocli data show goemotions"))
@click.argument("name", shell_complete=complete_datasets)
@json_option
@shared_options
def show_dataset(name: str, as_json: bool) -> None:
    """Describe a data set: labels, splits, terms, where it is.

    With --json also its files, with their addresses and checksums.
    """
    dataset = datasets.find(name)
    told = {
        **_told(dataset),
        "terms": dataset.terms,
        "citation": dataset.citation,
        "homepage": dataset.homepage,
        "how": dataset.how,
        "papers": list(dataset.papers),
        "splits": [_split(name, split) for name, split in dataset.splits.items()],
        "files": [_file(file) for file in dataset.editions[0].files],
    }
    show(told, lambda: _draw(dataset, told), as_json=as_json)


@command.command("add", epilog=examples("emocli data add isear ~/corpora/isear"))
@click.argument("name", shell_complete=complete_datasets)
@click.argument("path", type=FilePath())
@json_option
@shared_options
def add_dataset(name: str, path: Path, as_json: bool) -> None:
    """Make known a copy that you have, in the folder PATH.

    It stays where it is. Every file is read and compared with the published one.
    """
    dataset = datasets.find(name)
    _show_report(registry.add(dataset, path, reporter()), as_json=as_json)


@command.command("remove", epilog=examples("emocli data remove isear"))
@click.argument("name", shell_complete=complete_datasets)
@shared_options
def remove_dataset(name: str) -> None:
    """Forget a copy that was added; its files stay."""
    place = registry.remove(datasets.find(name))
    left = "its files stay there" if place.is_dir() else "it is no longer there"
    reporter().say(f"Forgot the copy in {place}; {left}.")


@command.command("download", epilog=examples("emocli data download goemotions"))
@click.argument("name", shell_complete=complete_datasets)
@click.option("--yes", "-y", is_flag=True, help="Accept the terms without being asked.")
@click.option("--again", is_flag=True, help="Fetch it although it is at hand.")
@json_option
@shared_options
def download_dataset(name: str, yes: bool, again: bool, as_json: bool) -> None:
    """Fetch a data set, once you accept its terms.

    An interrupted download goes on where it stopped. What comes is compared with what was
    published.
    """
    from emocli.data.downloads import download

    dataset = datasets.find(name)
    if dataset.bundled is not None:
        where = f"{dataset.how}, in {dataset.bundled}"
        _show_at_hand(dataset, f"needs no download: {where}.", as_json=as_json)
        return
    place = None if again else registry.locate(dataset)
    if place is not None:
        told = f"is at hand: {place}. --again fetches it all the same."
        _show_at_hand(dataset, told, as_json=as_json)
        return
    if dataset.can_be_fetched:
        _ask(dataset, yes)
    _show_report(download(dataset, reporter(), accept_terms=True), as_json=as_json)


command.add_command(similarity.command)


def _show_at_hand(dataset: Dataset, told: str, *, as_json: bool) -> None:
    """Say why nothing is fetched; as JSON, what the lists tell of the data set."""
    reporter().say(f"Data set '{dataset.name}' {told}")
    if as_json:
        write_json(_told(dataset), indent=1)


def _ask(dataset: Dataset, yes: bool) -> None:
    """Say the terms; go on only if the user accepts them."""
    click.echo(registry.terms(dataset), err=True)
    if not yes:
        ask("Do you accept these terms?", "to accept these terms: add --yes to accept them.")


def _told(dataset: Dataset) -> dict[str, Any]:
    try:
        place, problem = registry.locate(dataset), None
    except EmocliError as error:
        place, problem = None, str(error)
    return {
        "name": dataset.name,
        "title": dataset.title,
        "task": dataset.task,
        "language": dataset.language,
        "labels": list(dataset.labels),
        "n_labels": len(dataset.labels),
        "exclusive": dataset.exclusive,
        "splits": list(dataset.splits),
        "licence": dataset.licence,
        "can_be_downloaded": dataset.can_be_fetched,
        "bundled": dataset.bundled is not None,
        "at_hand": place is not None,
        "folder": str(place) if place else None,
        "problem": problem,
    }


def _split(name: str, split: Split) -> dict[str, Any]:
    return {
        "name": name,
        "texts": split.size,
        "files": [file.name for file in split.files],
        "note": split.note,
    }


def _file(file: File) -> dict[str, Any]:
    return {
        "name": file.name,
        "rows": file.rows,
        "sha256": list(file.sha256),
        "address": file.address,
    }


def _for_a_table(row: dict[str, Any]) -> dict[str, Any]:
    at_hand = "always" if row["bundled"] else row["at_hand"]
    return {**row, "splits": _shortened(row["splits"]), "at_hand": at_hand}


def _shortened(names: list[str]) -> str:
    if len(names) <= 4:
        return ", ".join(names)
    return f"{', '.join(names[:3])} and {len(names) - 3} more"


def _draw(dataset: Dataset, told: dict[str, Any]) -> None:
    pen = console()
    kind = "exactly one a text" if dataset.exclusive else "any number a text"
    lines = {
        dataset.name: dataset.title,
        "Task": f"{dataset.task}, language {dataset.language}",
        "Labels": f"{', '.join(dataset.labels)} ({kind})",
        "Licence": dataset.licence,
        "Terms": dataset.terms,
        "Cite": dataset.citation,
        "Published at": dataset.homepage,
        "To get it": "" if told["can_be_downloaded"] else dataset.how,
        "Used by": ", ".join(dataset.papers),
        "At hand": told["folder"] or told["problem"] or "no",
    }
    for title, text in lines.items():
        if text:
            pen.print(printable(f"{title}: {text}"))
    titles = {"name": "split", "texts": "texts, as published", "files": "files", "note": "note"}
    rows = [{**split, "files": _shortened(split["files"])} for split in told["splits"]]
    if not any(row["note"] for row in rows):
        del titles["note"]
    pen.print()
    pen.print(make_table(rows, titles))


def _show_report(report: Report, *, as_json: bool) -> None:
    files = [
        {"name": check.path.name, "rows": check.rows, "published": check.published}
        for check in report.checks
    ]
    told = {
        "dataset": report.dataset,
        "folder": str(report.folder),
        "edition": report.edition,
        "splits": list(report.splits),
        "warnings": list(report.warnings),
        "files": files,
    }

    def draw() -> None:
        columns = {"name": "file", "rows": "rows", "published": "as published"}
        console().print(make_table(files, columns))

    show(told, draw, as_json=as_json)
    splits = ", ".join(report.splits)
    reporter().say(f"Data set '{report.dataset}' is at hand in {report.folder}: {splits}.")
