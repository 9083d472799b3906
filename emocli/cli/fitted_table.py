"""Tables that keep within a terminal: no number is split over lines, and no column goes missing.

Where not all columns fit, text is broken between words and gaps close; where that is not enough,
there are several tables, each beginning with the first column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table
    from rich.text import Text

_GAPS = (3, 2)  # blanks between two columns: where there is room, and where there is not
_LEAST_TEXT = 16  # cells; few words are wider


@dataclass
class Column:
    """A heading and what stands below it, numbers flush right; widths are in terminal cells."""

    heading: str
    cells: Sequence[Text]
    right: bool = False

    @cached_property
    def width(self) -> int:
        """What the column takes where nothing is broken."""
        return max(_length(self.heading), self._widest)

    @cached_property
    def least(self) -> int:
        """What it takes where text is broken between words, but neither words nor numbers are."""
        of_heading = _longest_word([self.heading])
        if self.right:
            return max(of_heading, self._widest)
        of_text = max(_longest_word([cell.plain for cell in self.cells]), _LEAST_TEXT)
        return max(of_heading, min(self._widest, of_text))

    @cached_property
    def _widest(self) -> int:
        return max((cell.cell_len for cell in self.cells), default=0)


@dataclass
class FittedTable:
    """What Rich draws as one table, or as several where a terminal is narrow; a column or more."""

    columns: Sequence[Column]
    title: str | None = None
    show_header: bool = True

    @property
    def width(self) -> int:
        """What it takes as one table in which nothing is broken."""
        return _whole([column.width for column in self.columns], _GAPS[0])

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """The title and the tables, with an empty line between two of them."""
        from rich.text import Text

        if self.title is not None:
            yield Text(self.title, style="table.title")
        for number, (columns, gap) in enumerate(_parts(self.columns, options.max_width)):
            if number:
                yield ""
            yield self._drawn(columns, gap, options.max_width)

    def _drawn(self, columns: Sequence[Column], gap: int, total: int) -> Table:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        # The box has a blank between two columns; the others are padding.
        padding = (0, gap - 2, 0, 1)
        table = Table(
            box=SIMPLE_HEAD,
            padding=padding,
            pad_edge=False,
            show_edge=False,
            show_header=self.show_header,
        )
        for column, width in zip(columns, _widths(columns, gap, total), strict=True):
            justify: Literal["right", "left"] = "right" if column.right else "left"
            table.add_column(Text(column.heading), justify=justify, width=width, overflow="fold")
        for row in zip(*(column.cells for column in columns), strict=True):
            table.add_row(*row)
        return table


def _parts(columns: Sequence[Column], total: int) -> Iterator[tuple[Sequence[Column], int]]:
    """The columns of each table, and the blanks between two: one table where that can be."""
    for gap in _GAPS:
        if _whole(_floors(columns, total), gap) <= total:
            yield columns, gap
            return
    first, *others = columns
    part = [first]
    for column in others:
        if len(part) > 1 and _whole(_floors([*part, column], total), gap) > total:
            yield part, gap
            part = [first]
        part.append(column)
    yield part, gap


def _floors(columns: Sequence[Column], total: int) -> list[int]:
    """The least width of each; names in the first stay whole where half the terminal holds them."""
    first, *others = columns
    return [min(first.width, max(1, total // 2)), *(column.least for column in others)]


def _widths(columns: Sequence[Column], gap: int, total: int) -> list[int]:
    """The widths: what has most to give gives way."""
    widths = [column.width for column in columns]
    floors = _floors(columns, total)
    excess = _whole(floors, gap) - total
    if excess > 0:  # there are two columns at most, the last with very long words
        floors[-1] = max(1, floors[-1] - excess)
    while _whole(widths, gap) > total:
        slack = [width - floor for width, floor in zip(widths, floors, strict=True)]
        most = slack.index(max(slack))
        if slack[most] <= 0:  # a terminal of a few cells, which holds nothing
            break
        # Text is the better the less it is broken; a heading over numbers is broken or not.
        widths[most] = floors[most] if columns[most].right else widths[most] - 1
    return widths


def _whole(widths: Sequence[int], gap: int) -> int:
    """The width of a table of such columns."""
    return sum(widths) + gap * (len(widths) - 1)


def _longest_word(texts: Iterable[str]) -> int:
    return max((_length(word) for text in texts for word in text.split()), default=0)


def _length(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
