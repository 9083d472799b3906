from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch

from emocli.errors import UsageError
from emocli.inference import devices
from emocli.inference.devices import (
    available_devices,
    choose_device,
    choose_devices,
    choose_precision,
    computing_in,
    keep_freed_memory,
    out_of_memory,
    peak_memory,
)

CPU, CUDA, MPS = torch.device("cpu"), torch.device("cuda:0"), torch.device("mps")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Pretend to be a machine with so many GPUs, with or without MPS and bf16."""

    def pretend(n_gpus: int = 0, mps: bool = False, bf16: bool = True) -> None:
        monkeypatch.setattr(torch.cuda, "device_count", lambda: n_gpus)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        monkeypatch.setattr(
            torch.cuda, "get_device_capability", lambda device: (8, 0) if bf16 else (7, 5)
        )

    return pretend


@pytest.mark.parametrize(
    ("n_gpus", "mps", "names"),
    [
        (0, False, ["cpu"]),
        (2, False, ["cuda:0", "cuda:1", "cpu"]),
        (0, True, ["mps", "cpu"]),
    ],
)
def test_the_preferred_device_comes_first(
    machine: Callable[..., None], n_gpus: int, mps: bool, names: list[str]
) -> None:
    machine(n_gpus, mps)
    assert available_devices() == names
    assert choose_device() == choose_device("auto") == torch.device(names[0])


@pytest.mark.parametrize(
    ("name", "device"), [("cpu", "cpu"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1")]
)
def test_a_device_that_is_there_is_taken(
    machine: Callable[..., None], name: str, device: str
) -> None:
    machine(2)
    assert choose_device(name) == torch.device(device)


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps", "gpu", "cuda:x", "", "CPU"])
def test_a_device_that_is_not_there_is_answered_with_those_that_are(
    machine: Callable[..., None], name: str
) -> None:
    machine()
    with pytest.raises(UsageError) as caught:
        choose_device(name)
    assert str(caught.value) == f"device '{name}' is not available; this machine has: cpu."


def test_a_gpu_too_many_is_answered_with_those_that_are_there(
    machine: Callable[..., None],
) -> None:
    machine(2)
    with pytest.raises(UsageError) as caught:
        choose_device("cuda:2")
    assert str(caught.value) == (
        "device 'cuda:2' is not available; this machine has: cuda:0, cuda:1, cpu."
    )


@pytest.mark.parametrize(
    ("device", "bf16", "precision"),
    [
        (CPU, True, torch.float32),
        (MPS, True, torch.float32),
        (CUDA, True, torch.bfloat16),
        (CUDA, False, torch.float32),
    ],
)
def test_precision_is_bf16_where_a_gpu_has_it(
    machine: Callable[..., None], device: torch.device, bf16: bool, precision: torch.dtype
) -> None:
    machine(1, bf16=bf16)
    assert choose_precision("auto", device) == precision


@pytest.mark.parametrize(
    ("capabilities", "precision"),
    [
        ({"amx_bf16": True, "avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": False, "avx512_bf16": True}, torch.bfloat16),
        ({"bf16": True}, torch.bfloat16),
        ({"avx512_f": True, "avx512_bf16": False}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_where_it_is_wished_precision_is_bf16_on_a_processor_that_has_it(
    monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool], precision: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert choose_precision("auto", CPU, bf16_on_cpu=True) == precision
    assert choose_precision("auto", CPU) == torch.float32
    assert choose_precision("auto", MPS, bf16_on_cpu=True) == torch.float32
    assert choose_precision("fp32", CPU, bf16_on_cpu=True) == torch.float32


def test_an_older_torch_that_cannot_tell_computes_in_fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert choose_precision("auto", CPU, bf16_on_cpu=True) == torch.float32


def test_several_devices_of_one_kind_are_taken(machine: Callable[..., None]) -> None:
    machine(n_gpus=2)
    assert choose_devices("cuda:0, cuda:1") == [torch.device("cuda:0"), torch.device("cuda:1")]
    assert choose_devices("auto") == [torch.device("cuda:0")]
    for names, told in (
        ("cuda:0,cpu", "devices of several kinds"),
        ("cuda,cuda:0", "names a device twice"),
        ("cuda:0,cuda:2", "device 'cuda:2' is not available; this machine has: cuda:0, cuda:1"),
    ):
        with pytest.raises(UsageError, match=told):
            choose_devices(names)


@pytest.mark.parametrize("device", [CUDA, MPS])
def test_int8_is_for_the_cpu(device: torch.device) -> None:
    with pytest.raises(UsageError, match="needs an x86-64 processor"):
        choose_precision("int8", device)


def test_int8_needs_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "has_int8", lambda: True)
    assert choose_precision("int8", CPU) == torch.int8
    monkeypatch.setattr(devices, "has_int8", lambda: False)
    with pytest.raises(UsageError, match="needs an x86-64 processor"):
        choose_precision("int8", CPU)


def test_a_precision_is_taken_by_name() -> None:
    assert choose_precision("fp32", CUDA) == torch.float32
    assert choose_precision("bf16", CPU) == torch.bfloat16
    assert choose_precision("fp16", CUDA) == torch.float16


def test_the_cpu_does_not_compute_in_fp16() -> None:
    with pytest.raises(UsageError) as caught:
        choose_precision("fp16", CPU)
    assert str(caught.value) == "precision 'fp16' needs a GPU; use bf16 or fp32 on the CPU."


def test_an_unknown_precision_is_answered_with_all() -> None:
    with pytest.raises(UsageError) as caught:
        choose_precision("int4", CPU)
    assert str(caught.value) == "unknown precision 'int4', expected auto, fp32, bf16, fp16, int8."


def test_freed_memory_is_kept_where_glibc_is(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []
    glibc = SimpleNamespace(mallopt=lambda *change: calls.append(change))
    for platform, library in (("linux", glibc), ("linux", SimpleNamespace()), ("darwin", glibc)):
        loaded = {None: library}
        monkeypatch.setattr("emocli.inference.devices.sys.platform", platform)
        monkeypatch.setattr("emocli.inference.devices.ctypes.CDLL", loaded.__getitem__)
        keep_freed_memory()
    # Tensors up to 32 MiB are not mapped each by itself; 256 MiB stay at the end of the heap.
    assert calls == [(-3, 32 * 2**20), (-1, 256 * 2**20)]


def test_products_are_computed_in_the_precision_and_only_inside() -> None:
    ones = torch.ones(2, 2)
    with computing_in(torch.bfloat16, CPU):
        assert (ones @ ones).dtype == torch.bfloat16
    with computing_in(torch.float32, CPU):
        assert (ones @ ones).dtype == torch.float32


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.OutOfMemoryError("anything"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
    ],
)
def test_a_lack_of_memory_is_told_from_other_faults(error: RuntimeError, expected: bool) -> None:
    assert out_of_memory(error) is expected


def test_peak_memory_counts_what_was_freed_again() -> None:
    before = peak_memory(CPU)
    assert before is not None
    torch.ones(before // 4 + 2**26)  # four bytes a number: more than the process ever had
    assert (peak_memory(CPU) or 0) > before + 2**27


def test_peak_memory_of_a_gpu_is_that_of_its_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", {CUDA: 12345}.get)
    assert peak_memory(CUDA) == 12345
