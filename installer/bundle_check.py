"""Finds the libraries that a Linux bundle neither contains nor may expect of the system. Standard library only.

PyInstaller only warns when the build machine lacks a library that a plug-in needs, and leaves some to the system:
such a bundle works on one machine and not on the next.
"""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from pathlib import Path

OF_THE_SYSTEM = re.compile(
    # the C library; the graphics driver's side; the libraries that the driver shares with the window
    r"ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv)\.so\.\d"
    r"|lib(EGL|GL|GLX|OpenGL)\.so\.\d|libdrm\.so\.2"
    r"|libxcb\.so\.1|libwayland-client\.so\.0"
)
"""Libraries of every desktop; in Debian `libgl1` and `libegl1` bring them. A copy would not fit the driver."""

_FILE = re.compile(r"^(?P<path>.+):\s+file format elf", re.MULTILINE)
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)", re.MULTILINE)
_ELF = b"\x7fELF"


def left_out(bundle: Path) -> dict[str, list[str]]:
    """Return each library that is missing in the bundle, with the bundle's files that need it."""
    inside = {path.name for path in bundle.rglob("*")}
    missing: dict[str, list[str]] = defaultdict(list)
    for file, sonames in _needs(bundle).items():
        for soname in sonames:
            if soname not in inside and not OF_THE_SYSTEM.fullmatch(soname):
                missing[soname].append(file)
    return {soname: sorted(missing[soname]) for soname in sorted(missing)}


def advice(missing: dict[str, list[str]]) -> str:
    """Return the sentence that names the libraries, each with the first file that needs it."""
    named = ", ".join(f"{soname} (for {files[0]})" for soname, files in missing.items())
    return f"The bundle lacks {named}. Install their packages here, or leave out what needs them."


def _needs(bundle: Path) -> dict[str, list[str]]:
    """Return the programs and libraries in the bundle, each with the libraries that it names."""
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path))
    if not files:
        return {}
    told = subprocess.run(["objdump", "-p", *files], capture_output=True, text=True, check=True).stdout
    parts = _FILE.split(told)  # [before, path, its lines, path, its lines, …]
    return {
        Path(path).relative_to(bundle).as_posix(): _NEEDED.findall(lines)
        for path, lines in zip(parts[1::2], parts[2::2], strict=True)
    }


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _ELF
