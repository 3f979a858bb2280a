"""Picks the build of torch for a machine: plain arithmetic on what `hardware` has detected.

PyPI's own builds differ by system: CUDA 13 on Linux, the CPU on Windows, Apple's GPU on a Mac. PyTorch's own index
has a channel for each other build. Channels and what they need: https://pytorch.org/get-started/locally/ (2.13).
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.upkeep.engine_env.hardware import NO_VERSION, Hardware
from engine.errors import EngineUnavailable, InvalidValue
from engine.hardware.device import DeviceKind

PYPI = ""
"""Stands for PyPI (or the user's own index) in place of a channel of PyTorch's index."""
AUTO = "auto"
CUDA_13, CUDA_12, ROCM, CPU = "cu130", "cu126", "rocm7.2", "cpu"
OLDEST_DRIVER_CUDA = (12, 0)
"""The oldest driver that runs builds for CUDA 12: any 12.x does (NVIDIA's minor-version compatibility)."""
FIRST_CUDA_13_COMPUTE = (7, 5)
"""Compute capability of Turing: builds for CUDA 13 have no code for older cards."""
FIRST_WITHOUT_CUDA_12 = (10, 0)
"""Compute capability of Blackwell: builds for CUDA 12.6 have no code for it and newer cards."""
DOWNLOAD_GB: dict[DeviceKind, float] = {"cuda": 3.0, "rocm": 6.5, "mps": 0.15, "cpu": 0.2}
"""Approximate download size of torch and the libraries that it brings."""
OTHERS_GB = 0.15
"""Approximate download size of the other libraries."""
DISK_GB: dict[DeviceKind, float] = {"cuda": 10.0, "rocm": 28.0, "mps": 3.0, "cpu": 3.0}
"""Free disk space needed at the start: packed and unpacked files exist side by side."""


@dataclass(frozen=True, slots=True)
class WantedBuild:
    """The build of torch to look for.

    Attributes:
        device: the device that torch is to run on.
        channels: channels that may have such a build, best first; the last one always exists.
        reason: one clause for the user, "because …".
    """

    device: DeviceKind
    channels: tuple[str, ...]
    reason: str


def choose(hardware: Hardware, device: str = AUTO) -> WantedBuild:
    """Return the build to look for on this machine: for `device` or, with "auto", for the best device it has.

    Raises
    ------
    EngineUnavailable
        If torch has no build for such a machine.
    InvalidValue
        If torch has no build for `device` on this system.
    """
    if hardware.system == "darwin" and hardware.machine != "arm64":
        raise EngineUnavailable(
            "PyTorch has no builds for Macs with Intel processors any more; the sketch engine runs."
        )
    if device != AUTO:
        return _asked_for(hardware, device)
    if hardware.system == "darwin":
        return WantedBuild("mps", (PYPI,), "this Mac has Apple's GPU")
    if hardware.nvidia and (hardware.driver_cuda == NO_VERSION or hardware.driver_cuda >= OLDEST_DRIVER_CUDA):
        return WantedBuild("cuda", _cuda_channels(hardware), f"there is {hardware.nvidia}{_driver(hardware)}")
    if hardware.amd and hardware.system == "linux":
        return WantedBuild("rocm", (ROCM, PYPI), f"there is {hardware.amd} with ROCm's driver")
    return WantedBuild("cpu", _cpu_channels(hardware), _why_cpu(hardware))


def misfit(device: DeviceKind, channel: str, hardware: Hardware, asked: str = AUTO) -> str:
    """Return the reason why an environment with this build does not suit this machine; empty if it does.

    A build for a graphics card also runs on the CPU, so it still suits a machine whose card is missing at the moment.
    """
    wanted = choose(hardware, asked)
    if wanted.device == "cpu" and device in ("cuda", "rocm"):
        return ""
    if device != wanted.device:
        return f"it was made for {device}, and {wanted.device} is what this machine has now: {wanted.reason}"
    cuda_12_does = wanted.device == "cuda" and channel == CUDA_12 and hardware.compute < FIRST_WITHOUT_CUDA_12
    if wanted.device == "cuda" and channel not in wanted.channels[:1] and not cuda_12_does:
        return f"its build ({channel or 'PyPI'}) does not fit this card and driver any more: {wanted.reason}"
    return ""


def pypi_device(hardware: Hardware) -> DeviceKind:
    """Return the device that PyPI's build supports on this system."""
    if hardware.system == "darwin":
        return "mps"
    return "cuda" if hardware.system == "linux" else "cpu"


def devices_of(hardware: Hardware) -> tuple[DeviceKind, ...]:
    """Return the devices that torch has builds for on this system."""
    if hardware.system == "darwin":
        return ("mps", "cpu")
    return ("cuda", "rocm", "cpu") if hardware.system == "linux" else ("cuda", "cpu")


def _asked_for(hardware: Hardware, device: str) -> WantedBuild:
    channels: dict[DeviceKind, tuple[str, ...]] = {
        "cuda": _cuda_channels(hardware),
        "rocm": (ROCM, PYPI),
        "mps": (PYPI,),
        "cpu": _cpu_channels(hardware),
    }
    possible = devices_of(hardware)
    for kind in possible:
        if kind == device:
            return WantedBuild(kind, channels[kind], "it was asked for")
    raise InvalidValue("--device", device, f"one of {', '.join((AUTO, *possible))} on this system")


def _cuda_channels(hardware: Hardware) -> tuple[str, ...]:
    old_card = NO_VERSION < hardware.compute < FIRST_CUDA_13_COMPUTE
    old_driver = NO_VERSION < hardware.driver_cuda < (13, 0)
    if old_card or old_driver:
        return (CUDA_12, PYPI)
    return (PYPI,) if hardware.system == "linux" else (CUDA_13, PYPI)


def _cpu_channels(hardware: Hardware) -> tuple[str, ...]:
    return (CPU, PYPI) if hardware.system == "linux" else (PYPI,)


def _driver(hardware: Hardware) -> str:
    if hardware.driver_cuda == NO_VERSION:
        return ""
    return f" with a driver for CUDA {'.'.join(map(str, hardware.driver_cuda))}"


def _why_cpu(hardware: Hardware) -> str:
    if hardware.nvidia:
        return (
            f"the driver of {hardware.nvidia} knows only CUDA {'.'.join(map(str, hardware.driver_cuda))} and 12.0 is "
            "needed (update it, then repair this environment)"
        )
    if hardware.amd:
        return f"there are no ROCm builds for this system, so {hardware.amd} cannot be used"
    return "neither nvidia-smi nor rocminfo tells of a graphics card"
