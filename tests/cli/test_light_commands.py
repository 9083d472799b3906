"""Commands that only list, and commands that are wrong, load none of the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from emocli.cli import run
run(sys.argv[1:])
heavy = {"torch", "transformers", "numpy", "pyarrow", "nltk", "accelerate"} & set(sys.modules)
print(sorted(heavy), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "command",
    [
        "methods",
        "methods show datn2",
        "models list --json",
        "models remove nobody --yes",
        "data",
        "data show goemotions",
        "plugins",
        "completion zsh",
        "train --help",
        "train --method bilst --train x.csv",
        "train --method bilstm --train x.csv -o epochs=many",
        "train --method bilstm --train x.csv",
        "evaluate --help",
        "evaluate nobody x.csv",
    ],
)
def test_a_light_command_loads_nothing_heavy(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command.split()], capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
