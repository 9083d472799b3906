from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from emocli import __version__, errors
from emocli.cli import COMMANDS, run
from emocli.cli import emocli as group
from emocli.cli.options import shared_options

Cli = Callable[..., Any]
OUT_OF_MEMORY = (
    "Error: out of memory; close other programs, work on smaller pieces, or choose a smaller "
    "model.\n"
)
KNOWN = "benchmark, compare, completion, data, evaluate, methods, models, plugins, predict, train"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make `emocli predict` raise an error, whatever its arguments."""

    def fail_with(error: BaseException) -> None:
        @click.command("predict")
        @shared_options
        def command() -> None:
            raise error

        import emocli.cli.predict as module

        monkeypatch.setattr(module, "command", command)

    return fail_with


def test_help_lists_every_command_with_one_line(command_line: Cli) -> None:
    result = command_line("--help", columns=80)
    assert (result.status, result.errors) == (0, "")
    commands = result.output.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    assert commands == [f"  {name:<10}  {line}" for name, line in COMMANDS.items()]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_commands_help_begins_with_the_line_in_the_group(name: str) -> None:
    command = import_module(f"emocli.cli.{name}").command
    assert command.name == name
    assert (command.help or "").startswith(COMMANDS[name].removesuffix("."))


def test_no_command_is_imported_for_the_groups_help() -> None:
    heavy = {"torch", "transformers", "numpy", "pyarrow", "regex", "rich", "tqdm", "pluggy"}
    code = (
        "import sys; from emocli.cli import run; run(['--help']); "
        "print(*[name for name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & heavy
    assert not {f"emocli.cli.{name}" for name in COMMANDS} & loaded


def test_the_version_is_the_packages(command_line: Cli) -> None:
    assert command_line("--version").output == f"emocli, version {__version__}\n"


def test_an_unknown_command_names_the_nearest(command_line: Cli) -> None:
    result = command_line("pedict")
    assert (result.status, result.output) == (2, "")
    assert result.errors == (
        f"Error: unknown command 'pedict': did you mean 'predict'? Known commands: {KNOWN}.\n"
    )


def test_an_unknown_option_names_the_nearest(command_line: Cli) -> None:
    result = command_line("predict", "--threshhold")
    assert (result.status, result.output) == (2, "")
    assert result.errors == (
        "Usage: emocli predict [OPTIONS] [FILES]...\n"
        "Try 'emocli predict --help' for help.\n\n"
        "Error: No such option '--threshhold'. Did you mean '--threshold'?\n"
    )


def test_without_a_command_the_help_is_shown(command_line: Cli) -> None:
    result = command_line()
    assert (result.status, result.output) == (2, "")
    assert result.errors.startswith("Usage: emocli [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (errors.EmocliError("it failed."), 1, "Error: it failed.\n"),
        (errors.UsageError("it was wrong."), 2, "Error: it was wrong.\n"),
        (errors.DataError("a.csv", 3, "torn row"), 1, "Error: a.csv:3: torn row\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (click.Abort(), 130, "Interrupted.\n"),
        (MemoryError(), 1, OUT_OF_MEMORY),
        (RuntimeError("can't allocate memory: you tried 16000000000000 bytes"), 1, OUT_OF_MEMORY),
        (
            OSError(28, "No space left on device"),
            1,
            "Error: stdout: cannot be written: the disk is full; free some space or choose another "
            "place.\n",
        ),
        (
            PermissionError(13, "Permission denied", "secret/model.json"),
            2,
            "Error: secret/model.json: permission denied; choose another place.\n",
        ),
        (
            ZeroDivisionError("division by zero"),
            1,
            "Error: internal error (ZeroDivisionError: division by zero); "
            "run again with --debug to see where.\n",
        ),
        (BrokenPipeError(), 0, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_an_error_becomes_a_sentence_and_an_exit_status(
    command_line: Cli,
    failing: Callable[[BaseException], None],
    error: BaseException,
    status: int,
    text: str,
) -> None:
    failing(error)
    result = command_line("predict")
    assert (result.status, result.output, result.errors) == (status, "", text)


@pytest.mark.parametrize("arguments", [("--debug", "predict"), ("predict", "--debug")])
def test_debug_shows_where_an_error_came_from(
    command_line: Cli, failing: Callable[[BaseException], None], arguments: tuple[str, ...]
) -> None:
    failing(errors.EmocliError("it failed."))
    result = command_line(*arguments)
    assert result.status == 1
    assert result.errors.startswith("Traceback (most recent call last):\n")
    assert result.errors.endswith("emocli.errors.EmocliError: it failed.\nError: it failed.\n")


def test_what_cannot_be_written_since_stdout_is_closed_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It used to be lost, with status 0."""
    for arguments in (["--version"], ["methods"]):
        monkeypatch.setattr(sys, "stdout", None)
        assert run(arguments) == 1
        assert capsys.readouterr().err.rstrip(".\n") == (
            "Error: stdout: cannot be written: it is closed; leave it open, or send it to a file"
        )


