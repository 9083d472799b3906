"""The one place that chooses where a model runs and in which precision."""

from __future__ import annotations

import ctypes
import sys
from contextlib import AbstractContextManager, nullcontext

import torch

from emocli.errors import UsageError
from emocli.modelling.processor import has_bf16, has_int8
from emocli.modelling.products import in_int8

# glibc's mallopt(3): names of parameters, and bytes; more is not allowed for the first.
_MMAP_THRESHOLD, _LARGEST_KEPT = -3, 32 << 20
_TRIM_THRESHOLD, _MOST_KEPT = -1, 256 << 20
PRECISIONS = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "int8": torch.int8,
}


def available_devices() -> list[str]:
    """The names that `--device` takes on this machine, the preferred first."""
    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return [*cuda, *mps, "cpu"]


def choose_device(name: str = "auto") -> torch.device:
    """`auto`, `cpu`, `cuda`, `cuda:N` or `mps` as a device that is there.

    Raises:
        UsageError: it is not there; the message lists what is.
    """
    available = available_devices()
    if name == "auto":
        return torch.device(available[0])
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in available:
        raise UsageError(
            f"device '{name}' is not available; this machine has: {', '.join(available)}."
        )
    return torch.device(wanted)


def choose_devices(names: str = "auto") -> list[torch.device]:
    """As `choose_device`, or several of one kind with commas between them: `cuda:0,cuda:1`.

    Raises:
        UsageError: one is not there or comes twice, or they are of several kinds.
    """
    devices = [choose_device(name.strip()) for name in names.split(",")]
    if len({device.type for device in devices}) > 1:
        raise UsageError(f"--device '{names}' names devices of several kinds, expected one kind.")
    if len(set(devices)) < len(devices):
        raise UsageError(f"--device '{names}' names a device twice.")
    return devices


def choose_precision(name: str, device: torch.device, *, bf16_on_cpu: bool = False) -> torch.dtype:
    """`auto`, `fp32`, `bf16`, `fp16` or `int8` as a type that the device computes in.

    `auto` is bf16 on a GPU that has it, else fp32. int8 is for answering alone.

    Args:
        bf16_on_cpu: `auto` is bf16 on a processor that has the instructions, too.

    Raises:
        UsageError: an unknown precision, fp16 on the CPU, or int8 elsewhere.
    """
    if name == "auto":
        on_gpu = device.type == "cuda" and _multiplies_bf16(device)
        on_cpu = bf16_on_cpu and device.type == "cpu" and has_bf16()
        return torch.bfloat16 if on_gpu or on_cpu else torch.float32
    if name not in PRECISIONS:
        raise UsageError(f"unknown precision '{name}', expected auto, {', '.join(PRECISIONS)}.")
    if name == "fp16" and device.type == "cpu":
        raise UsageError("precision 'fp16' needs a GPU; use bf16 or fp32 on the CPU.")
    if name == "int8" and not computes_int8(device):
        raise UsageError("precision 'int8' needs an x86-64 processor; use fp32, or bf16.")
    return PRECISIONS[name]


def _multiplies_bf16(device: torch.device) -> bool:
    """Whether a GPU has bf16 products; on older ones torch can emulate them, slowly."""
    return torch.version.hip is not None or torch.cuda.get_device_capability(device) >= (8, 0)


def computes_int8(device: torch.device) -> bool:
    """Whether products of whole numbers are quick there."""
    return device.type == "cpu" and has_int8()


def computing_in(precision: torch.dtype, device: torch.device) -> AbstractContextManager[object]:
    """A context in which matrix products run in `precision`."""
    if precision == torch.float32:
        return nullcontext()
    if precision == torch.int8:
        return in_int8()
    return torch.autocast(device.type, dtype=precision)


def keep_freed_memory() -> None:
    """Let the process keep memory that it frees for its next tensors; glibc on Linux only.

    By itself glibc gives a large tensor back to the system at once, and the next one begins with
    page faults.
    """
    if sys.platform != "linux":
        return
    change = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if change is not None:
        change(_MMAP_THRESHOLD, _LARGEST_KEPT)
        change(_TRIM_THRESHOLD, _MOST_KEPT)


def peak_memory(device: torch.device) -> int | None:
    """The most memory in use at once since this process began, in bytes; None: not known.

    On a GPU that of its tensors, else that of the whole process.
    """
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return getattr(psutil.Process().memory_info(), "peak_wset", None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def out_of_memory(error: RuntimeError) -> bool:
    """Whether an error says that a device ran out of memory."""
    text = str(error)
    return isinstance(error, torch.OutOfMemoryError) or any(
        words in text
        for words in (
            "out of memory",
            "can't allocate memory",
            "not enough memory",
            "Storage size calculation overflowed",
        )
    )
