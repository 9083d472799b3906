"""Packages of others: built as wheels, installed into a fresh environment, sound and faulty."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "tests" / "third_party" / "emocli_bow"
TEXTS = (
    ("so happy today", "joy"),
    ("what a happy and lovely morning", "joy"),
    ("I hate this awful queue", "anger"),
    ("they lied to us, what an awful day", "anger"),
)
OPTIONS = ("-o", "epochs=60", "-o", "learning_rate=0.05", "-o", "patience=0", "--device", "cpu")
CONTRACT = """
from emocli.plugins import registry
from emocli.testing import check_method
check_method(registry().method("bow"), {"epochs": 60, "patience": 0, "learning_rate": 0.05})
"""


class Environment:
    """A Python with emocli in it, and how to run it there."""

    def __init__(self, python: Path, folder: Path, paths: tuple[Path, ...] = ()) -> None:
        """`folder`: where commands run; `paths`: folders of more packages."""
        self.python = python
        self.folder = folder
        self.variables = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    def emocli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "emocli", *arguments)

    def rows(self, *arguments: str) -> dict[str, dict[str, Any]]:
        """What a listing command says, by name."""
        done = self.emocli(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return {row["name"]: row for row in json.loads(done.stdout)}


@pytest.mark.slow
def test_the_wheel_holds_all_that_comes_along(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path]
    subprocess.run([*command, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("emocli-*.whl")
    packages = [ROOT / "emocli", *(ROOT / "plugins").glob("emocli_*")]
    here = {
        path.relative_to(package.parent).as_posix()
        for package in packages
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        assert here <= set(archive.namelist())
    assert {"emocli/py.typed", "emocli_datn/models/datn2-goemotions/model.safetensors"} <= here


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with labelled texts, train.csv, and texts to answer, new.txt."""
    rows = "".join(f'"{text}",{label}\n' for text, label in TEXTS)
    (tmp_path / "train.csv").write_text(f"text,labels\n{rows}", encoding="utf-8")
    (tmp_path / "new.txt").write_text("happy happy morning\nawful queue\n", encoding="utf-8")
    return tmp_path