def test_closed_streams_that_nothing_is_written_to_are_no_failure(
    tiny_model: Path, tweets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    output = str(tmp_path / "out.csv")
    assert run(["predict", str(tweets), "--model", str(tiny_model), "--output", output]) == 0
    assert run(["nonsense"]) == 2


@pytest.mark.parametrize(
    "arguments", [("predict",), ("predict", "--output"), ("benchmark", "show")]
)
def test_a_name_too_long_for_a_file_is_told(command_line: Cli, arguments: tuple[str, ...]) -> None:
    """It used to be an internal error."""
    name = "a" * 300
    result = command_line(*arguments, name)
    assert (result.status, result.output) == (2, "")
    assert result.errors == f"Error: {name}: its name is too long; choose a shorter one.\n"


def test_what_ctrl_c_breaks_off_is_told_so_though_python_wraps_it(
    command_line: Cli, failing: Callable[[BaseException], None]
) -> None:
    error = RuntimeError("Error calling __set_name__ on 'cached_property' instance")
    error.__cause__ = KeyboardInterrupt()
    failing(error)
    result = command_line("predict")
    assert (result.status, result.errors) == (130, "Interrupted.\n")


def test_what_stdout_cannot_encode_is_written_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stdout)
    run(["--version"])
    stdout.write("😀\udc80")
    stdout.flush()
    assert stdout.buffer.getvalue().endswith("😀".encode() + b"\\udc80")


def completed(command_line: Cli, monkeypatch: pytest.MonkeyPatch, words: str) -> list[str]:
    monkeypatch.setenv("_EMOCLI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    result = command_line()
    assert (result.status, result.errors) == (0, "")
    return [line.removeprefix("plain,") for line in result.output.splitlines()]


def test_commands_options_and_choices_are_completed(
    command_line: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert completed(command_line, monkeypatch, "emocli p") == ["predict", "plugins"]
    assert completed(command_line, monkeypatch, "emocli --deb") == ["--debug"]
    assert completed(command_line, monkeypatch, "emocli predict --su") == ["--summary"]
    assert completed(command_line, monkeypatch, "emocli predict --precision f") == ["fp32", "fp16"]
    assert completed(command_line, monkeypatch, "emocli predict --device c") == ["cpu", "cuda"]
    assert completed(command_line, monkeypatch, "emocli nonsense p") == ["predict", "plugins"]


def test_models_are_completed_by_name_and_by_folder(
    command_line: Cli, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    (home / "models" / "my-model").mkdir(parents=True)
    (home / "models" / "my-model" / "model.json").write_text("{}", encoding="utf-8")
    assert completed(command_line, monkeypatch, "emocli predict --model my") == ["my-model"]
    assert completed(command_line, monkeypatch, "emocli predict --model ./my") == ["dir,./my"]


def test_completion_imports_nothing_heavy(home: Path) -> None:
    code = (
        "import sys; from emocli.cli import run; run([]); "
        "sys.exit(bool({'torch', 'numpy', 'transformers', 'pyarrow'} & set(sys.modules)))"
    )
    environment = {
        **os.environ,
        "_EMOCLI_COMPLETE": "bash_complete",
        "COMP_WORDS": "emocli predict --model ",
        "COMP_CWORD": "3",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == 0


def test_every_option_of_every_command_has_a_help_line() -> None:
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        for leaf in getattr(command, "commands", {"": command}).values():
            for parameter in leaf.params:
                if isinstance(parameter, click.Option):
                    assert parameter.help, f"{name} {leaf.name} {parameter.name}"
