"""The build of torch that each machine gets."""

from __future__ import annotations

import pytest

from bridge.upkeep.engine_env.choice import CPU, CUDA_12, CUDA_13, PYPI, ROCM, choose, devices_of, misfit
from bridge.upkeep.engine_env.hardware import Hardware
from engine.errors import EngineUnavailable, InvalidValue

LINUX, WINDOWS, MAC = Hardware("linux", "x86_64"), Hardware("windows", "x86_64"), Hardware("darwin", "arm64")
INTEL_MAC = Hardware("darwin", "x86_64")
RTX_4090 = ("NVIDIA GeForce RTX 4090", (13, 0), (8, 9))
GTX_1080 = ("NVIDIA GeForce GTX 1080", (12, 8), (6, 1))
RTX_5090 = ("NVIDIA GeForce RTX 5090", (13, 1), (12, 0))


def with_card(system: Hardware, card: tuple[str, tuple[int, int], tuple[int, int]]) -> Hardware:
    return Hardware(system.system, system.machine, *card)


@pytest.mark.parametrize(
    ("machine", "device", "channels", "expected"),
    [
        (LINUX, "cpu", (CPU, PYPI), "neither nvidia-smi nor rocminfo"),
        (WINDOWS, "cpu", (PYPI,), "neither nvidia-smi nor rocminfo"),
        (MAC, "mps", (PYPI,), "Apple's GPU"),
        (with_card(LINUX, RTX_4090), "cuda", (PYPI,), "RTX 4090 with a driver for CUDA 13.0"),
        (with_card(WINDOWS, RTX_4090), "cuda", (CUDA_13, PYPI), "RTX 4090"),
        (with_card(LINUX, GTX_1080), "cuda", (CUDA_12, PYPI), "GTX 1080 with a driver for CUDA 12.8"),
        (Hardware("linux", "x86_64", "Old card", (13, 0), (7, 0)), "cuda", (CUDA_12, PYPI), "Old card"),
        (Hardware("windows", "x86_64", "A card", (12, 2), (8, 6)), "cuda", (CUDA_12, PYPI), "CUDA 12.2"),
        (Hardware("linux", "x86_64", "A card"), "cuda", (PYPI,), "there is A card"),
        (Hardware("linux", "x86_64", "A card", (11, 4), (8, 6)), "cpu", (CPU, PYPI), "knows only CUDA 11.4"),
        (Hardware("linux", "x86_64", amd="Radeon RX 7900"), "rocm", (ROCM, PYPI), "Radeon RX 7900"),
        (Hardware("windows", "x86_64", amd="Radeon"), "cpu", (PYPI,), "no ROCm builds for this system"),
        (Hardware("linux", "arm64"), "cpu", (CPU, PYPI), "neither"),
    ],
)
def test_each_machine_gets_its_build(
    machine: Hardware, device: str, channels: tuple[str, ...], expected: str
) -> None:
    wanted = choose(machine)
    assert (wanted.device, wanted.channels) == (device, channels)
    assert expected in wanted.reason


def test_an_intel_mac_is_refused_with_what_still_works() -> None:
    for device in ("auto", "cpu"):
        with pytest.raises(EngineUnavailable, match=r"Intel.*sketch engine"):
            choose(INTEL_MAC, device)


@pytest.mark.parametrize(
    ("machine", "device"), [(LINUX, "mps"), (WINDOWS, "rocm"), (MAC, "cuda"), (LINUX, "gpu"), (LINUX, "")]
)
def test_a_device_without_builds_is_refused_by_name(machine: Hardware, device: str) -> None:
    with pytest.raises(InvalidValue, match=r"--device must be one of auto, .*on this system"):
        choose(machine, device)


@pytest.mark.parametrize("machine", [LINUX, WINDOWS, MAC, with_card(LINUX, RTX_4090)])
def test_what_is_asked_for_wins(machine: Hardware) -> None:
    for device in devices_of(machine):
        wanted = choose(machine, device)
        assert wanted.device == device
        assert wanted.channels[-1] == PYPI  # there is always a way
        assert wanted.reason == "it was asked for"


@pytest.mark.parametrize(
    ("device", "channel", "machine", "asked", "expected"),
    [
        ("cpu", CPU, LINUX, "auto", ""),
        ("cpu", CPU, with_card(LINUX, RTX_4090), "auto", "made for cpu, and cuda"),
        ("cpu", CPU, with_card(LINUX, RTX_4090), "cpu", ""),
        ("cuda", PYPI, with_card(LINUX, RTX_4090), "auto", ""),
        ("cuda", PYPI, LINUX, "auto", ""),  # the card is away; the build runs on the CPU
        ("cuda", PYPI, Hardware("linux", "x86_64", amd="Radeon"), "auto", "made for cuda, and rocm"),
        ("rocm", ROCM, with_card(LINUX, RTX_4090), "auto", "made for rocm, and cuda"),
        ("cuda", PYPI, with_card(LINUX, GTX_1080), "auto", "does not fit this card"),
        ("cuda", CUDA_12, with_card(LINUX, GTX_1080), "auto", ""),
        ("cuda", CUDA_12, with_card(LINUX, RTX_4090), "auto", ""),  # runs there too: no 3 GB for nothing
        ("cuda", CUDA_12, with_card(LINUX, RTX_5090), "auto", "does not fit this card"),
        ("cuda", CUDA_13, with_card(WINDOWS, RTX_4090), "auto", ""),
        ("cuda", PYPI, with_card(WINDOWS, RTX_4090), "auto", "does not fit"),
    ],
)
def test_another_card_is_noticed(device: str, channel: str, machine: Hardware, asked: str, expected: str) -> None:
    reason = misfit(device, channel, machine, asked)  # type: ignore[arg-type]
    assert expected in reason
    assert bool(reason) == bool(expected)