def train_and_predict(environment: Environment, method: str, *options: str) -> list[Any]:
    """The labels of the two texts in new.txt, by a model trained on train.csv."""
    files = ("--train", "train.csv", "--dev", "train.csv", "--name", "mine")
    done = environment.emocli("train", "--method", method, *files, *OPTIONS, *options)
    assert done.returncode == 0, done.stderr
    done = environment.emocli("predict", "new.txt", "--model", "mine", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["labels"] for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_a_third_party_method_is_built_installed_found_trained_and_predicts(
    tmp_path: Path, texts: Path
) -> None:
    python = fresh_environment(tmp_path / "environment")
    environment = Environment(python, texts)
    assert "bow" not in environment.rows("methods")

    pip = ("-m", "pip", "install", "--quiet", "--no-index", "--no-deps")
    done = environment.run(*pip, build_wheel(tmp_path))
    assert done.returncode == 0, done.stderr

    method = environment.rows("methods")["bow"]
    assert method["summary"] == "mean word vector and a linear layer"
    plugin = environment.rows("plugins")["bow"]
    assert (plugin["distribution"], plugin["version"]) == ("emocli-bow", "1.0")
    assert (plugin["declares"], plugin["problem"]) == ("1 method", None)
    done = environment.run("-c", CONTRACT)
    assert done.returncode == 0, done.stderr
    labels = train_and_predict(environment, "bow", "-o", "width=16")
    assert labels == [["joy"], ["anger"]]


def fresh_environment(folder: Path) -> Path:
    """The Python of a new virtual environment that also sees the packages of this one.

    Installing torch and the rest a second time would need the network and minutes; a fresh
    environment with everything in it is what the README's first command makes.
    """
    venv.create(folder, with_pip=True)
    names = {"base": str(folder), "platbase": str(folder)}
    own = Path(sysconfig.get_path("purelib", "venv", names))
    seen = [sysconfig.get_path("purelib"), *site.getsitepackages()]
    lines = "".join(f"import site; site.addsitedir({path!r})\n" for path in dict.fromkeys(seen))
    (own / "packages_of_the_tests.pth").write_text(lines, encoding="utf-8")
    return Path(sysconfig.get_path("scripts", "venv", names)) / Path(sys.executable).name


def build_wheel(folder: Path) -> Path:
    """The wheel of the example plugin."""
    source = copytree(EXAMPLE, folder / "source")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    done = subprocess.run([*build, source], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


HOOK = """
from emocli.hookspecs import hookimpl
from emocli.methods import Config, Method

@hookimpl
def emocli_methods():
    {body}
"""
METHOD = "return [Method('{name}', 'a method', 'nobody', Config, 'emocli_{name}.model:Model')]"
FAULTY = {
    "unimportable": "import a_package_that_is_not_there",
    "raising": HOOK.format(body="raise RuntimeError('out of ideas')"),
    "mistyped": HOOK.format(body="return {'mistyped': Config}"),
    "clashing": HOOK.format(body=METHOD.format(name="bilstm")),
    "sound": HOOK.format(body=METHOD.format(name="sound")),
}


@pytest.fixture
def troubled(tmp_path: Path, texts: Path) -> Environment:
    """This environment, and in it four faulty plugins and a sound one, as pip installs them."""
    folder = tmp_path / "packages"
    for name, code in FAULTY.items():
        information = folder / f"emocli_{name}-1.0.dist-info"
        information.mkdir(parents=True)
        metadata = f"Metadata-Version: 2.1\nName: emocli-{name}\nVersion: 1.0\n"
        (information / "METADATA").write_text(metadata, encoding="utf-8")
        entry = f"[emocli]\n{name} = emocli_{name}\n"
        (information / "entry_points.txt").write_text(entry, encoding="utf-8")
        (folder / f"emocli_{name}.py").write_text(code, encoding="utf-8")
    return Environment(Path(sys.executable), texts, (folder,))


CLASH = "method 'bilstm' is declared by 'clashing' (emocli-clashing) and 'datn' (emocli)"


def test_faulty_plugins_are_named_each_with_what_is_wrong(troubled: Environment) -> None:
    plugins = troubled.rows("plugins")
    assert plugins["sound"]["problem"] is None
    problems = {name: row["problem"] for name, row in plugins.items() if row["problem"]}
    assert problems == {
        "clashing": CLASH,
        "datn": CLASH,
        "mistyped": "TypeError: emocli_methods returned dict, expected a list",
        "raising": "RuntimeError: out of ideas",
        "unimportable": "ModuleNotFoundError: No module named 'a_package_that_is_not_there'",
    }


def test_the_methods_of_sound_plugins_are_there_beside_faulty_ones(troubled: Environment) -> None:
    methods = troubled.rows("methods")
    assert {"sound", "datn2"} <= methods.keys()
    assert not {"bilstm", "mistyped", "raising"} & methods.keys()


def test_a_clashing_name_is_refused_with_both_packages_named(troubled: Environment) -> None:
    done = troubled.emocli("train", "--method", "bilstm", "--train", "train.csv")
    assert (done.returncode, done.stdout) == (2, "")
    advice = "uninstall one of them (`emocli plugins` lists them)."
    assert done.stderr == f"Error: {CLASH}; {advice}\n"


def test_the_method_of_a_faulty_plugin_is_unknown_and_the_plugin_named(
    troubled: Environment,
) -> None:
    done = troubled.emocli("methods", "show", "raising")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: unknown method 'raising'")
    assert done.stderr.endswith("Plugins that failed to load: mistyped, raising, unimportable.\n")


@pytest.mark.slow
def test_other_methods_train_and_predict_beside_faulty_plugins(
    troubled: Environment, texts: Path
) -> None:
    narrow = ("embedding_width=8", "hidden_width=4", "attention_width=4", "head_width=4")
    options = [word for option in (*narrow, "min_count=1") for word in ("-o", option)]
    (texts / "mood.csv").write_text("text,label\nhappy,positive\nawful,negative\n", "utf-8")
    labels = train_and_predict(troubled, "sp", "--source", "mood.csv", *options)
    assert len(labels) == 2
