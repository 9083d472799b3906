"""What this machine's processor has instructions for, as far as torch can tell."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from typing import Any

import torch

_X86 = ("x86_64", "AMD64")


def has_bf16() -> bool:
    """Whether there are instructions for products in bfloat16."""
    return _has("amx_bf16", "avx512_bf16", "bf16")


def has_int8() -> bool:
    """Whether torch multiplies whole numbers of 8 bits by instructions, not one by one."""
    return _has_onednn()


def onednn_multiplies(precision: torch.dtype) -> bool:
    """Whether oneDNN can be asked for products in `precision`, float32 or bf16, by itself."""
    known = precision == torch.float32 or (precision == torch.bfloat16 and has_bf16())
    return known and _has_onednn() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def adds_int8_in_32_bits() -> bool:
    """Whether products of 8 bits are added in 32 bits (VNNI), not pairs of them in 16."""
    return _has("avx512_vnni", "avx_vnni", "amx_int8")


def _has_onednn() -> bool:
    backend: Any = torch.backends.mkldnn
    return bool(backend.is_available()) and platform.machine() in _X86


def _has(*names: str) -> bool:
    tell: Callable[[], Mapping[str, Any]] = getattr(torch.cpu, "get_capabilities", dict)
    known = tell()
    return any(known.get(name) for name in names)
