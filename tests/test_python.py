"""What other programs use of emocli."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

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


def test_arguments_that_make_no_sense_are_refused() -> None:
    model = emocli.load("datn2")
    for call, words in (
        (lambda: emocli.load("datn2", "cuda:7"), "device 'cuda:7' is not available; this machine"),
        (lambda: emocli.Predictor(model, precision="half"), "unknown precision 'half', expected"),
        (lambda: emocli.Predictor(model, precision=torch.float64), "precision is torch.float64,"),
        (lambda: emocli.Predictor(model, long="cut"), "long is 'cut', expected truncate, split,"),
        (lambda: emocli.Predictor(model, max_length=0), "max_length is 0, expected 1 or more."),
        (lambda: emocli.Predictor(model, batch_tokens=0), "batch_tokens is 0, expected 1 or more."),
        (lambda: emocli.Predictor(model).probabilities("so happy"), "texts is a single text,"),
    ):
        with pytest.raises(emocli.UsageError) as caught:
            call()
        assert str(caught.value).startswith(words)


def test_a_precision_may_be_named() -> None:
    model = emocli.load("datn2", "cpu")
    assert emocli.Predictor(model, precision="bf16").precision == torch.bfloat16
    assert emocli.Predictor(model, precision="fp32").precision == torch.float32
