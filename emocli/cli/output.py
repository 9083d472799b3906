"""What a user sees: tables for a terminal, JSON for programs, progress and words on stderr.

Rich and tqdm are imported only when something is drawn.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from emocli.cli.options import Preferences, preferences
from emocli.cli.streams import STDOUT
from emocli.errors import EmocliError, UsageError
from emocli.paths import writing
from emocli.reporting import Bar, Reporter

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from tqdm import tqdm

    from emocli.cli.fitted_table import FittedTable

_DECIMALS = 4  # of scores, which most numbers are
# Control characters, line and paragraph separators, changes of direction, lone surrogates. Compiled
# by `re` when the first text is drawn, since what programs read needs it not.
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def stdout_is_terminal() -> bool:
    """Whether a person reads stdout, so that tables suit it better than JSON."""
    return sys.stdout.isatty()


def console() -> Console:
    """Rich's console on stdout; it honours NO_COLOR and reads no markup."""
    from shutil import get_terminal_size

    from rich.console import Console, ConsoleDimensions

    class PlainConsole(Console):
        def on_broken_pipe(self) -> None:
            # Rich would leave Python with status 1; the command line ends a closed pipe quietly.
            raise BrokenPipeError

    pen = PlainConsole(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if pen.is_dumb_terminal:
        # Rich takes it for one of 80 columns, however wide it is.
        pen.size = ConsoleDimensions(*get_terminal_size())
    return pen


def printable(text: str) -> str:
    """`text` on one line: what a terminal would obey is made visible, a tab becomes a space."""
    return re.sub(_UNSAFE, _visible, text)


def write_json(value: object, *, indent: int | None = None) -> None:
    """One JSON value on stdout, and a newline."""
    with writing(STDOUT):
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def show_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    *,
    as_json: bool = False,
    decimals: Mapping[str, int] | None = None,
) -> None:
    """Rows on stdout: a table on a terminal, else JSONL; with `as_json` one JSON array.

    Args:
        rows: JSON values by key; JSON shows every key.
        columns: the keys that the table shows, in its order, each with its heading.
        decimals: see `make_table`.
    """
    if as_json:
        write_json(list(rows), indent=1)
    elif stdout_is_terminal():
        show_table(make_table(rows, columns, decimals=decimals))
    else:
        for row in rows:
            write_json(row)


def show_table(table: Table | FittedTable, on: Console | None = None) -> None:
    """A table on stdout, or on a console made before."""
    with writing(STDOUT):
        (on or console()).print(table)


def print_entry(pen: Console, head: str, *texts: str) -> None:
    """A line of its own, and what is said of it, indented, below; nothing is cut off."""
    from rich.padding import Padding
    from rich.text import Text

    for line, indent in ((head, 2), *((text, 6) for text in texts)):
        pen.print(Padding(Text(printable(line)), (0, 0, 0, indent), expand=False))


def setting(name: str, value: Any) -> str:
    """An option and a value as `-o` takes them."""
    if isinstance(value, bool):
        return f"{name}={str(value).lower()}"
    return f"{name}={'none' if value is None else value}"


def make_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    *,
    decimals: Mapping[str, int] | None = None,
) -> FittedTable:
    """A table of the columns named, which fits the terminal; numbers are flush right.

    Args:
        decimals: of the numbers of a column, by its key; of others `_DECIMALS`.
    """
    from rich.text import Text

    from emocli.cli.fitted_table import Column, FittedTable

    made = []
    for key, heading in columns.items():
        values = [row.get(key) for row in rows]
        places = (decimals or {}).get(key, _DECIMALS)
        cells = [Text(_cell(value, places)) for value in values]
        made.append(Column(printable(heading), cells, right=_are_numbers(values)))
    return FittedTable(made)


class TerminalReporter(Reporter):
    """Tells on stderr what happens, and draws progress there where stderr is a terminal."""

    def __init__(self, wishes: Preferences) -> None:
        """`wishes.quiet` keeps warnings only; `wishes.no_progress` draws no bars."""
        self._quiet = wishes.quiet
        self._draws = not (wishes.quiet or wishes.no_progress)
        self._n_bars = 0

    def say(self, text: str) -> None:
        """A line on stderr."""
        if not self._quiet:
            self._write(text)

    def warn(self, text: str) -> None:
        """A line on stderr that begins with "Warning: "."""
        self._write(f"Warning: {text}")

    @contextmanager
    def progress(self, description: str, total: float | None, unit: str) -> Iterator[Bar]:
        """A bar that goes when the work is over."""
        if not (self._draws and sys.stderr.isatty()):
            yield Bar()
            return
        from tqdm import tqdm

        self._n_bars += 1
        try:
            with tqdm(
                total=total,
                desc=description,
                unit=f" {unit}",
                file=sys.stderr,
                leave=False,
                dynamic_ncols=True,
            ) as drawn:
                yield _DrawnBar(drawn)
        finally:
            self._n_bars -= 1

    def _write(self, text: str) -> None:
        if self._n_bars:
            from tqdm import tqdm

            tqdm.write(text, file=sys.stderr)
        else:
            click.echo(text, err=True)


def ask(question: str, what: str) -> None:
    """Ask on the terminal, and go on only if the answer is yes.

    Args:
        what: of what nobody can be asked where there is no terminal, and what to do then.

    Raises:
        UsageError: nobody can be asked.
        EmocliError: the answer is no.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"nobody can be asked {what}")
    if not click.confirm(question, err=True):
        raise EmocliError("the answer was no; nothing was changed.")


def reporter() -> TerminalReporter:
    """The reporter that the command under way hands to the core."""
    return TerminalReporter(preferences())


class _DrawnBar(Bar):
    def __init__(self, drawn: tqdm[Any]) -> None:
        self._drawn = drawn

    def advance(self, n: float = 1, **values: float | str) -> None:
        if values:
            self._drawn.set_postfix(values, refresh=False)
        self._drawn.update(n)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code == ord("\t"):
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def _are_numbers(values: Sequence[Any]) -> bool:
    kinds = {type(value) for value in values if value is not None}
    return bool(kinds) and kinds <= {int, float}


def _cell(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.{decimals}f}"
    if isinstance(value, list | tuple):
        return printable(", ".join(map(str, value)))
    return printable(str(value))
