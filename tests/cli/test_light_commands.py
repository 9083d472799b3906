"""Commands that only list, and commands that are wrong, load none of the heavy libraries.

How quickly they start is held by what they load, never by time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

HEAVY = {"torch", "transformers", "numpy", "scipy", "pyarrow", "regex", "accelerate"}

LoadedBy = Callable[[str], set[str]]

# What the quickest commands may load of emocli; every list needs some of it.
_HELP = "cli cli.arguments cli.options cli.streams errors paths"
_LIST = f"{_HELP} cli.listing cli.output reporting plugins entry_points hookspecs methods"
QUICK = {
    "--help": _HELP,
    "methods": f"{_LIST} cli.methods",
    "models list": f"{_LIST} cli.models models model_folders descriptions",
}
# Each would take a tenth of their time or more.
SLOW = {"importlib.metadata", "email", "zipfile", "tempfile", "rich", "tqdm"}


@pytest.fixture(scope="session")
def loaded_by(modules_after: Callable[..., tuple[set[str], str]]) -> LoadedBy:
    """The names of the modules that are loaded when a command is done."""
    return cache(lambda command: modules_after(*command.split())[0])


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
        "compare --help",
        "compare datn2 nobody x.csv",
        "compare datn2 nothing.jsonl x.csv",
    ],
)
def test_a_light_command_loads_nothing_heavy(command: str, loaded_by: LoadedBy) -> None:
    assert loaded_by(command) & HEAVY == set()


@pytest.mark.parametrize("command", QUICK)
def test_a_quick_command_loads_few_parts_of_emocli(command: str, loaded_by: LoadedBy) -> None:
    own = {name.removeprefix("emocli.") for name in loaded_by(command) if name[:7] == "emocli."}
    assert sorted(own - {*QUICK[command].split()}) == []


@pytest.mark.parametrize("command", QUICK)
def test_of_plugins_a_quick_command_loads_the_declarations_only(
    command: str, loaded_by: LoadedBy
) -> None:
    inside = [name for name in loaded_by(command) if name[:7] == "emocli_" and "." in name]
    assert inside == []


@pytest.mark.parametrize("command", QUICK)
def test_a_quick_command_loads_nothing_slow(command: str, loaded_by: LoadedBy) -> None:
    assert loaded_by(command) & SLOW == set()
