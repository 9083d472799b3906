"""The scripts that complete commands, and that those in completions/ are current."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emocli.cli.completion import SHELLS, script

FOLDER = Path(__file__).parents[2] / "completions"
# The scripts are click's own; another version of it may word them differently.
GENERATED_WITH = "8.5"

Emocli = Callable[..., Any]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_in_the_repository_is_current(shell: str) -> None:
    version = importlib.metadata.version("click")
    if not version.startswith(f"{GENERATED_WITH}."):
        pytest.skip(f"click is {version}; completions/ was generated with {GENERATED_WITH}")
    written = (FOLDER / f"emocli.{shell}").read_text(encoding="utf-8")
    assert written == script(shell), (
        f"write it anew: emocli completion {shell} > completions/emocli.{shell}"
    )


def test_a_script_is_printed_for_a_shell(emocli: Emocli) -> None:
    answer = emocli("completion", "bash")
    assert answer.status == 0
    assert answer.out == script("bash")
    assert "_EMOCLI_COMPLETE=bash_complete" in answer.out


def test_another_shell_is_refused_with_those_that_are_known(emocli: Emocli) -> None:
    answer = emocli("completion", "tcsh")
    assert answer.status == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in answer.err


def completed(words: str, last: int) -> list[str]:
    """What bash is offered for the word number `last`."""
    environment = os.environ | {
        "_EMOCLI_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(last),
    }
    done = subprocess.run(
        [sys.executable, "-m", "emocli"], env=environment, capture_output=True, text=True
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "last", "offered"),
    [
        ("emocli ev", 1, ["evaluate"]),
        ("emocli models ", 2, ["list", "remove", "show"]),
        ("emocli train --method dat", 3, ["datn1", "datn2"]),
        ("emocli train --sou", 2, ["--source"]),
        ("emocli methods show bil", 3, ["bilstm"]),
        ("emocli data show goe", 3, ["goemotions"]),
        ("emocli data similarity goe", 3, ["goemotions"]),
        ("emocli data similarity goemotions sen", 4, ["sentiment"]),
        ("emocli data similarity goemotions my", 4, ["my"]),
        ("emocli predict --model datn2-", 3, ["datn2-goemotions"]),
        ("emocli predict --model ./mine", 3, ["./mine"]),
        ("emocli evaluate datn2-", 2, ["datn2-goemotions"]),
        ("emocli evaluate datn2 goe", 3, ["goemotions"]),
        ("emocli evaluate --predictions a.jsonl goe", 4, ["goemotions"]),
        ("emocli compare datn2 datn2-goemotions goe", 4, ["goemotions"]),
        ("emocli train --train goe", 3, ["goemotions"]),
        ("emocli train --source tweets", 3, ["tweets"]),
        ("emocli models --js", 2, ["--json"]),
        ("emocli benchmark qui", 2, ["quick"]),
        ("emocli benchmark quick --meth", 3, ["--methods"]),
        ("emocli benchmark --meth", 2, ["--methods"]),
        ("emocli plugins show da", 3, ["datn"]),
        ("emocli completion fi", 2, ["fish"]),
    ],
)
def test_names_are_completed(words: str, last: int, offered: list[str]) -> None:
    assert completed(words, last) == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("emocli predict --model datn2-", "datn2-goemotions"),
        ("emocli benchmark show qui", "quick"),
        ("emocli methods show bil", "bilstm"),
    ],
)
def test_bash_makes_words_of_what_it_is_offered(words: str, offered: str, tmp_path: Path) -> None:
    """It forgets all names when it is told of files behind them."""
    program = tmp_path / "emocli"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m emocli\n', encoding="utf-8")
    program.chmod(0o755)
    lines = (
        "compopt() { :; }; complete() { :; }",
        script("bash"),
        f"COMP_WORDS=({words}); COMP_CWORD={len(words.split()) - 1}",
        f'_emocli_completion "{program}"',
        'echo "${COMPREPLY[*]}"',
    )
    command = ["bash", "--norc", "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{offered}\n"
