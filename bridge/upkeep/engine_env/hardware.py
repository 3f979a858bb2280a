"""Detects what decides the build of torch: operating system, processor and the graphics cards that drivers report."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace

ANSWER_TIMEOUT_S = 15.0
Version = tuple[int, int]
NO_VERSION: Version = (0, 0)


@dataclass(frozen=True, slots=True)
class Hardware:
    """The properties of a machine that decide the build.

    Attributes:
        system: "linux", "darwin" or "windows".
        machine: "x86_64" or "arm64".
        nvidia: name of the first NVIDIA card; empty = no card or no driver.
        driver_cuda: the newest CUDA version that its driver runs; (0, 0) = unknown.
        compute: its compute capability; (0, 0) = unknown.
        amd: name of the first AMD card, from ROCm; empty = no card or no ROCm driver.
    """

    system: str
    machine: str
    nvidia: str = ""
    driver_cuda: Version = NO_VERSION
    compute: Version = NO_VERSION
    amd: str = ""


def detect_hardware(ask: Callable[[list[str]], str] | None = None) -> Hardware:
    """Return this machine's hardware; `ask(command)` returns a program's output, empty if it cannot be run."""
    answer = ask or _ask
    cards = answer(["nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader"])
    name, compute = _first_card(cards)
    return replace(
        detect_system(),
        nvidia=name,
        driver_cuda=_version(r"CUDA[\w ]*Version:\s*(\d+)\.(\d+)", answer(["nvidia-smi"])) if name else NO_VERSION,
        compute=compute,
        amd=_first_amd(answer(["rocminfo"])),
    )


def detect_system() -> Hardware:
    """Return system and processor only, without running the drivers' programs."""
    processor = platform.machine().lower()
    names = {"amd64": "x86_64", "aarch64": "arm64"}
    return Hardware(platform.system().lower(), names.get(processor, processor))


def _first_card(table: str) -> tuple[str, Version]:
    for line in table.splitlines():
        name, comma, capability = line.rpartition(",")
        if comma and re.fullmatch(r"\d+\.\d+", capability.strip()):
            return name.strip(), _version(r"(\d+)\.(\d+)", capability)
    return "", NO_VERSION


def _first_amd(text: str) -> str:
    """Return the marketing name of the first agent that is a GPU; `rocminfo` lists processors as agents too."""
    for agent in re.split(r"^\*{5,}\s*$", text, flags=re.MULTILINE):
        if re.search(r"Device Type:\s*GPU", agent):
            named = re.search(r"Marketing Name:[ \t]*(\S.*)", agent) or re.search(r"\bName:[ \t]*(\S.*)", agent)
            return named[1].strip() if named else "AMD GPU"
    return ""


def _version(pattern: str, text: str) -> Version:
    found = re.search(pattern, text)
    return (int(found[1]), int(found[2])) if found else NO_VERSION


def _ask(command: list[str]) -> str:
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, *command[1:]], capture_output=True, text=True, errors="replace", timeout=ANSWER_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
