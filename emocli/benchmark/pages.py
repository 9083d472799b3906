"""Tables and figures as one HTML page, which needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from emocli import __version__
from emocli.benchmark.drawing import (
    NOT_INSTALLED,
    draw,
    has_matplotlib,
    inline_svg,
    without_control,
)
from emocli.benchmark.results import Results
from emocli.benchmark.summaries import Summary
from emocli.benchmark.tables import Cell, Grid, grids

_STYLE = """
:root { color-scheme: light dark; --ink: #24292f; --page: #ffffff; --line: #d0d7de;
  --soft: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --page: #0d1117; --line: #30363d; --soft: #9198a1; } }
body { margin: 0 auto; padding: 1rem 1.5rem 3rem; max-width: 75rem; color: var(--ink);
  background: var(--page); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
a { color: inherit; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { padding: .25rem .7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere;
  min-width: 8rem; font-weight: 400; }
thead th, thead th:first-child { font-weight: 600; vertical-align: bottom; }
.note, footer, figcaption { color: var(--soft); margin: .3rem 0; max-width: 60rem; }
figure { margin: 2rem 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
"""


def as_html(summaries: Sequence[Summary], results: Results | None = None) -> str:
    """A page of the tables of each summary and, where matplotlib is installed, its figures.

    Args:
        results: where the answers are; None: figures that show answers are left out.

    Raises:
        EmocliError: answers are damaged.
    """
    titles = [_title(summary) for summary in summaries]
    title = titles[0] if len(titles) == 1 else "Benchmark"
    body = ["<h1>Benchmark</h1>", *_contents(titles)]
    for number, summary in enumerate(summaries, 1):
        body += _section(number, summary, results)
    if not has_matplotlib():
        body.append(f'<p class="note">{escape(NOT_INSTALLED)}</p>')
    body.append(f"<footer>Made by emocli {escape(__version__)}.</footer>")
    return without_control(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _title(summary: Summary) -> str:
    variant = summary.variant.words()
    return f"{summary.title}: {summary.data}" + (f" ({variant})" if variant else "")


def _contents(titles: Sequence[str]) -> Iterator[str]:
    """Links to the sections, where there are several."""
    if len(titles) > 1:
        yield "<nav>\n<ul>"
        for number, title in enumerate(titles, 1):
            yield f'<li><a href="#part-{number}">{escape(title)}</a></li>'
        yield "</ul>\n</nav>"


def _section(number: int, summary: Summary, results: Results | None) -> Iterator[str]:
    yield f'<section id="part-{number}">'
    for grid in grids(summary):
        yield f"<h2>{escape(grid.title)}</h2>"
        yield from _table(grid)
        yield from (f'<p class="note">{escape(note)}</p>' for note in grid.notes)
    if has_matplotlib():
        for drawing in draw(summary, results):
            picture = inline_svg(drawing.figure, f"part-{number}-{drawing.name}-")
            caption = escape(drawing.caption)
            yield f"<figure>\n{picture}<figcaption>{caption}</figcaption>\n</figure>"
    yield "</section>"


def _table(grid: Grid) -> Iterator[str]:
    yield '<div class="wide">\n<table>\n<thead>'
    headings = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in grid.headings)
    yield f"<tr>{headings}</tr>\n</thead>\n<tbody>"
    for name, *cells in grid.rows:
        yield f'<tr><th scope="row">{escape(name.text)}</th>{"".join(map(_cell, cells))}</tr>'
    yield "</tbody>\n</table>\n</div>"


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    return f"<td><strong>{text}</strong></td>" if cell.best else f"<td>{text}</td>"
