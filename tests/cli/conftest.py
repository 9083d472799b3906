"""Running the command line inside the test's own process, and small labelled files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emocli.cli import run

JOY = ("so happy today", "what a happy day", "I love this song", "great joy", "happy, so happy")
ANGER = ("I hate this bus", "so angry right now", "what a rage", "angry, full of hate", "I rage")
SADNESS = ("so sad tonight", "I cry all day", "a sad lonely night", "tears, sorrow", "lonely tears")

BENCHMARK = """title = "Mini"
seeds = 1
metrics = ["jaccard"]
[options]
epochs = 2
hidden_width = 4
embedding_width = 4
[[data]]
name = "moods"
train = "train.csv"
dev = "dev.csv"
test = "test.csv"
[[rows]]
name = "Base"
method = "bilstm"
published = { jaccard = 0.5 }
[[rows]]
method = "cnn"
options = { blocks = 1, kernel = 3, filters = 4 }
"""
MOODS = ("so happy {},joy", "I hate {},anger", "sad {},sadness", "sad and angry {},anger|sadness")


@dataclass(frozen=True)
class Answer:
    """What one command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def emocli(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run `emocli` with these arguments."""

    def call(*arguments: str | Path) -> Answer:
        capfd.readouterr()
        status = run([str(argument) for argument in arguments])
        sys.stdout.flush()
        return Answer(status, *capfd.readouterr())

    return call


@pytest.fixture
def small() -> tuple[str, ...]:
    """Options of `emocli train` for a small model of the DATN family that learns quickly."""
    return (
        *("-o", "embedding_width=8", "-o", "hidden_width=4", "-o", "attention_width=4"),
        *("-o", "head_width=4", "-o", "min_count=1", "-o", "batch_size=8", "-o", "patience=0"),
        *("-o", "learning_rate=0.02", "--device", "cpu"),
    )


@pytest.fixture
def bilstm(small: tuple[str, ...]) -> tuple[str, ...]:
    """The command that trains a small bilstm on the files of `labelled`."""
    return ("train", "--method", "bilstm", "--train", "train.csv", "--dev", "dev.csv", *small)


@pytest.fixture
def described(home: Path) -> Callable[[str | Path], dict[str, Any]]:
    """What `model.json` says of a model of the user's, or of the one in a folder."""

    def read(name: str | Path) -> dict[str, Any]:
        path = home / "models" / name / "model.json"
        found = json.loads(path.read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found

    return read


@pytest.fixture
def interrupted_after(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[int], AbstractContextManager[None]]:
    """Press Ctrl-C inside the block, once trainings have been kept so many times."""
    from emocli.training import run as training

    save = training.save_checkpoint

    @contextmanager
    def pressing(checkpoints: int) -> Iterator[None]:
        calls = []

        def counting(*arguments: Any) -> None:
            save(*arguments)
            calls.append(1)
            if len(calls) == checkpoints:
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(training, "save_checkpoint", counting)
            yield

    return pressing


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stdout pass for a terminal of 100 columns without colours."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("emocli.cli.listing.stdout_is_terminal", lambda: True)
    monkeypatch.setattr("emocli.cli.output.stdout_is_terminal", lambda: True)


@pytest.fixture
def of_3_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models read three tokens of a text."""
    from emocli.inference import prediction
    from emocli.modelling.reader import Reader

    monkeypatch.setattr(
        prediction, "Reader", lambda tokenizer, long, longest: Reader(tokenizer, long, 3)
    )


@pytest.fixture
def labelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, made the working one, with train.csv (20 texts), dev.csv and mood.csv.

    mood.csv has the exclusive labels negative and positive.
    """
    monkeypatch.chdir(tmp_path)
    rows = [f'"{text}",{label}' for text, label in _labelled()]
    rows += ["angry and sad,anger;sadness", "happy tears,joy;sadness", "the bus leaves,"]
    _write(tmp_path / "train.csv", ["text,labels", *rows, "hate,anger", "joy,joy"])
    _write(tmp_path / "dev.csv", ["text,labels", *rows[::2], "happy sad day,joy;sadness"])
    moods = [
        f'"{text}",{"positive" if label == "joy" else "negative"}' for text, label in _labelled()
    ]
    _write(tmp_path / "mood.csv", ["text,label", *moods])
    return tmp_path


def _labelled() -> list[tuple[str, str]]:
    groups = {"joy": JOY, "anger": ANGER, "sadness": SADNESS}
    return [(text, label) for label, texts in groups.items() for text in texts]


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def write_mini() -> Callable[[Path], None]:
    """Write mini.toml, a benchmark of two small methods, and its data into a folder."""

    def write(folder: Path) -> None:
        (folder / "mini.toml").write_text(BENCHMARK, encoding="utf-8")
        for name in ("train", "dev", "test"):
            lines = "\n".join(text.format(name) for text in MOODS)
            (folder / f"{name}.csv").write_text(f"text,labels\n{lines}\n", encoding="utf-8")

    return write


@pytest.fixture
def acquaint(tiny_model: Path) -> Callable[[Path, str, Path], None]:
    """Make a folder a model whose card says that a file was its data of this role."""

    def make(model: Path, role: str, data: Path) -> None:
        from emocli.data.text_files import hash_of

        shutil.copytree(tiny_model, model, dirs_exist_ok=True)
        path = model / "model.json"
        description = json.loads(path.read_text(encoding="utf-8"))
        part = {"name": "x", "texts": 3, "sha256": hash_of(data)}
        description["about"]["data"] = {role: part}
        path.write_text(json.dumps(description), encoding="utf-8")

    return make


@pytest.fixture(scope="session")
def modules_after() -> Callable[..., tuple[set[str], str]]:
    """Run a command in a Python of its own: the modules that it has loaded, and its output.

    It must end with the exit status expected.
    """
    program = (
        "import sys; from emocli.cli import run; status = run(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )

    def after(*words: str, status: int = 0) -> tuple[set[str], str]:
        command = [sys.executable, "-c", program, *words]
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        assert done.returncode == status, done.stderr
        return set(done.stderr.splitlines()[-1].split()), done.stdout

    return after
