"""Measure how long commands take that compute nothing: `python docs/measure_start.py`.

Each time is the least of `RUNS` runs, in seconds of processor time, which other work on the
machine disturbs less than the clock. They are compared with a Python that only imports click and
rich: as the bare packages, and with the parts of rich that draw a table.
"""

from __future__ import annotations

import subprocess
import sys

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


def seconds(*command: str) -> float:
    """Processor seconds of the quickest of `RUNS` runs of Python with these arguments."""
    return min(_once(command) for _ in range(RUNS))


def _once(command: tuple[str, ...]) -> float:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the table, Markdown."""
    asking = "; import time; print(time.process_time())"
    bases = {name: seconds("-c", code + asking) for name, code in _BASES.items()}
    rows = [f"| | seconds | {' | '.join(f'× {name}' for name in bases)} |", "|---|---:|---:|---:|"]
    rows += [f"| `import {name}` | {base:.3f} | | |" for name, base in bases.items()]
    for command in COMMANDS:
        spent = seconds("-c", _PROBE, *command.split())
        ratios = " | ".join(f"{spent / base:.1f}" for base in bases.values())
        rows.append(f"| `emocli {command}` | {spent:.3f} | {ratios} |")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
