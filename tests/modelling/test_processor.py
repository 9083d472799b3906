"""What is asked of the processor and of oneDNN before they are relied upon."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from emocli.modelling import processor
from emocli.modelling.processor import onednn_multiplies


def test_onednn_is_asked_only_for_what_it_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "_has_onednn", lambda: True)
    for has_bf16 in (True, False):
        monkeypatch.setattr(processor, "has_bf16", lambda found=has_bf16: found)
        supported = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
        assert onednn_multiplies(torch.bfloat16) == (has_bf16 and supported)
    assert onednn_multiplies(torch.float32)
    assert not onednn_multiplies(torch.float16)
    monkeypatch.setattr(processor, "_has_onednn", lambda: False)
    assert not onednn_multiplies(torch.float32)


@pytest.mark.skipif(not processor.has_int8(), reason="this torch has no oneDNN here")
def test_onednn_may_be_told_to_use_fewer_instructions() -> None:
    code = (
        "import torch; from emocli.modelling.products import product; "
        "found = product(torch.ones(4, 8), torch.zeros(4), torch.bfloat16, 'none'); "
        "print(found(torch.ones(2, 8, dtype=torch.bfloat16)).float().mean().item())"
    )
    limited = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=limited, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "8.0\n", done.stderr
