"""What other programs use of emocli."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import emocli

PAGE = Path(__file__).parent.parent / "docs" / "python.md"


def test_every_public_name_is_there_and_on_the_page() -> None:
    told = PAGE.read_text(encoding="utf-8")
    for name in emocli.__all__:
        assert getattr(emocli, name).__name__ == name
        assert f"`emocli.{name}" in told


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^module 'emocli' has no attribute 'lode'$"):
        emocli.lode  # noqa: B018


def test_importing_emocli_imports_nothing_heavy() -> None:
    code = "import sys, emocli; print(sorted({'torch', 'numpy', 'click'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_example_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {})
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("so happy today ['joy'")
    assert "sadness" in second
