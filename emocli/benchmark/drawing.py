"""Every figure of a summary, as SVG text for a page and as files.

Figures need matplotlib, the extra `plots`; this file can be imported without it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emocli.benchmark.results import Results
from emocli.benchmark.summaries import Summary
from emocli.errors import EmocliError
from emocli.paths import whole_file, writing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOT_INSTALLED = "Figures need matplotlib, which is not installed: pip install 'emocli[plots]'."

# What would differ from one writing to the next, or tell only of the program.
_METADATA: dict[str, dict[str, Any]] = {
    "svg": dict.fromkeys(("Date", "Creator", "Format", "Type")),
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
}


@dataclass(frozen=True)
class Drawing:
    """A figure, the name that its file has, and what it shows, in words."""

    name: str
    caption: str
    figure: Figure


def draw(summary: Summary, results: Results | None) -> Iterator[Drawing]:
    """Every figure that the records of a summary hold enough for.

    Args:
        results: where the answers are; None: figures that show answers are left out.

    Raises:
        EmocliError: matplotlib is not installed, or answers are damaged.
    """
    for name, (caption, make) in _kinds().items():
        figure = make(summary, results)
        if figure is not None:
            yield Drawing(name, caption, figure)


def has_matplotlib() -> bool:
    """Whether figures can be drawn."""
    try:
        import_module("matplotlib")
    except ModuleNotFoundError:
        return False
    return True


def check_matplotlib() -> None:
    """Refuse to go on without matplotlib.

    Raises:
        EmocliError: it is not installed.
    """
    if not has_matplotlib():
        raise EmocliError(NOT_INSTALLED)


def svg(figure: Figure) -> str:
    """A figure as an SVG document, the same whenever it is made of the same numbers."""
    stream = io.StringIO()
    _write(figure, stream, "svg")
    return without_control(stream.getvalue())


def inline_svg(figure: Figure, prefix: str) -> str:
    """An `svg` element for a page that has others: its ids begin with `prefix`.

    It has no background, and its ink is the page's property `--ink`.
    """
    from emocli.benchmark.figures.style import INK

    figure.patch.set_alpha(0)
    document = svg(figure)
    element = document[document.index("<svg") :]
    own = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{prefix}", element)
    return own.replace(INK, "var(--ink)")


def without_control(text: str) -> str:
    """The text of a page or picture with � for each character that neither may hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "�", text)


def save(figure: Figure, path: Path) -> None:
    """Write a figure as its name ends: .svg, .png or .pdf.

    Raises:
        EmocliError: the file cannot be written.
    """
    with whole_file(path, "wb") as stream:
        if path.suffix == ".svg":
            stream.write(svg(figure).encode())
        else:
            _write(figure, stream, path.suffix[1:])


def save_all(
    summaries: Sequence[Summary], results: Results, folder: Path, ending: str = "svg"
) -> list[Path]:
    """Write every figure of every summary, called SUITE-DATA-FIGURE.ENDING; the files written.

    Raises:
        EmocliError: matplotlib is not installed, or a file cannot be written.
    """
    check_matplotlib()
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for summary in summaries:
        for drawing in draw(summary, results):
            path = _free(folder, _file_name(summary, drawing.name), ending, written)
            save(drawing.figure, path)
            written.append(path)
    return written


def _kinds() -> dict[str, tuple[str, Callable[[Summary, Results | None], Figure | None]]]:
    """What figures show and how they are made, by name."""
    check_matplotlib()
    from emocli.benchmark.figures import correlations, curves, labels, scores

    return {
        "scores": ("Scores: mean and standard deviation of each row.", scores.scores),
        "learning-curves": (
            "Dev scores after each epoch: the mean over seeds, with one standard deviation.",
            curves.learning_curves,
        ),
        "source-sizes": ("Scores by how many source texts are learnt from.", curves.source_sizes),
        "labels": ("F1 of each label.", labels.label_scores),
        "confusion": (
            "Confusion: texts by gold and predicted label, shaded by their share of a row.",
            labels.confusion,
        ),
        "gold-correlations": (
            "Correlations between the gold labels of the scored texts; the tree joins those that "
            "go together.",
            correlations.gold_correlations,
        ),
        "predicted-correlations": (
            "Correlations between the labels that the best row predicts.",
            correlations.predicted_correlations,
        ),
        "speed": ("Scores against speed.", scores.speed),
    }


def _write(figure: Figure, stream: Any, ending: str) -> None:
    from emocli.benchmark.figures.style import style

    with style():
        figure.savefig(stream, format=ending, metadata=_METADATA[ending], dpi=200)


def _file_name(summary: Summary, figure: str) -> str:
    parts = (summary.suite, summary.data, summary.variant.words(), figure)
    plain = (re.sub(r"[^\w.]+", "-", part).strip("-.") for part in parts)
    return "-".join(part for part in plain if part)


def _free(folder: Path, name: str, ending: str, taken: Sequence[Path]) -> Path:
    """A file of that name, numbered where another figure has the name already."""
    path, number = folder / f"{name}.{ending}", 2
    while path in taken:
        path, number = folder / f"{name}-{number}.{ending}", number + 1
    return path
