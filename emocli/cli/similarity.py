"""`emocli data similarity`: how much one set of labels says about another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from emocli import datasets
from emocli.cli.completing import begun, complete_data, or_path
from emocli.cli.listing import json_option, show
from emocli.cli.options import column_options, examples, shared_options
from emocli.cli.output import console, make_table, printable, reporter
from emocli.data.examples import LabelledData
from emocli.data.label_mapping import BUILT_IN, LabelMapping, find_mapping
from emocli.data.labelled import read_labelled
from emocli.errors import EmocliError

if TYPE_CHECKING:
    from emocli.evaluation.similarity import Similarity

LABELS = "labels"
"""What stands for the data's own labels in place of a mapping."""


def _complete(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return or_path(begun(dict.fromkeys((LABELS, *BUILT_IN)), incomplete), incomplete)


@click.command(
    "similarity",
    epilog=examples(
        "emocli data similarity goemotions:dev sentiment",
        "emocli data similarity goemotions:dev sentiment ekman",
        "emocli data similarity train.csv groups.toml --json",
    ),
)
@click.argument("data", shell_complete=complete_data)
@click.argument("first", metavar="MAPPING", shell_complete=_complete)
@click.argument("second", metavar="[MAPPING]", default=LABELS, shell_complete=_complete)
@column_options
@json_option
@shared_options
def command(
    data: str,
    first: str,
    second: str,
    text_column: str | None,
    label_column: str | None,
    as_json: bool,
) -> None:
    """Tell how much one set of labels says about another: normalised mutual information.

    A MAPPING groups the labels of DATA, a file or a data set: sentiment, ekman, or a TOML or JSON
    file with the groups as keys and the labels of each as a list. In its place stands `labels` for
    the labels themselves, which are meant where no second one is given.

    NMI_joint is the mutual information divided by the joint entropy, NMI_max by the larger of the
    two entropies.
    """
    datasets.refuse_columns([data], text_column=text_column, label_column=label_column)
    read = read_labelled(
        data, text_column=text_column, label_column=label_column, datasets=datasets.known()
    )
    groupings = [_grouping(read, spec) for spec in (first, second)]
    told = _told(read, (first, second), groupings, _compare(read, groupings))
    for note in read.notes:
        reporter().say(f"{read.name}: {note}")
    show(told, lambda: _draw(told), as_json=as_json)


def _grouping(data: LabelledData, spec: str) -> LabelMapping:
    if spec == LABELS:
        return LabelMapping({label: (label,) for label in data.labels})
    return find_mapping(spec, data.labels)


def _compare(data: LabelledData, groupings: list[LabelMapping]) -> Similarity:
    from emocli.evaluation.similarity import compare
    from emocli.modelling.labels import Labels

    if not any(example.labels for example in data.examples):
        raise EmocliError(f"{data.name}: no text has a label; there is nothing to compare.")
    first, second = (
        Labels(groups.names).matrix(groups.of(one.labels) for one in data.examples)
        for groups in groupings
    )
    return compare(first, second)


def _told(
    data: LabelledData,
    specs: tuple[str, str],
    groupings: list[LabelMapping],
    similarity: Similarity,
) -> dict[str, Any]:
    entropies = (similarity.first_entropy, similarity.second_entropy)
    first, second = (
        {"mapping": spec, "labels": list(groups.names), "entropy": entropy}
        for spec, groups, entropy in zip(specs, groupings, entropies, strict=True)
    )
    return {
        "data": data.name,
        "texts": len(data.examples),
        "pairs": similarity.n_pairs,
        "first": first,
        "second": second,
        "mutual_information": similarity.mutual_information,
        "joint_entropy": similarity.joint_entropy,
        "nmi_joint": similarity.nmi_joint,
        "nmi_max": similarity.nmi_max,
        "contingency": similarity.table.tolist(),
    }


def _draw(told: dict[str, Any]) -> None:
    pen = console()
    wide = len(told["second"]["labels"]) > len(told["first"]["labels"])
    table = list(zip(*told["contingency"], strict=True)) if wide else told["contingency"]
    down, across = (told["second"], told["first"]) if wide else (told["first"], told["second"])
    rows = [
        {"": label, **dict(zip(across["labels"], counts, strict=True)), "sum": sum(counts)}
        for label, counts in zip(down["labels"], table, strict=True)
    ]
    columns = {"": f"{down['mapping']} / {across['mapping']}"}
    columns |= {label: label for label in (*across["labels"], "sum")}
    pen.print(make_table(rows, columns))
    pen.print()
    pen.print(printable(f"{told['data']}: {told['texts']:,} texts, {told['pairs']:,} pairs"))
    for key, name in (("nmi_joint", "NMI_joint"), ("nmi_max", "NMI_max")):
        pen.print(f"{name}: {told[key]:.4f}")
    pen.print(f"Mutual information: {told['mutual_information']:.4f} bits")
