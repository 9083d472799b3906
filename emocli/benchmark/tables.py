"""A summary as columns and rows of text, and as Markdown, CSV, LaTeX and JSON made from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from emocli.benchmark.summaries import Line, Spread, Summary
from emocli.evaluation.comparison import ends, points, shown_p
from emocli.evaluation.report import Table, csv_text, markdown, metric_title
from emocli.evaluation.significance import Comparison

DECIMALS = 3

_LATEX = {"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}"}
_LATEX |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_LATEX |= {"±": r"$\pm$", "Δ": r"$\Delta$", "−": "$-$"}


@dataclass(frozen=True)
class Cell:
    """What stands in a table, and whether it is the best of its column."""

    text: str = ""
    best: bool = False


@dataclass(frozen=True)
class Grid:
    """A table to be drawn: headings, rows as long as these, and below it paragraphs of one line."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]


def grid(summary: Summary) -> Grid:
    """A summary as it is drawn; columns that would be empty are left out."""
    columns = [("method", [Cell(line.name) for line in summary.lines])]
    for metric in summary.metrics:
        columns += _metric(summary, metric)
    columns += [
        ("train, s", [Cell(_number(line.seconds, 1)) for line in summary.lines]),
        ("epoch, s", [Cell(_number(line.epoch_seconds, 2)) for line in summary.lines]),
        ("texts/s", [Cell(_number(line.texts_per_second, 0)) for line in summary.lines]),
        ("parameters", [Cell(_count(line.parameters)) for line in summary.lines]),
        ("peak MiB", [Cell(_mebibytes(line.peak_memory)) for line in summary.lines]),
        ("trials", [Cell(_count(len(line.records) or None)) for line in summary.lines]),
    ]
    kept = [(heading, cells) for heading, cells in columns if any(cell.text for cell in cells)]
    return Grid(
        title=f"{summary.title}: {summary.data}",
        headings=tuple(heading for heading, _ in kept),
        rows=tuple(zip(*(cells for _, cells in kept), strict=True)),
        notes=tuple(
            line for note in (*_missing(summary), *summary.notes) for line in note.splitlines()
        ),
    )


def grids(summary: Summary) -> list[Grid]:
    """The table of a summary and, where rows were tested against one of them, that of the tests."""
    return [grid(summary), _tests(summary)] if summary.tests else [grid(summary)]


def as_markdown(summaries: Sequence[Summary]) -> str:
    """Tables in GitHub's Markdown, the best in bold."""
    return "\n".join(grid_as_markdown(one) for summary in summaries for one in grids(summary))


def as_latex(summaries: Sequence[Summary]) -> str:
    """`tabular` environments with the rules of booktabs, the best in bold."""
    return "\n".join(_latex(one) for summary in summaries for one in grids(summary))


def as_csv(summaries: Sequence[Summary]) -> str:
    """One row a number: where it stands, what was measured and published, and its test.

    The test, of the metrics that have one, is of the difference from the row `against`.
    """
    head = ("suite", "data", "variant", "row", "method", "source_size")
    measured = ("measure", "mean", "sd", "n", "published")
    tested = ("against", "difference", "low", "high", "p", "p_holm")
    rows: list[tuple[object, ...]] = []
    for summary in summaries:
        for number, line in enumerate(summary.lines):
            place = (summary.suite, summary.data, summary.variant.words())
            own = (*place, line.row, line.method, line.source_size)
            for measure, spread in _measures(line).items():
                published = line.published.get(measure)
                told = (measure, spread.mean, spread.sd, spread.n, published)
                rows.append((*own, *told, *_test(summary, number, measure)))
    return csv_text((*head, *measured, *tested), rows)


def as_json(summaries: Sequence[Summary]) -> str:
    """One indented JSON array, an object a table; everything in full precision."""
    return (
        json.dumps([_plain(summary) for summary in summaries], ensure_ascii=False, indent=1) + "\n"
    )


def _metric(summary: Summary, metric: str) -> list[tuple[str, list[Cell]]]:
    """The measured values, and beside them the published ones and the difference, if any."""
    measured, published, difference = [], [], []
    for number, line in enumerate(summary.lines):
        spread, printed = line.metrics.get(metric), line.published.get(metric)
        best = summary.best.get(metric) == number
        measured.append(Cell(_number(spread, DECIMALS), best))
        published.append(Cell("" if printed is None else f"{printed:.{DECIMALS}f}"))
        apart = "" if spread is None or printed is None else _signed(spread.mean - printed)
        difference.append(Cell(apart))
    title = metric_title(metric)
    return [(title, measured), (f"{title}, published", published), ("Δ", difference)]


