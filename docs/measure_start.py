"""Measure how long commands take that compute nothing: `python docs/measure_start.py`.

Each time is the least of `RUNS` runs, in seconds of processor time, which other work on the
machine disturbs less than the clock. They are compared with a Python that only imports click and
rich: as the bare packages, and with the parts of rich that draw a table. Python keeps the bytecode
of all of them, as an installer does, whatever PYTHONDONTWRITEBYTECODE says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

RUNS = 15
COMMANDS = ("--help", "--version", "methods", "models list", "data list", "plugins", "predict -x")
_PROBE = """
import sys, time
from emocli.cli import run
sys.stdout = sys.stderr
run(sys.argv[1:])
sys.__stdout__.write(str(time.process_time()))
"""
_BASES = {
    "click, rich": "import click, rich",
    "click, rich.console, rich.table": "import click, rich.console, rich.table",
}


def seconds(codes: Sequence[tuple[str, ...]]) -> list[float]:
    """Processor seconds of the quickest of `RUNS` runs of Python with each of these arguments.

    They take turns, so that a busy minute of the machine makes none of them look slower.
    """
    with tempfile.TemporaryDirectory() as folder:
        variables = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        rounds = [[_once(code, variables) for code in codes] for _ in range(RUNS)]
    return [min(runs) for runs in zip(*rounds, strict=True)]


def _once(code: tuple[str, ...], variables: Mapping[str, str]) -> float:
    done = subprocess.run(
        [sys.executable, "-c", *code], capture_output=True, text=True, check=True, env=variables
    )
    return float(done.stdout)


def main() -> None:
    """Print the table, Markdown."""
    asking = "; import time; print(time.process_time())"
    imports = [(code + asking,) for code in _BASES.values()]
    found = seconds([*imports, *((_PROBE, *command.split()) for command in COMMANDS)])
    bases, spent = found[: len(imports)], found[len(imports) :]
    rows = [f"| | seconds | {' | '.join(f'× {name}' for name in _BASES)} |", "|---|---:|---:|---:|"]
    rows += [
        f"| `import {name}` | {base:.3f} | | |" for name, base in zip(_BASES, bases, strict=True)
    ]
    for command, one in zip(COMMANDS, spent, strict=True):
        ratios = " | ".join(f"{one / base:.1f}" for base in bases)
        rows.append(f"| `emocli {command}` | {one:.3f} | {ratios} |")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
