from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from emocli.cli.options import Preferences
from emocli.cli.output import TerminalReporter, console, printable, show_rows
from emocli.errors import EmocliError

ROWS: list[dict[str, Any]] = [
    {"name": "datn2", "labels": ["joy", "anger"], "jaccard": 0.61254, "texts": 6838, "own": False},
    {"name": "my [b]x[/b]\n", "labels": [], "jaccard": None, "texts": 3, "own": True},
]
COLUMNS = {"name": "name", "labels": "labels", "jaccard": "dev", "texts": "texts", "own": "own"}


class Screen(io.TextIOWrapper):
    """Stands for a terminal, or for a pipe."""

    def __init__(self, terminal: bool = True) -> None:
        self.content = io.BytesIO()
        super().__init__(self.content, encoding="utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        return self.content.getvalue().decode()


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    yield


def on_stdout(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> Screen:
    screen = Screen(terminal)
    monkeypatch.setattr(sys, "stdout", screen)
    return screen


def on_stderr(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> Screen:
    screen = Screen(terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


@pytest.mark.parametrize("columns", [50, 120])
def test_a_dumb_terminal_is_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Tables used to have 80 columns there, whatever the width."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", str(columns))
    on_stdout(monkeypatch, terminal=True)
    assert console().width == columns


def test_rows_are_a_table_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stdout(monkeypatch, terminal=True)
    show_rows(ROWS, COLUMNS)
    lines = [line.rstrip() for line in plain(screen.text()).splitlines()]
    assert lines == [
        "name           labels          dev   texts   own",
        "────────────────────────────────────────────────",
        "datn2          joy, anger   0.6125   6,838   no",
        "my [b]x[/b]␊                             3   yes",
    ]


def test_numbers_have_the_decimals_of_their_column(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stdout(monkeypatch, terminal=True)
    show_rows([{"dev": 0.5, "size": 1234.56}], {"dev": "dev", "size": "MB"}, decimals={"size": 1})
    assert plain(screen.text()).splitlines()[2] == "0.5000   1,234.6"


def plain(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_rows_are_json_lines_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stdout(monkeypatch, terminal=False)
    show_rows(ROWS, {"name": "name"})
    assert [json.loads(line) for line in screen.text().splitlines()] == ROWS


def test_rows_are_one_json_array_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stdout(monkeypatch, terminal=True)
    show_rows(ROWS, COLUMNS, as_json=True)
    assert json.loads(screen.text()) == ROWS


def test_no_table_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stdout(monkeypatch, terminal=True)
    show_rows([{"a": "words " * 30, "b": "ends " * 30}], {"a": "a", "b": "b"})
    assert max(map(len, plain(screen.text()).splitlines())) <= 60


def test_no_color_leaves_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    screen = on_stdout(monkeypatch, terminal=True)
    console().print("so happy", style="bold red")
    assert screen.text() == "\x1b[1mso happy\x1b[0m\n"


def test_a_console_takes_text_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stdout(monkeypatch, terminal=True)
    console().print("[red]:smile: 12 'x'[/red]")
    assert screen.text() == "[red]:smile: 12 'x'[/red]\n"


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    assert printable("a\tb\nc\x1b[31m\x7f") == "a b␊c␛[31m␡"
    assert printable("\x9b \u2028 \u202e \u2066 \udc80") == "� � � � �"
    assert printable("👩‍👧 é نص 我") == "👩‍👧 é نص 我"


def test_a_full_disk_is_told_of_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(Screen):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full(terminal=False))
    with pytest.raises(EmocliError) as caught:
        show_rows(ROWS, COLUMNS)
    assert str(caught.value) == (
        "stdout: cannot be written: the disk is full; free some space or choose another place"
    )


def test_a_closed_pipe_stays_what_it_is_in_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(Screen):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(BrokenPipeError):
        show_rows(ROWS, COLUMNS)


def test_words_go_to_stderr_unless_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stderr(monkeypatch, terminal=False)
    for wishes in (Preferences(), Preferences(quiet=True)):
        reporter = TerminalReporter(wishes)
        reporter.say("reading")
        reporter.warn("torn")
    assert screen.text() == "reading\nWarning: torn\nWarning: torn\n"


@pytest.mark.parametrize(
    ("terminal", "wishes"),
    [
        (False, Preferences()),
        (True, Preferences(quiet=True)),
        (True, Preferences(no_progress=True)),
    ],
)
def test_no_bar_is_drawn_where_nobody_wants_one(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, wishes: Preferences
) -> None:
    screen = on_stderr(monkeypatch, terminal)
    with TerminalReporter(wishes).progress("predicting", 10, "texts") as bar:
        bar.advance(5, loss=0.5)
    assert screen.text() == ""


def test_a_bar_shows_how_far_and_how_fast_and_then_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_stderr(monkeypatch, terminal=True)
    reporter = TerminalReporter(Preferences())
    with reporter.progress("predicting", 10, "texts") as bar:
        time.sleep(0.15)  # a bar is drawn ten times a second at most
        bar.advance(5, read="50%")
        reporter.say("in between")
        bar.advance(5, read="100%")
    shown = screen.text()
    assert "predicting:   0%|" in shown
    assert re.search(r"predicting:  50%\|.* 5/10 .*read=50%", shown)
    assert "texts/s" in shown
    assert "in between\n" in shown
    assert shown.endswith("\r")
