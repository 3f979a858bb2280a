"""Detection of the system and its graphics cards, from faked programs of drivers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.upkeep.engine_env import hardware as looking
from bridge.upkeep.engine_env.hardware import detect_hardware, detect_system

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


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ("CUDA Version: 12.8", (12, 8)),
        ("Driver Version: 580.65.06      CUDA Version: 13.0", (13, 0)),
        ("CUDA UMD Version: 13.1", (13, 1)),  # as some drivers write it
        ("CUDA Version: N/A", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_the_cuda_version_is_read_from_the_banner(banner: str, version: tuple[int, int]) -> None:
    assert detect_hardware(answers(nvidia_smi_query="A card, 8.6", nvidia_smi=banner)).driver_cuda == version


@pytest.mark.parametrize(
    ("table", "card"),
    [
        ("Tesla, the big one, 7.0\n", ("Tesla, the big one", (7, 0))),
        ("No devices were found\n", ("", (0, 0))),
        ("A card, [N/A]\nAnother, 12.0\n", ("Another", (12, 0))),
    ],
)
def test_the_first_card_with_a_compute_capability_is_taken(table: str, card: tuple[str, tuple[int, int]]) -> None:
    found = detect_hardware(answers(nvidia_smi_query=table))
    assert (found.nvidia, found.compute) == card


def test_without_a_card_the_banner_is_not_asked_for() -> None:
    commands: list[str] = []

    def ask(command: list[str]) -> str:
        commands.append(" ".join(command))
        return ""

    detect_hardware(ask)
    assert commands == ["nvidia-smi --query-gpu=name,compute_cap --format=csv,noheader", "rocminfo"]


def test_an_amd_card_without_a_marketing_name_is_called_by_its_architecture() -> None:
    nameless = ROCMINFO.replace("Marketing Name:          Radeon RX 7900 XTX", "Marketing Name:")
    assert detect_hardware(answers(rocminfo=nameless)).amd == "gfx1100"


@pytest.mark.parametrize(
    ("system", "processor", "expected"),
    [
        ("Linux", "x86_64", ("linux", "x86_64")),
        ("Windows", "AMD64", ("windows", "x86_64")),
        ("Linux", "aarch64", ("linux", "arm64")),
        ("Darwin", "arm64", ("darwin", "arm64")),
    ],
)
def test_processors_have_one_name_on_all_systems(
    monkeypatch: pytest.MonkeyPatch, system: str, processor: str, expected: tuple[str, str]
) -> None:
    monkeypatch.setattr(looking.platform, "system", lambda: system)
    monkeypatch.setattr(looking.platform, "machine", lambda: processor)
    found = detect_system()
    assert (found.system, found.machine, found.nvidia, found.amd) == (*expected, "", "")
