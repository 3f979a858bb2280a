"""Programs from Debian that tests drive: found, installed where root and apt-get are at hand, or a reason to skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

PACKAGES = {
    "ardour7-lua": "ardour",
    "Xvfb": "xvfb",
    "oscsend": "liblo-tools",
    "pd": "puredata-core",
    "xdotool": "xdotool",
    "pulseaudio": "pulseaudio",
    "parec": "pulseaudio-utils",
    "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so": "libasound2-plugins",
    "jackd": "jackd2",
    "curl": "curl",
    "/usr/lib/*/libatomic.so.1": "libatomic1",
    "/usr/lib/*/libxcb-cursor.so.0": "libxcb-cursor0",
    "/usr/lib/*/libxcb-icccm.so.4": "libxcb-icccm4",
    "/usr/lib/*/libxcb-keysyms.so.1": "libxcb-keysyms1",
    "/usr/lib/*/libxcb-shape.so.0": "libxcb-shape0",
    "/usr/lib/*/libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""Program, or pattern of a library's path → the package of Debian 12 that it is in."""
QT_ON_X11 = tuple(name for name in PACKAGES if "libx" in name)
"""What Qt's plugin for X loads beyond what its other plugins do."""
INSTALL_S = 400.0
_failed = ""


def need(*programs: str) -> None:
    """Make sure that all `programs` are there; skip the test, with the packages' names, where they cannot be."""
    global _failed
    if _missing(programs):
        # Test processes run beside each other: one installs, the others wait and find it done.
        with FileLock(Path(tempfile.gettempdir()) / "stembridge-tests-apt.lock"):
            packages = _missing(programs)
            if packages and not _failed:
                _failed = _install(packages)
    if packages := _missing(programs):
        pytest.skip(f"{' '.join(packages)} cannot be installed from Debian here: {_failed or 'still missing'}")


def _missing(programs: tuple[str, ...]) -> list[str]:
    return sorted(PACKAGES[program] for program in programs if not _is_there(program))


def _is_there(program: str) -> bool:
    return shutil.which(program) is not None or any(Path("/").glob(program.lstrip("/")))


def _install(packages: list[str]) -> str:
    """Install `packages`; return why that failed, "" if it did not."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return f"needs root and apt-get; by hand: apt-get install -y --no-install-recommends {' '.join(packages)}"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        try:
            ended = subprocess.run(
                [apt, "-q", *command], env=quiet, capture_output=True, text=True, timeout=INSTALL_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"apt-get {command[0]} took longer than {INSTALL_S:g} s"
        if ended.returncode:
            return f"apt-get {command[0]}: {ended.stderr.strip().splitlines()[-1:] or ended.returncode}"
    return ""
