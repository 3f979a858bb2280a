"""What can make the environment here: pip, beside the Python that runs this, or uv.

uv comes with the bundle, which has no Python of its own to give; it takes a Python of the system or fetches one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from bridge.upkeep.engine_env.hardware import Version
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentFault

OLDEST, FIRST_TOO_NEW = (3, 11), (3, 15)
"""Pythons that torch 2.13 has builds for, from the oldest that runs Stem Bridge on."""
FIRST_UNTESTED = (3, 14)
"""uv fetches the newest Python that it may take: one that all our tests run on."""
FIRST_PIP_WITH_RAW_PROGRESS = (24, 1)
FIRST_PIP_FOR_OTHERS = (22, 3)
ANSWER_TIMEOUT_S = 30.0


class Tool(Protocol):
    """Makes virtual environments and installs into them; commands only, which `make` runs."""

    @property
    def label(self) -> str:
        """What it is, for the user."""

    def make(self, place: Location) -> list[str]:
        """Return the command that makes an empty environment."""

    def install(self, place: Location, requirements: list[str], index_url: str, pins: Path | None) -> list[str]:
        """Return the command that installs; without `index_url`, from where the tool is set up to take from."""

    def uninstall(self, place: Location, names: list[str]) -> list[str]:
        """Return the command that takes distributions out."""

    def environ(self, place: Location) -> dict[str, str]:
        """Return variables that keep the tool's own files in `place`."""


@dataclass(frozen=True, slots=True)
class Pip:
    """pip and venv of a Python; the new environment needs no pip of its own."""

    python: str
    version: Version
    python_version: Version

    @property
    def label(self) -> str:
        """What it is."""
        return f"pip {self.version[0]}.{self.version[1]} and Python {_dotted(self.python_version)} ({self.python})"

    def make(self, place: Location) -> list[str]:
        """Return the command for an empty environment."""
        return [self.python, "-m", "venv", "--without-pip", "--clear", str(place.environment)]

    def install(self, place: Location, requirements: list[str], index_url: str, pins: Path | None) -> list[str]:
        """Return pip's command; its progress bar becomes lines that `progress` reads."""
        raw = ["--progress-bar", "raw"] if self.version >= FIRST_PIP_WITH_RAW_PROGRESS else []
        where = ["--index-url", index_url] if index_url else []
        pinned = ["--constraint", str(pins)] if pins else []
        options = ["--no-input", "--cache-dir", str(place.cache), *raw, *where, *pinned]
        return [*self._pip(place), "install", *options, *requirements]

    def uninstall(self, place: Location, names: list[str]) -> list[str]:
        """Return pip's command."""
        return [*self._pip(place), "uninstall", "--yes", *names]

    def environ(self, place: Location) -> dict[str, str]:
        """Return what keeps pip quiet about itself; its cache is named by a flag."""
        del place
        return {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_PYTHON_VERSION_WARNING": "1", "PYTHONUNBUFFERED": "1"}

    def _pip(self, place: Location) -> list[str]:
        return [self.python, "-m", "pip", "--python", str(place.program)]


@dataclass(frozen=True, slots=True)
class Uv:
    """uv, with a Python of the system or, if there is none, one that it fetches."""

    program: str
    python: str = f">={OLDEST[0]}.{OLDEST[1]},<{FIRST_UNTESTED[0]}.{FIRST_UNTESTED[1]}"

    @property
    def label(self) -> str:
        """What it is."""
        return f"uv ({self.program})"

    def make(self, place: Location) -> list[str]:
        """Return the command for an empty environment."""
        return [self.program, "venv", "--clear", "--no-project", "--python", self.python, str(place.environment)]

    def install(self, place: Location, requirements: list[str], index_url: str, pins: Path | None) -> list[str]:
        """Return uv's command."""
        where = ["--default-index", index_url] if index_url else []
        pinned = ["--constraint", str(pins)] if pins else []
        return [self.program, "pip", "install", "--python", str(place.program), *where, *pinned, *requirements]

    def uninstall(self, place: Location, names: list[str]) -> list[str]:
        """Return uv's command."""
        return [self.program, "pip", "uninstall", "--python", str(place.program), *names]

    def environ(self, place: Location) -> dict[str, str]:
        """Return uv's folders: all that it keeps goes with the environment."""
        return {"UV_CACHE_DIR": str(place.cache), "UV_PYTHON_INSTALL_DIR": str(place.pythons), "UV_NO_PROGRESS": "1"}


def find_tool() -> Tool:
    """Return what can make an environment here.

    Raises
    ------
    EnvironmentFault
        If nothing can.
    """
    if getattr(sys, "frozen", False):
        bundled = Path(getattr(sys, "_MEIPASS", ".")) / ("uv.exe" if sys.platform == "win32" else "uv")
        if bundled.is_file():
            return Uv(str(bundled))
    elif OLDEST <= sys.version_info[:2] < FIRST_TOO_NEW and find_spec("pip") is not None:
        version = pip_version(sys.executable)
        if version >= FIRST_PIP_FOR_OTHERS:
            return Pip(sys.executable, version, sys.version_info[:2])
    if program := shutil.which("uv"):
        return Uv(program)
    raise EnvironmentFault(
        f"Nothing here can make an environment: neither pip {_dotted(FIRST_PIP_FOR_OTHERS)} or newer for Python "
        f"{_dotted(OLDEST)} or newer, nor uv; install uv (https://docs.astral.sh/uv/)."
    )


def pip_version(python: str) -> Version:
    """Return the version of a Python's pip, (0, 0) if it has none."""
    try:
        done = subprocess.run(
            [python, "-m", "pip", "--version"], capture_output=True, text=True, timeout=ANSWER_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.match(r"pip (\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
