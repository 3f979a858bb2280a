"""Debian's programs for tests: found, installed by apt-get as root, or a reason to skip the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

LIBRTMIDI = "/usr/lib/*/librtmidi.so.[67]"
"""RtMidi for programs without python-rtmidi."""
PACKAGES = {
    "ardour7-lua": "ardour",
    "Xvfb": "xvfb",
    "weston": "weston",
    "objdump": "binutils",
    "/usr/lib/*/libwayland-cursor.so.0": "libwayland-cursor0",
    "/usr/lib/*/libwayland-egl.so.1": "libwayland-egl1",
    "oscsend": "liblo-tools",
    "pd": "puredata-core",
    "xdotool": "xdotool",
    "pulseaudio": "pulseaudio",
    "parec": "pulseaudio-utils",
    "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so": "libasound2-plugins",
    "jackd": "jackd2",
    "curl": "curl",
    LIBRTMIDI: "librtmidi7|librtmidi6",
    "/usr/lib/*/libatomic.so.1": "libatomic1",
    "/usr/lib/*/libxcb-cursor.so.0": "libxcb-cursor0",
    "/usr/lib/*/libxcb-icccm.so.4": "libxcb-icccm4",
    "/usr/lib/*/libxcb-keysyms.so.1": "libxcb-keysyms1",
    "/usr/lib/*/libxcb-shape.so.0": "libxcb-shape0",
    "/usr/lib/*/libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""Program, or pattern of a library's path → its package in Debian, or two, the newer first, of which there is one."""
QT_ON_X11 = tuple(name for name in PACKAGES if "libx" in name)
"""Libraries that only Qt's X11 plugin loads."""
INSTALL_S = 400.0
_failed = ""


def need(*programs: str) -> None:
    """Make sure that all `programs` are installed; skip the test, with the packages' names, if they cannot be."""
    global _failed
    if _missing(programs):
        # Test processes run in parallel: one installs, the others wait for it.
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
    """Install `packages`; return the reason of a failure, "" if there was none."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return f"needs root and apt-get; by hand: apt-get install -y --no-install-recommends {' '.join(packages)}"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command = [_known(word) for word in words]
        try:
            ended = subprocess.run(
                [apt, "-q", *command], env=quiet, capture_output=True, text=True, timeout=INSTALL_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"apt-get {command[0]} took longer than {INSTALL_S:g} s"
        if ended.returncode:
            return f"apt-get {command[0]}: {ended.stderr.strip().splitlines()[-1:] or ended.returncode}"
    return ""


def _known(package: str) -> str:
    """Return the first of the packages in `package` that this release has."""
    *newer, oldest = package.split("|")
    for name in newer:
        if subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0:
            return name
    return oldest
