"""Locks between processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from emocli.errors import EmocliError
from emocli.locks import locked

Refused = Callable[[type[EmocliError], str], AbstractContextManager[None]]
HOLD = """
import sys
from pathlib import Path
from emocli.locks import locked
with locked(Path(sys.argv[1])) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def test_a_lock_is_held_by_one_and_let_go_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "one.lock"
    with locked(path) as first, locked(path) as second:
        assert (first, second) == (True, False)
        with locked(path.with_name("two.lock")) as other:
            assert other
    with locked(path, seconds=0.1) as again:
        assert again


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"True"
        with locked(path) as held:
            assert not held
        process.kill()
    with locked(path) as held:
        assert held


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "one.lock"
    text = (
        f"{path}: cannot be written: a file is in the place of a folder; remove it or choose "
        "another name"
    )
    with refused(EmocliError, text), locked(path):
        pytest.fail("it was made")
