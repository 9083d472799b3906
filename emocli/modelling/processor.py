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
    names = ("_linear_pointwise", "_reorder_linear_weight", "_is_mkldnn_bf16_supported")
    if not _has_onednn() or not all(hasattr(torch.ops.mkldnn, name) for name in names):
        return False
    if precision == torch.bfloat16:
        return has_bf16() and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return precision == torch.float32


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
