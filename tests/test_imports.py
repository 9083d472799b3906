"""Who may import whom, read from the source; and what stays unloaded where nothing is computed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {
    "accelerate",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "regex",
    "safetensors",
    "scipy",
    "statsmodels",
    "tokenizers",
    "torch",
    "transformers",
}
FOR_THE_SCREEN = {"click", "rich", "tqdm"}
COMPUTING = ("modelling", "inference", "training", "evaluation", "benchmark", "testing")

# Each part of emocli and the parts below it, which alone it may import.
BELOW = {
    "__init__": "",
    "errors": "",
    "reporting": "",
    "cards": "",
    "paths": "errors",
    "locks": "paths",
    "methods": "errors",
    "common_options": "methods",
    "hookspecs": "methods",
    "entry_points": "",
    "plugins": "data hookspecs methods entry_points errors",
    "data": "errors locks paths reporting __init__",
    "datasets": "plugins data errors paths",
    "modelling": "data common_options methods errors paths reporting",
    "descriptions": "errors",
    "model_folders": "modelling descriptions plugins methods cards errors paths",
    "models": "model_folders inference modelling descriptions plugins errors paths",
    "evaluation": "modelling data errors paths reporting",
    "inference": "evaluation modelling data methods errors paths reporting",
    "training": "inference evaluation modelling data methods errors paths reporting",
    "benchmark": "training models inference evaluation modelling data datasets plugins methods "
    "errors locks paths reporting __init__",
    "testing": "training models inference evaluation modelling data methods errors",
    "cli": "benchmark training models inference evaluation modelling data datasets plugins methods "
    "errors locks paths reporting __init__",
    "__main__": "cli",
}
# What a plugin's own code may use; its __init__ declares, and may use less.
OPEN_TO_PLUGINS = (
    "modelling data training inference evaluation errors methods common_options reporting"
)
DECLARING = "hookspecs methods common_options"


@dataclass(frozen=True)
class Import:
    """One imported module: at the module's top, or where a function first needs it."""

    module: str
    line: int
    at_top: bool


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """What a file imports when it runs; what only a type checker reads does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(found for node in tree.body for found in _imports_of(node, at_top=True))


def _imports_of(node: ast.AST, *, at_top: bool) -> Iterator[Import]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (Import(name.name, node.lineno, at_top) for name in node.names)
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        yield from (Import(module, node.lineno, at_top) for module in _modules(node))
    inside = at_top and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from _imports_of(child, at_top=inside)


def _modules(node: ast.ImportFrom) -> list[str]:
    """`from emocli import paths` imports emocli.paths, `from emocli.paths import home` too."""
    module = node.module or ""
    inside = [f"{module}.{name.name}" for name in node.names if is_module(f"{module}.{name.name}")]
    return inside or [module]


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def part(module: str) -> str:
    """The part of emocli that a module is in: `data` for `emocli.data.tweets`."""
    return [*module.split("."), "__init__"][1]


def name_of(path: Path, top: Path) -> str:
    parts = path.relative_to(top).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def where(path: Path, found: Import) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{found.line} imports {found.module}"


def test_every_part_of_emocli_has_its_place() -> None:
    parts = {part(name_of(path, ROOT)) for path in sources("emocli")}
    assert parts <= BELOW.keys()


def test_the_table_of_parts_has_no_circle() -> None:
    left = {name: set(below.split()) for name, below in BELOW.items()}
    while left:
        lowest = {name for name, below in left.items() if not below & left.keys()}
        assert lowest, f"a circle among {sorted(left)}"
        left = {name: below for name, below in left.items() if name not in lowest}


def test_imports_go_downwards_only() -> None:
    wrong = []
    for path in sources("emocli"):
        own = part(name_of(path, ROOT))
        for found in imports(path):
            if found.module.split(".")[0] == "emocli":
                below = part(found.module)
                if below != own and below not in BELOW[own].split():
                    wrong.append(where(path, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("folder", "package"),
    [(".", "emocli"), *(("plugins", p.name) for p in sorted(ROOT.glob("plugins/emocli_*")))],
)
def test_no_file_imports_itself_in_a_circle(folder: str, package: str) -> None:
    top = ROOT / folder
    paths = {name_of(path, top): path for path in sorted((top / package).rglob("*.py"))}
    left = {
        name: {found.module for found in imports(path) if found.at_top} & paths.keys() - {name}
        for name, path in paths.items()
    }
    while left:
        lowest = {name for name, uses in left.items() if not uses & left.keys()}
        assert lowest, f"a circle among {sorted(left)}"
        left = {name: uses for name, uses in left.items() if name not in lowest}


def test_emocli_imports_no_plugin_and_no_plugin_another() -> None:
    names = {path.name for path in ROOT.glob("plugins/emocli_*")}
    wrong = []
    for path in (*sources("emocli"), *sources("plugins")):
        own = path.relative_to(ROOT).parts[1]
        for found in imports(path):
            if found.module.split(".")[0] in names - {own}:
                wrong.append(where(path, found))
    assert wrong == []


def test_a_plugin_uses_what_is_open_to_plugins() -> None:
    wrong = []
    for path in sources("plugins"):
        allowed = {*OPEN_TO_PLUGINS.split(), *DECLARING.split()}
        if path.name in ("__init__.py", "config.py"):
            allowed = set(DECLARING.split())
        for found in imports(path):
            if found.module.split(".")[0] == "emocli" and part(found.module) not in allowed:
                wrong.append(where(path, found))
    assert wrong == []


def test_only_the_command_line_knows_click_rich_and_tqdm() -> None:
    wrong = [
        where(path, found)
        for path in (*sources("emocli"), *sources("plugins"))
        if path.relative_to(ROOT).parts[:2] != ("emocli", "cli")
        for found in imports(path)
        if found.module.split(".")[0] in FOR_THE_SCREEN
    ]
    assert wrong == []


def torch_free() -> list[Path]:
    """The files that tab completion, help and lists load: all but those that compute."""
    core = [p for p in sources("emocli") if part(name_of(p, ROOT)) not in COMPUTING]
    return [*core, *ROOT.glob("plugins/emocli_*/__init__.py")]


def test_what_lists_and_reads_imports_nothing_heavy_at_its_top() -> None:
    wrong = [
        where(path, found)
        for path in torch_free()
        for found in imports(path)
        if found.at_top and found.module.split(".")[0] in HEAVY
    ]
    assert wrong == []


def test_what_lists_and_reads_imports_what_computes_inside_functions() -> None:
    wrong = [
        where(path, found)
        for path in torch_free()
        for found in imports(path)
        if found.at_top and found.module.startswith("emocli.") and part(found.module) in COMPUTING
    ]
    assert wrong == []


COMMANDS = {
    "help": ("--help", 0),
    "version": ("--version", 0),
    "help of predict": ("predict --help", 0),
    "methods": ("methods", 0),
    "models list": ("models list", 0),
    "data list": ("data list", 0),
    "plugins": ("plugins", 0),
    "benchmark list": ("benchmark list", 0),
    "benchmark validate": ("benchmark validate quick", 0),
    "an unknown suite": ("benchmark show quikc", 2),
    "an unknown command": ("predicd", 2),
    "an unknown option": ("predict --modle datn2", 2),
    "an unknown model": ("predict --model dant2 texts.txt", 2),
    "a wrong value": ("predict --top many texts.txt", 2),
}
_PROBE = """
import sys
from emocli.cli import run
status = run(sys.argv[2:])
loaded = {name.split(".")[0] for name in sys.modules} & set(sys.argv[1].split(","))
sys.exit(f"status {status}, loaded: {' '.join(sorted(loaded))}")
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_heavy_is_loaded_for(name: str) -> None:
    command, status = COMMANDS[name]
    assert _last_line(command.split()) == f"status {status}, loaded:"


@pytest.mark.parametrize("words", ["emocli ", "emocli predict --model ", "emocli train --method "])
def test_nothing_heavy_is_loaded_for_a_completion(words: str) -> None:
    number = len(words.split(" ")) - 1
    asked = {"_EMOCLI_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    assert _last_line([], **asked) == "status 0, loaded:"


def test_importing_emocli_loads_nothing_heavy() -> None:
    probe = f"import sys, emocli; sys.exit(' '.join({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "\n")


def _last_line(arguments: list[str], **variables: str) -> str:
    """What `_PROBE` says after running a command."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, ",".join(HEAVY), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
    )
    return done.stderr.splitlines()[-1].strip()
