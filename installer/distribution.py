"""Which Linux this is, as far as the names of its packages go. Standard library only."""

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
"""From this C library on (Ubuntu 24.04, Debian 13) some of Debian's packages are called …t64, its 64-bit time_t."""


class Distribution(NamedTuple):
    """One Linux.

    Attributes:
        family: "debian", "fedora", "arch", or "" for all others.
        name: what it calls itself.
        has_t64: True if packages of the Debian family have their …t64 names.
    """

    family: str
    name: str
    has_t64: bool = False

    def line(self, packages: list[str], as_root: bool) -> str:
        """Return the one line that installs `packages`; it begins with `sudo` unless it is typed `as_root`."""
        return f"{'' if as_root else 'sudo '}{INSTALL[self.family]} {' '.join(packages)}"


def this_distribution() -> Distribution:
    """Return the Linux that runs here."""
    text = next((path.read_text(encoding="utf-8", errors="replace") for path in OS_RELEASE if path.is_file()), "")
    return read_os_release(text, glibc_version())


def read_os_release(text: str, glibc: tuple[int, ...]) -> Distribution:
    """Return what the file os-release (freedesktop.org's os-release(5)) says, on a system with this C library.

    Derivatives (Mint, Pop!_OS, Manjaro, Rocky …) name their parents in `ID_LIKE`, nearest first.
    """
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    values = {name.strip(): value.strip().strip("\"'") for name, value in fields.items()}
    ids = [values.get("ID", ""), *values.get("ID_LIKE", "").split()]
    family = next((one for one in ids if one in FAMILIES), DEBIAN if "ubuntu" in ids else "")
    name = values.get("PRETTY_NAME") or values.get("NAME") or values.get("ID") or "this Linux"
    return Distribution(family, name, family == DEBIAN and glibc >= T64_GLIBC)


def glibc_version() -> tuple[int, ...]:
    """Return the version of the GNU C library, (0,) where there is another one."""
    try:
        told = os.confstr("CS_GNU_LIBC_VERSION") or ""
        return tuple(int(number) for number in told.split()[1].split("."))
    except (AttributeError, ValueError, IndexError, OSError):
        return (0,)
