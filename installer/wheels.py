"""Says which packages pip would have to compile on this machine, before pip tries. Standard library only.

`wheels.json` has the answer for every Python and system that was asked about (wheel_table.py writes it), so that
nothing is asked of the network here.
"""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from distribution import ARCH, DEBIAN, FEDORA, Distribution

TABLE = Path(__file__).resolve().parent / "wheels.json"
COMPILERS = ("cc", "gcc", "clang", "cl")
SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
NO_SOURCE = {"PySide6_Essentials", "shiboken6", "torch"}
"""Packages that cannot be compiled by pip: there is no source package of them."""
COMPILE = {
    DEBIAN: ["build-essential", "python3-dev", "pkg-config"],
    FEDORA: ["gcc-c++", "python3-devel", "pkgconf"],
    ARCH: ["base-devel"],
}
"""Family → packages that compile Python packages."""


class Machine(NamedTuple):
    """One Python on one machine.

    Attributes:
        system: "linux", "macos", "windows", or another name.
        processor: as `platform.machine` has it.
        python: major and minor version, "3.13".
        glibc: the version of the GNU C library, (0,) without one.
    """

    system: str
    processor: str
    python: str
    glibc: Sequence[int] = (0,)


def this_machine(glibc: Sequence[int]) -> Machine:
    """Return the machine that this runs on."""
    system = SYSTEMS.get(sys.platform, sys.platform)
    return Machine(system, platform.machine(), f"{sys.version_info[0]}.{sys.version_info[1]}", tuple(glibc))


def without_wheel(machine: Machine, parts: Sequence[str]) -> list[str] | None:
    """Return the packages of `parts` (extras; "" is Stem Bridge itself) that have no wheel; None if nobody knows."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))["no_wheel"]
    best: dict[str, dict[str, list[str]]] = {}
    best_glibc: tuple[int, ...] = (-1,)
    for name, pythons in rows.items():
        system, processor, *glibc = name.split()
        from_glibc = tuple(int(number) for number in glibc[0].split(".")) if glibc else (0,)
        if (system, processor) == machine[:2] and best_glibc < from_glibc <= tuple(machine.glibc):
            best, best_glibc = pythons, from_glibc
    row = best.get(machine.python)
    if row is None:
        return None
    return [pin for part in parts for pin in row.get(part, [])]


def advice(machine: Machine, parts: Sequence[str], distribution: Distribution | None, as_root: bool) -> str:
    """Return what will need a compiler or cannot be had, and the remedy; "" if everything has a wheel."""
    missing = without_wheel(machine, parts)
    if missing == []:
        return ""
    where = f"Python {machine.python} on {machine.system} {machine.processor}"
    if missing is None:
        unknown = f"Stem Bridge has not been tried with {where}: pip may have to compile packages"
        return f"{unknown}, which needs a compiler.{_line(distribution, as_root)}"
    if never := _never(missing):
        return f"{' and '.join(never)} cannot be had for {where}. {_instead(machine)}"
    return (
        f"pip will have to compile {', '.join(missing)}, of which there is no wheel for {where}; "
        f"that needs a compiler.{_line(distribution, as_root)}"
    )


def can_be_compiled(machine: Machine, parts: Sequence[str]) -> bool:
    """Return whether a compiler would help."""
    return not _never(without_wheel(machine, parts) or [])


def install_line(distribution: Distribution | None, as_root: bool) -> str:
    """Return the command line that installs a compiler, "" if the package names are unknown."""
    if distribution is None or not distribution.family:
        return ""
    return distribution.line(COMPILE[distribution.family], as_root)


def _never(pins: Sequence[str]) -> list[str]:
    return [pin for pin in pins if pin.split("==")[0] in NO_SOURCE]


def _instead(machine: Machine) -> str:
    if machine.system == "macos" and machine.processor == "x86_64":
        return "PyTorch makes no builds for Macs with an Intel processor any more; the sketch engine needs none."
    return "A newer system has it: docs/install.md has the list."


def _line(distribution: Distribution | None, as_root: bool) -> str:
    line = install_line(distribution, as_root)
    return f" This installs one:\n  {line}" if line else ""


def has_compiler() -> bool:
    """Return whether a C compiler is on the path."""
    return any(shutil.which(name) for name in COMPILERS)
