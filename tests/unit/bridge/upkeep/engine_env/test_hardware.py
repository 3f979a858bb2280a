"""Detection of the system and its graphics cards, from faked programs of drivers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.upkeep.engine_env import hardware as looking
from bridge.upkeep.engine_env.hardware import detect_hardware

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
