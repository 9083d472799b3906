"""The suites that a results file has records of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emocli.benchmark.results import Record
from emocli.benchmark.suite import DataSpec, Row, Suite, packaged, read_suite
from emocli.benchmark.suite_data import DEFAULT_METRICS
from emocli.errors import EmocliError


def recorded_suites(records: Sequence[Record], names: Sequence[str], place: Path) -> list[Suite]:
    """The suites of these names or files, in this order; without any, all that have records.

    A suite whose file is not told is made of its records, without published numbers.

    Args:
        place: the file that the records are from.

    Raises:
        UsageError: there is no such suite.
        EmocliError: there are no records, or none of a suite that is named.
    """
    recorded = tuple(dict.fromkeys(record["suite"] for record in records))
    if not recorded:
        raise EmocliError(
            f"{place}: there are no results yet. Run a benchmark first: emocli benchmark"
        )
    return [_suite(name, recorded, records, place) for name in names or recorded]


def suite_of_records(name: str, records: Sequence[Record]) -> Suite:
    """What a suite's records tell of it: rows and data in the order in which they were run."""
    own = [record for record in records if record["suite"] == name]
    measured = {metric for record in own for metric in record.get("metrics", ())}
    metrics = ("accuracy", *DEFAULT_METRICS)
    methods = {record["row"]: record["method"] for record in own}
    return Suite(
        name=name,
        title=name,
        source="",
        data=tuple(DataSpec(data, data) for data in dict.fromkeys(one["data"] for one in own)),
        rows=tuple(Row(row, method) for row, method in methods.items()),
        metrics=tuple(one for one in metrics if one in measured) or DEFAULT_METRICS,
        seeds=len({record["seed"] for record in own}),
        options={},
        notes="",
        path=Path(),
    )


def _suite(name: str, recorded: Sequence[str], records: Sequence[Record], place: Path) -> Suite:
    if name in recorded and name not in packaged() and not Path(name).is_file():
        return suite_of_records(name, records)
    suite = read_suite(name)
    if suite.name not in recorded:
        raise EmocliError(
            f"{place}: there are no results of suite '{suite.name}' yet. Run it first: "
            f"emocli benchmark {name}"
        )
    return suite
