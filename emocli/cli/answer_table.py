"""Answers as a table for a terminal, printed as they come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from emocli.cli.output import console, printable, show_table
from emocli.data.inputs import FILE_COLUMN
from emocli.reporting import SILENT, Reporter

if TYPE_CHECKING:
    from rich.text import Text

    from emocli.inference.streaming import Answer

_EMOTIONS_WIDTH = (18, 44)
_LEAST_TEXT_WIDTH = 24
_MOST_SIDE_WIDTH = 16
_GAP = 2


class AnswerTable:
    """Texts, shortened to the width of the terminal, and their emotions.

    The first answers decide on the columns: the ids of the input, and the files, are shown where
    there are any and the text keeps enough room; else it is said that they are not.
    """

    def __init__(self, reporter: Reporter = SILENT) -> None:
        self._reporter = reporter
        self._console = console()
        self._widths: dict[str, int] = {}

    def write(self, answers: Sequence[Answer]) -> None:
        """Print the answers, the first ones under a heading."""
        from rich.table import Table

        begins = not self._widths
        if begins:
            self._widths, hidden = _chosen_widths(answers, self._console.width)
            if hidden:
                self._reporter.say(
                    f"No room for {' and '.join(hidden)}: widen the terminal, or choose another "
                    "--format."
                )
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=begins)
        for name, width in self._widths.items():
            table.add_column(name, width=width, no_wrap=True, overflow="ellipsis")
        for answer in answers:
            table.add_row(*(self._cell(name, answer) for name in self._widths))
        show_table(table, self._console)

    def _cell(self, name: str, answer: Answer) -> Text:
        from rich.text import Text

        width = self._widths[name]
        if name == "emotions":
            return _emotions(answer.labels, answer.scores, width)
        text = {"text": answer.record.text, "id": answer.id}.get(name)
        shown = str(answer.record.extra.get(FILE_COLUMN, "")) if text is None else text
        # Far more than fits, since some characters take no room; a long text costs nothing.
        return Text(printable(shown[: 20 * width]))


def _chosen_widths(answers: Sequence[Answer], total: int) -> tuple[dict[str, int], list[str]]:
    """The columns with their widths, and those for which there is no room."""
    least, most = _EMOTIONS_WIDTH
    emotions = min(max(total * 2 // 5, least), most)
    wanted = {
        "file": _longest(str(answer.record.extra.get(FILE_COLUMN, "")) for answer in answers),
        "id": _longest(answer.record.id or "" for answer in answers),
    }
    chosen: dict[str, int] = {}
    left = total - emotions - _GAP
    for name, width in wanted.items():
        if width and left - width - _GAP >= _LEAST_TEXT_WIDTH:
            chosen[name] = width
            left -= width + _GAP
    hidden = [name for name, width in wanted.items() if width and name not in chosen]
    return {**chosen, "text": max(left, 1), "emotions": emotions}, hidden


def _longest(texts: Iterable[str]) -> int:
    """Cells that the longest of them takes, at most `_MOST_SIDE_WIDTH`; 0: all are empty."""
    from rich.cells import cell_len

    return min(max(map(cell_len, map(printable, texts))), _MOST_SIDE_WIDTH)


def _emotions(labels: Sequence[str], scores: Mapping[str, float], width: int) -> Text:
    """Labels with their probabilities, a label and its probability always on one line."""
    from rich.cells import cell_len
    from rich.text import Text

    if not labels:
        return Text("—", style="dim")
    shown = Text()
    used = 0
    for label in labels:
        name, probability = printable(label), f"{scores[label]:.0%}"
        needed = cell_len(name) + 1 + len(probability)
        if used and used + _GAP + needed > width:
            shown.append("\n")
            used = 0
        shown.append(" " * _GAP if used else "")
        used += needed + (_GAP if used else 0)
        shown.append(name, style="bold").append(f" {probability}", style="dim")
    return shown