def _tests(summary: Summary) -> Grid:
    """Differences from one row, a row each."""
    first = next(iter(summary.tests.values()))
    titles = [metric_title(one.metric) for one in first.metrics]
    pooled = ["labels, p"] if first.mcnemar_labels is not None else []
    rows = [
        (Cell(summary.lines[number].name), *map(Cell, _tested(comparison)))
        for number, comparison in summary.tests.items()
    ]
    note = (
        f"Points of difference, {first.confidence:.0%} interval and p: paired, of the first seed; "
        "p after Holm over the whole table. The last columns are McNemar's tests."
    )
    return Grid(
        title=f"{summary.title}: {summary.data}, against {summary.against}",
        headings=("method", *titles, *pooled, "whole texts, p"),
        rows=tuple(rows),
        notes=(note,),
    )


def _tested(comparison: Comparison) -> list[str]:
    cells = [
        f"{points(one.difference)} ({ends(one.low, one.high)}), p {shown_p(one.p_holm)}"
        for one in comparison.metrics
    ]
    pooled = comparison.mcnemar_labels
    return [
        *cells,
        *([shown_p(pooled.p)] if pooled is not None else []),
        shown_p(comparison.mcnemar_rows.p),
    ]


def _number(spread: Spread | None, decimals: int) -> str:
    if spread is None:
        return ""
    mean = f"{spread.mean:,.{decimals}f}"
    # Times and rates are read at a glance; only scores are compared within their spread.
    return (
        mean if spread.sd is None or decimals < DECIMALS else f"{mean} ± {spread.sd:.{decimals}f}"
    )


def _signed(value: float) -> str:
    return f"{value:+.{DECIMALS}f}".replace("-", "−")


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _mebibytes(number: int | None) -> str:
    return "" if number is None else f"{number / 2**20:,.0f}"


def _missing(summary: Summary) -> Iterator[str]:
    """Why rows have no scores, or those of fewer trials than were asked for."""
    for line in summary.lines:
        if line.failed:
            yield f"{line.name} failed: {line.failed}"
        if line.n_left:
            trials = "1 trial was" if line.n_left == 1 else f"{line.n_left} trials were"
            yield f"{line.name}: {trials} not run, since the time was over."


def grid_as_markdown(table: Grid) -> str:
    """One table in GitHub's Markdown, the best in bold."""
    rows = tuple(
        tuple(f"**{cell.text}**" if cell.best else cell.text for cell in row) for row in table.rows
    )
    notes = "".join(f"\n{note}\n" for note in table.notes)
    return markdown(Table(table.title, table.headings, rows)) + notes


def _latex(table: Grid) -> str:
    columns = "l" + "r" * (len(table.headings) - 1)
    rows = [" & ".join(map(_escaped, table.headings)) + r" \\", r"\midrule"]
    for row in table.rows:
        cells = [_escaped(cell.text) for cell in row]
        bold = [
            rf"\textbf{{{text}}}" if cell.best else text
            for cell, text in zip(row, cells, strict=True)
        ]
        rows.append(" & ".join(bold) + r" \\")
    body = "\n".join(rows)
    notes = "".join(f"% {note}\n" for note in table.notes)
    return (
        f"% {table.title}\n{notes}\\begin{{tabular}}{{{columns}}}\n\\toprule\n{body}\n"
        "\\bottomrule\n\\end{tabular}\n"
    )


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)


def _test(summary: Summary, number: int, measure: str) -> tuple[object, ...]:
    """The row tested against, the difference, its interval, p and p after Holm; or Nones."""
    comparison = summary.tests.get(number)
    for one in comparison.metrics if comparison is not None else ():
        if one.metric == measure:
            return (summary.against, one.difference, one.low, one.high, one.p, one.p_holm)
    return (None,) * 6


def _measures(line: Line) -> dict[str, Spread]:
    """Every number of a line that has a spread, by name."""
    timed = {
        "seconds": line.seconds,
        "epoch_seconds": line.epoch_seconds,
        "texts_per_second": line.texts_per_second,
    }
    return {**line.metrics, **{name: spread for name, spread in timed.items() if spread}}


def _plain(summary: Summary) -> dict[str, Any]:
    return {
        "title": summary.title,
        "suite": summary.suite,
        "data": summary.data,
        "variant": asdict(summary.variant),
        "metrics": list(summary.metrics),
        "notes": list(summary.notes),
        "rows": [
            {
                "row": line.row,
                "method": line.method,
                "source_size": line.source_size,
                "trials": [record["key"] for record in line.records],
                "measured": {name: asdict(spread) for name, spread in _measures(line).items()},
                "published": dict(line.published),
                "parameters": line.parameters,
                "peak_memory": line.peak_memory,
                "failed": line.failed,
                "not_run": line.n_left,
                "test": summary.tests[number].as_dict() if number in summary.tests else None,
            }
            for number, line in enumerate(summary.lines)
        ],
        "against": summary.against,
    }
