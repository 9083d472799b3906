"""Commands that only list, and commands that are wrong, load none of the heavy libraries.

How quickly they start is held by what they load, never by time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

HEAVY = {"torch", "transformers", "numpy", "scipy", "pyarrow", "regex", "accelerate"}

LoadedBy = Callable[[str, int], set[str]]

# What the quickest commands may load of emocli; every list needs some of it.
_HELP = "cli cli.arguments cli.completing cli.options cli.streams errors paths"
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
    """The names of the modules that are loaded when a command ends, with this exit status."""
    return cache(lambda command, status: modules_after(*command.split(), status=status)[0])


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("methods", 0),
        ("methods show datn2", 0),
        ("models list --json", 0),
        ("models remove nobody --yes", 2),
        ("data", 0),
        ("data show goemotions", 0),
        ("plugins", 0),
        ("completion zsh", 0),
        ("train --help", 0),
        ("train --method bilst --train x.csv", 2),
        ("train --method bilstm --train x.csv -o epochs=many", 2),
        ("train --method bilstm --train x.csv", 2),
        ("evaluate --help", 0),
        ("evaluate nobody x.csv", 2),
        ("compare --help", 0),
        ("compare datn2 nobody x.csv", 2),
        ("compare datn2 nothing.jsonl x.csv", 2),
    ],
)
def test_a_light_command_loads_nothing_heavy(
    command: str, status: int, loaded_by: LoadedBy
) -> None:
    assert loaded_by(command, status) & HEAVY == set()


@pytest.mark.parametrize("command", QUICK)
def test_a_quick_command_loads_few_parts_of_emocli(command: str, loaded_by: LoadedBy) -> None:
    own = {name.removeprefix("emocli.") for name in loaded_by(command, 0) if name[:7] == "emocli."}
    assert sorted(own - {*QUICK[command].split()}) == []


@pytest.mark.parametrize("command", QUICK)
def test_of_plugins_a_quick_command_loads_the_declarations_only(
    command: str, loaded_by: LoadedBy
) -> None:
    inside = [name for name in loaded_by(command, 0) if name[:7] == "emocli_" and "." in name]
    assert inside == []


@pytest.mark.parametrize("command", QUICK)
def test_a_quick_command_loads_nothing_slow(command: str, loaded_by: LoadedBy) -> None:
    assert loaded_by(command, 0) & SLOW == set()
