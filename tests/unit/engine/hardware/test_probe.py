"""The probe on this machine, and on cards that torch's functions are patched to report."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

from engine.errors import EngineUnavailable
from engine.hardware import probe as probing
from engine.hardware.probe import probe, probe_in_subprocess

GB = 10**9


def pretend(
    patch: pytest.MonkeyPatch, *free_gb: float, capability: tuple[int, int] = (8, 9), hip: str | None = None
) -> None:
    """Let torch report cards of 16 GB with so much free each."""
    patch.setattr(torch.cuda, "is_available", lambda: True)
    patch.setattr(torch.cuda, "device_count", lambda: len(free_gb))
    patch.setattr(torch.cuda, "mem_get_info", lambda index: (int(free_gb[index] * GB), 16 * GB))
    patch.setattr(torch.cuda, "get_device_name", lambda index: f"Card {index}")
    patch.setattr(torch.cuda, "get_device_capability", lambda index: capability)
    patch.setattr(torch, "version", SimpleNamespace(hip=hip))


def test_another_process_finds_the_same_machine() -> None:
    found = probe_in_subprocess()
    here = probe()
    assert (found.kind, found.name, found.dtype) == (here.kind, here.name, here.dtype)
    assert 0 < found.free_bytes <= found.total_bytes


def test_of_several_cards_the_one_with_the_most_free_memory_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, 3.0, 15.0, 8.0)
    found = probe()
    assert (found.kind, found.name, found.torch_name) == ("cuda", "Card 1", "cuda:1")
    assert (found.free_bytes, found.total_bytes) == (15 * GB, 16 * GB)


@pytest.mark.parametrize(
    ("capability", "hip", "kind", "dtype"),
    [
        ((8, 0), None, "cuda", "bfloat16"),
        ((12, 0), None, "cuda", "bfloat16"),
        ((7, 5), None, "cuda", "float32"),
        ((6, 1), None, "cuda", "float32"),
        ((9, 4), "6.4", "rocm", "bfloat16"),
    ],
)
def test_precision_by_generation(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], hip: str | None, kind: str, dtype: str
) -> None:
    pretend(monkeypatch, 15.0, capability=capability, hip=hip)
    assert (probe().kind, probe().dtype) == (kind, dtype)


@pytest.mark.parametrize(
    ("features", "dtype"),
    [
        ({"avx512_bf16": True}, "bfloat16"),
        ({"amx_bf16": True}, "bfloat16"),
        ({"avx2": True}, "float32"),
        ({}, "float32"),
    ],
)
def test_a_cpu_needs_instructions_for_bfloat16(
    monkeypatch: pytest.MonkeyPatch, features: dict[str, bool], dtype: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: features)
    found = probe()
    assert (found.kind, found.dtype) == ("cpu", dtype)


def test_apple_shares_its_memory_with_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 48 * GB)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: GB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=20 * GB))
    found = probe()
    assert (found.kind, found.dtype, found.free_bytes, found.total_bytes) == ("mps", "float32", 20 * GB, 48 * GB)


@pytest.mark.parametrize(
    ("program", "reported", "timeout_s"),
    [
        ("import sys; sys.exit('CUDA driver is too old')", "CUDA driver is too old", 60.0),
        ("import os; os.abort()", "exit code -6", 60.0),
        ("print('hello')", "cannot be asked", 60.0),
        ("import time; time.sleep(60)", "cannot be asked", 0.5),
    ],
)
def test_a_torch_that_breaks_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, program: str, reported: str, timeout_s: float
) -> None:
    real = subprocess.run
    monkeypatch.setattr(probing, "TIMEOUT_S", timeout_s)
    monkeypatch.setattr(
        probing.subprocess, "run", lambda command, **options: real([sys.executable, "-c", program], **options)
    )
    with pytest.raises(EngineUnavailable, match=reported) as caught:
        probe_in_subprocess()
    assert "\n" not in str(caught.value)


def test_asking_and_choosing_import_no_torch() -> None:
    program = (
        "import sys, engine.registry, engine.hardware.probe, engine.models.download, engine.models.adopt\n"
        "engine.registry.choose('auto', None)\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'huggingface_hub', 'safetensors'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
