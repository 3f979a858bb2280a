"""Detects the Linux distribution and the names of its packages. Standard library only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

OS_RELEASE = (Path("/etc/os-release"), Path("/usr/lib/os-release"))
DEBIAN, FEDORA, ARCH = "debian", "fedora", "arch"
FAMILIES = (DEBIAN, FEDORA, ARCH)

INSTALL = {
    DEBIAN: "apt-get install -y",
    FEDORA: "dnf install -y",
    ARCH: "pacman -S --needed --noconfirm",
}
"""Family → the command that installs packages, without `sudo`."""

T64_GLIBC = (2, 39)
"""The first C library (Ubuntu 24.04, Debian 13) with which some Debian packages are named …t64 (64-bit time_t)."""


class Distribution(NamedTuple):
    """One Linux distribution.

    Attributes:
        family: "debian", "fedora", "arch", or "" for all others.
        name: its own name, for the user.
        has_t64: True if packages of the Debian family have their …t64 names.
        glibc: the version of the GNU C library, (0,) if there is another one.
    """

    family: str
    name: str
    has_t64: bool = False
    glibc: tuple = (0,)

    def line(self, packages: list[str], as_root: bool) -> str:
        """Return the command line that installs `packages`, with `sudo` unless it runs `as_root`."""
        return f"{'' if as_root else 'sudo '}{INSTALL[self.family]} {' '.join(packages)}"


def this_distribution() -> Distribution:
    """Return the distribution that runs here."""
    text = next((path.read_text(encoding="utf-8", errors="replace") for path in OS_RELEASE if path.is_file()), "")
    return read_os_release(text, glibc_version())


def read_os_release(text: str, glibc: tuple[int, ...]) -> Distribution:
    """Return the distribution in an os-release file (freedesktop.org, os-release(5)), with this C library version.

    Derivatives (Mint, Pop!_OS, Manjaro, Rocky …) name their parents in `ID_LIKE`, nearest first.
    """
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    values = {name.strip(): value.strip().strip("\"'") for name, value in fields.items()}
    ids = [values.get("ID", ""), *values.get("ID_LIKE", "").split()]
    family = next((one for one in ids if one in FAMILIES), DEBIAN if "ubuntu" in ids else "")
    name = values.get("PRETTY_NAME") or values.get("NAME") or values.get("ID") or "this Linux"
    return Distribution(family, name, family == DEBIAN and glibc >= T64_GLIBC, glibc)


def glibc_version() -> tuple[int, ...]:
    """Return the version of the GNU C library; (0,) if the system has another C library."""
    try:
        text = os.confstr("CS_GNU_LIBC_VERSION") or ""
        return tuple(int(number) for number in text.split()[1].split("."))
    except (AttributeError, ValueError, IndexError, OSError):
        return (0,)
