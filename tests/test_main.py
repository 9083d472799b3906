"""The program as a process of its own: how it leaves when it is interrupted."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to one process")

# Runs a command; Ctrl-C is pressed when a module is imported, or Python leaves.
_PROGRAM = """
import atexit, os, signal, sys
handler, moment = sys.argv.pop(), sys.argv.pop()
signal.signal(signal.SIGINT, getattr(signal, handler))
class Finder:
    @staticmethod
    def find_spec(name, *_):
        if name == moment:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder)
if moment == "end":
    atexit.register(Finder.find_spec, "end")
from emocli.__main__ import main
main()
"""
VERSION = "emocli, version"


@pytest.mark.parametrize(
    ("arguments", "moment", "status", "out", "err"),
    [
        ("--version", "click", 130, "", ""),
        ("--version", "end", 130, VERSION, ""),
        ("methods", "emocli.cli.methods", 130, "", "Interrupted.\n"),
    ],
)
def test_ctrl_c_shows_no_traceback_though_python_imports_or_leaves(
    arguments: str, moment: str, status: int, out: str, err: str
) -> None:
    assert _run(arguments, moment, "default_int_handler") == (status, out, err)


@pytest.mark.parametrize("moment", ["click", "end"])
def test_ctrl_c_is_not_heard_in_the_background(moment: str) -> None:
    assert _run("--version", moment, "SIG_IGN") == (0, VERSION, "")


def _run(*arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout[: len(VERSION)], done.stderr
