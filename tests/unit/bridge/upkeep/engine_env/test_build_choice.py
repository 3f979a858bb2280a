"""Which build of torch a machine gets: faked drivers and systems, real decisions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.upkeep.engine_env import hardware as looking
from bridge.upkeep.engine_env.choice import CPU, CUDA_12, CUDA_13, PYPI, ROCM, choose, devices_of, misfit
from bridge.upkeep.engine_env.hardware import Hardware, detect_hardware
from bridge.upkeep.engine_env.index import ROOT_VARIABLE, IndexUnreachable, TorchBuild, find_build, has_wheel
from engine.errors import EngineUnavailable, InvalidValue

LINUX, WINDOWS, MAC = Hardware("linux", "x86_64"), Hardware("windows", "x86_64"), Hardware("darwin", "arm64")
INTEL_MAC = Hardware("darwin", "x86_64")
RTX_4090 = ("NVIDIA GeForce RTX 4090", (13, 0), (8, 9))
GTX_1080 = ("NVIDIA GeForce GTX 1080", (12, 8), (6, 1))
RTX_5090 = ("NVIDIA GeForce RTX 5090", (13, 1), (12, 0))


def with_card(system: Hardware, card: tuple[str, tuple[int, int], tuple[int, int]]) -> Hardware:
    return Hardware(system.system, system.machine, *card)


@pytest.mark.parametrize(
    ("machine", "device", "channels", "told"),
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
def test_each_machine_gets_its_build(machine: Hardware, device: str, channels: tuple[str, ...], told: str) -> None:
    wanted = choose(machine)
    assert (wanted.device, wanted.channels) == (device, channels)
    assert told in wanted.reason


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
    ("device", "channel", "machine", "asked", "told"),
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
def test_another_card_is_noticed(device: str, channel: str, machine: Hardware, asked: str, told: str) -> None:
    reason = misfit(device, channel, machine, asked)  # type: ignore[arg-type]
    assert told in reason
    assert bool(reason) == bool(told)


SMI = """Sat Nov 21 12:00:00 2026
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 580.65.06              Driver Version: 580.65.06      CUDA Version: 13.0     |
"""
ROCMINFO = """ROCk module is loaded
==========
HSA Agents
==========
*******
Agent 1
*******
  Name:                    AMD Ryzen 9 7950X 16-Core Processor
  Marketing Name:          AMD Ryzen 9 7950X 16-Core Processor
  Device Type:             CPU
*******
Agent 2
*******
  Name:                    gfx1100
  Marketing Name:          Radeon RX 7900 XTX
  Device Type:             GPU
"""


def answers(**programs: str) -> looking.Callable[[list[str]], str]:
    def ask(command: list[str]) -> str:
        key = command[0].replace("-", "_") + ("_query" if len(command) > 1 else "")
        return programs.get(key, "")

    return ask


def test_drivers_are_understood() -> None:
    found = detect_hardware(
        answers(nvidia_smi_query="NVIDIA GeForce RTX 4090, 8.9\nNVIDIA T4, 7.5\n", nvidia_smi=SMI)
    )
    assert (found.nvidia, found.driver_cuda, found.compute) == ("NVIDIA GeForce RTX 4090", (13, 0), (8, 9))
    assert detect_hardware(answers(rocminfo=ROCMINFO)).amd == "Radeon RX 7900 XTX"
    assert detect_hardware(answers(rocminfo=ROCMINFO.split("Agent 2")[0])).amd == ""
    assert detect_hardware(answers()).nvidia == ""


@given(st.text(), st.text(), st.text())
def test_no_answer_of_a_driver_breaks_the_look(cards: str, banner: str, agents: str) -> None:
    found = detect_hardware(answers(nvidia_smi_query=cards, nvidia_smi=banner, rocminfo=agents))
    assert isinstance(found.nvidia, str)


def test_a_driver_program_that_fails_is_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed because it could not talk to the driver'\nexit 9\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert detect_hardware().nvidia == ""
    program.write_text("#!/bin/sh\necho 'A card, 8.6'\n")
    assert detect_hardware().nvidia == "A card"


PAGE = """<!DOCTYPE html><html><body>
<a href="https://elsewhere.example/whl/cu126/torch-2.13.0%2Bcu126-cp311-cp311-manylinux_2_28_x86_64.whl#sha256=00">t</a>
<a href="/whl/cu126/torch-2.13.0%2Bcu126-cp312-cp312-win_amd64.whl">t</a>
<a href="torch-2.9.1%2Bcu126-cp313-cp313-manylinux_2_28_x86_64.whl">t</a>
<a href="torch-2.13.0%2Bcu126-cp313-cp313t-manylinux_2_28_x86_64.whl">t</a>
</body></html>"""


@pytest.mark.parametrize(
    ("release", "python", "machine", "there"),
    [
        ("2.13", (3, 11), LINUX, True),
        ("2.13", (3, 12), WINDOWS, True),
        ("2.13", (3, 12), LINUX, False),
        ("2.13", (3, 13), LINUX, False),  # free-threaded alone
        ("2.9", (3, 13), LINUX, True),
        ("2.1", (3, 11), LINUX, False),  # 2.13 is not 2.1
        ("2.13", (3, 11), Hardware("linux", "arm64"), False),
        ("2.13", (3, 11), Hardware("plan9", "mips"), False),
    ],
)
def test_an_index_page_is_read(release: str, python: tuple[int, int], machine: Hardware, there: bool) -> None:
    assert has_wheel(PAGE, release, python, machine) is there


def test_the_first_channel_with_a_wheel_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, "https://mirror.example/whl/")
    asked: list[str] = []

    def read(url: str) -> str:
        asked.append(url)
        return PAGE

    machine = with_card(LINUX, GTX_1080)
    build = find_build(choose(machine), machine, (3, 11), "2.13", read)
    assert asked == ["https://mirror.example/whl/cu126/torch/"]
    assert (build.device, build.channel, build.index_url) == ("cuda", CUDA_12, "https://mirror.example/whl/cu126")
    assert "GTX 1080" in build.reason


@pytest.mark.parametrize(
    ("machine", "asked", "device", "told"),
    [
        (LINUX, "auto", "cpu", "does not answer (no route)"),
        (with_card(LINUX, GTX_1080), "auto", "cuda", "does not answer (no route)"),
        (with_card(WINDOWS, RTX_4090), "auto", "cpu", "models will run on the CPU"),
        (Hardware("linux", "x86_64", amd="Radeon"), "auto", "cpu", "models will run on the CPU"),
        (MAC, "cpu", "cpu", "it was asked for"),
    ],
)
def test_without_the_index_pypi_does(machine: Hardware, asked: str, device: str, told: str) -> None:
    def read(url: str) -> str:
        raise IndexUnreachable("no route")

    build = find_build(choose(machine, asked), machine, (3, 11), "2.13", read)
    assert build == TorchBuild(device, PYPI, "", build.reason)  # type: ignore[arg-type]
    assert told in build.reason


def test_an_index_without_the_release_is_said() -> None:
    machine = with_card(LINUX, GTX_1080)
    build = find_build(choose(machine), machine, (3, 14), "2.13", lambda _: PAGE)
    assert build.channel == PYPI
    assert "has no torch 2.13 for this system and Python 3.14" in build.reason


def test_a_real_index_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, "http://127.0.0.1:9")
    assert "does not answer" in find_build(choose(LINUX), LINUX, (3, 11), "2.13").reason
