"""The tools that create the environment and install into it: pip of the Python that runs this, or uv.

uv is part of the bundle, which has no Python for an environment: uv takes a Python of the system or downloads one.
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
"""The Pythons that all our tests run on and torch 2.13 has builds for: from `OLDEST`, below `FIRST_TOO_NEW`.

uv downloads the newest Python that it is allowed to use.
"""
FIRST_PIP_WITH_RAW_PROGRESS = (24, 1)
FIRST_PIP_FOR_OTHERS = (22, 3)
ANSWER_TIMEOUT_S = 30.0


class Tool(Protocol):
    """Builds the commands for a virtual environment and installations into it; `make` runs them."""

    @property
    def label(self) -> str:
        """The tool's name and version, for the user."""

    def make(self, location: Location) -> list[str]:
        """Return the command that creates an empty environment."""

    def install(self, location: Location, requirements: list[str], index_url: str, pins: Path | None) -> list[str]:
        """Return the command that installs; without `index_url`, from the tool's configured index."""

    def uninstall(self, location: Location, names: list[str]) -> list[str]:
        """Return the command that uninstalls distributions."""

    def environ(self, location: Location) -> dict[str, str]:
        """Return variables that keep the tool's own files in `location`."""


@dataclass(frozen=True, slots=True)
class Pip:
    """pip and venv of a Python; the new environment itself gets no pip."""

    python: str
    version: Version
    python_version: Version

    @property
    def label(self) -> str:
        """The tool's name and version, for the user."""
        return f"pip {self.version[0]}.{self.version[1]} and Python {_dotted(self.python_version)} ({self.python})"

    def make(self, location: Location) -> list[str]:
        """Return the command for an empty environment."""
        return [self.python, "-m", "venv", "--without-pip", "--clear", str(location.environment)]

    def install(self, location: Location, requirements: list[str], index_url: str, pins: Path | None) -> list[str]:
        """Return pip's install command, with the progress as lines that `progress` reads."""
        raw = ["--progress-bar", "raw"] if self.version >= FIRST_PIP_WITH_RAW_PROGRESS else []
        where = ["--index-url", index_url] if index_url else []
        pinned = ["--constraint", str(pins)] if pins else []
        options = ["--no-input", "--cache-dir", str(location.cache), *raw, *where, *pinned]
        return [*self._pip(location), "install", *options, *requirements]

    def uninstall(self, location: Location, names: list[str]) -> list[str]:
        """Return pip's command."""
        return [*self._pip(location), "uninstall", "--yes", *names]

    def environ(self, location: Location) -> dict[str, str]:
        """Return variables that suppress pip's notices about itself; its cache is set by an option."""
        del location
        return {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_PYTHON_VERSION_WARNING": "1", "PYTHONUNBUFFERED": "1"}

    def _pip(self, location: Location) -> list[str]:
        return [self.python, "-m", "pip", "--python", str(location.program)]


@dataclass(frozen=True, slots=True)
class Uv:
    """uv, with a Python of the system or, if there is none, one that it downloads."""

    program: str
    python: str = f">={OLDEST[0]}.{OLDEST[1]},<{FIRST_TOO_NEW[0]}.{FIRST_TOO_NEW[1]}"

    @property
    def label(self) -> str:
        """The tool's name and version, for the user."""
        return f"uv ({self.program})"

    def make(self, location: Location) -> list[str]:
        """Return the command for an empty environment."""
        return [self.program, "venv", "--clear", "--no-project", "--python", self.python, str(location.environment)]

    def install(self, location: Location, requirements: list[str], index_url: str, pins: Path | None) -> list[str]:
        """Return uv's command."""
        where = ["--default-index", index_url] if index_url else []
        pinned = ["--constraint", str(pins)] if pins else []
        return [self.program, "pip", "install", "--python", str(location.program), *where, *pinned, *requirements]

    def uninstall(self, location: Location, names: list[str]) -> list[str]:
        """Return uv's command."""
        return [self.program, "pip", "uninstall", "--python", str(location.program), *names]

    def environ(self, location: Location) -> dict[str, str]:
        """Return variables that put uv's cache and Pythons beside the environment, to be removed with it."""
        return {
            "UV_CACHE_DIR": str(location.cache),
            "UV_PYTHON_INSTALL_DIR": str(location.pythons),
            "UV_NO_PROGRESS": "1",
        }


def find_tool() -> Tool:
    """Return the tool that is available here.

    Raises
    ------
    EnvironmentFault
        If there is none.
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
    """Return the version of a Python's pip; (0, 0) if it has none."""
    try:
        done = subprocess.run(
            [python, "-m", "pip", "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.match(r"pip (\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
