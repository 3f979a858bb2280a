"""Finds the processor that models run on: a CUDA or ROCm card, Apple's GPU, else the CPU.

`python -m engine.hardware.probe` prints it as one line of JSON. A separate process keeps torch, a GPU context
of some hundred megabytes, and a driver that hangs out of the companion.
"""

from __future__ import annotations

import subprocess
import sys

from engine.errors import EngineUnavailable
from engine.hardware.device import Device, DeviceKind, Dtype
from engine.interpreter import Interpreter, neural_interpreter, run_module
from engine.optional_libraries import require

TIMEOUT_S = 120.0
_FIRST_WITH_BF16 = (8, 0)
"""CUDA capability of Ampere. Turing overflows in float16 (upstream issue 1274) and has no bfloat16."""


def probe() -> Device:
    """Return the best processor here, with its memory as it is now.

    Raises
    ------
    EngineUnavailable
        If torch is not installed.
    """
    require("torch", "psutil")
    import torch

    if torch.cuda.is_available():
        cards = [_card(index) for index in range(torch.cuda.device_count())]
        return max(cards, key=lambda card: card.free_bytes)
    if torch.backends.mps.is_available():
        return _apple()
    return _cpu()


def probe_in_subprocess() -> Device:
    """Return the result of `probe` in a subprocess, in the Python that runs the neural engines.

    Raises
    ------
    EngineUnavailable
        If torch is not installed or breaks.
    """
    other = neural_interpreter()
    if other is None:
        require("torch", "psutil")
    return probe_with(other)


def probe_with(interpreter: Interpreter | None) -> Device:
    """Return the result of `probe` in a subprocess of that Python; None = this one.

    Raises
    ------
    EngineUnavailable
        If torch is not installed there or breaks.
    """
    program = str(interpreter.program) if interpreter else sys.executable
    try:
        done = run_module(program, ["engine.hardware.probe"], TIMEOUT_S)
        done.check_returncode()
        return Device.from_json(done.stdout)
    except subprocess.CalledProcessError as error:
        last_line = (error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]
        raise EngineUnavailable(
            f"torch does not work here ({last_line}); install its version for your system."
        ) from None
    except (OSError, ValueError, TypeError, subprocess.TimeoutExpired) as error:
        raise EngineUnavailable(f"torch cannot be asked about this machine ({error}).") from None


def _card(index: int) -> Device:
    import torch

    free, total = torch.cuda.mem_get_info(index)
    is_rocm = torch.version.hip is not None
    has_bf16 = is_rocm or torch.cuda.get_device_capability(index) >= _FIRST_WITH_BF16
    dtype: Dtype = "bfloat16" if has_bf16 else "float32"
    kind: DeviceKind = "rocm" if is_rocm else "cuda"
    return Device(kind, torch.cuda.get_device_name(index), total, free, dtype, index)


def _apple() -> Device:
    """Return Apple's GPU. It shares the computer's memory, so the lower of the two limits counts."""
    import psutil
    import torch

    total = torch.mps.recommended_max_memory()
    free = min(total - torch.mps.driver_allocated_memory(), psutil.virtual_memory().available)
    return Device("mps", "Apple GPU", total, free, "float32")


def _cpu() -> Device:
    """Return the CPU, with bfloat16 only if it has instructions for it: emulated, it takes 30 times as long."""
    import psutil
    import torch

    can = torch.cpu.get_capabilities()
    dtype: Dtype = "bfloat16" if can.get("avx512_bf16") or can.get("amx_bf16") else "float32"
    memory = psutil.virtual_memory()
    return Device("cpu", str(can.get("cpu_name") or "CPU"), memory.total, memory.available, dtype)


if __name__ == "__main__":
    print(probe().to_json())
