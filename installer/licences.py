"""Collects the licences of what the bundle contains: Python packages and, on Debian, the system's libraries."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

FOLDER = "licences"
DOC = Path("/usr/share/doc")
COMMON = Path("/usr/share/common-licenses")
QT = ("LGPL-3", "GPL-3")
"""The licences of Qt and PySide6, whose wheels only name them."""
_COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z][\w.-]*\w)")
_NAMES = re.compile(r"(licen[sc]e|copying|notice|authors)", re.IGNORECASE)


def of_python_packages(packages: Iterable[Distribution] | None = None) -> list[tuple[str, str]]:
    """Return the licence files of Python and all installed packages, each with its folder in the bundle.

    Debian's Python has its licence with its library's package instead; other systems' bundles have Qt's by name only.
    """
    pairs = []
    for package in distributions() if packages is None else packages:
        pairs += [(str(path), f"{FOLDER}/{package.metadata['Name']}") for path in _told_by(package)]
    pairs += [(str(COMMON / name), f"{FOLDER}/common") for name in QT if (COMMON / name).is_file()]
    own = Path(sys.base_prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "LICENSE.txt")
    return sorted([*pairs, *([(str(own), f"{FOLDER}/python")] if own.is_file() else [])])


def _told_by(package: Distribution) -> list[Path]:
    """Return a package's licence files, else its metadata, which names its licence and where it comes from."""
    files = [file for file in package.files or () if ".dist-info" in file.parts[0]]
    named = [file for file in files if _NAMES.match(file.name)] or [file for file in files if file.name == "METADATA"]
    return [Path(str(file.locate())) for file in named]


def of_system_libraries(libraries: Iterable[Path]) -> list[tuple[str, str]]:
    """Return Debian's copyright files of libraries, and the common licences that these name, with their folders.

    Raises
    ------
    SystemExit
        If a library's package has no copyright file: a bundle without its licence must not be given away.
    """
    pairs: dict[str, str] = {}
    for package in sorted(_packages(libraries)):
        file = DOC / package / "copyright"
        if not file.is_file():
            raise SystemExit(f"build: {file} is missing; the bundle needs the licence of {package}.")
        pairs[str(file)] = f"{FOLDER}/{package}"
        for name in _COMMON.findall(file.read_text(encoding="utf-8", errors="replace")):
            if (COMMON / name).is_file():
                pairs[str((COMMON / name).resolve())] = f"{FOLDER}/common"
    return sorted(pairs.items())


def _packages(libraries: Iterable[Path]) -> set[str]:
    """Return the Debian packages of libraries; none where there is no dpkg."""
    paths = sorted({str(form) for library in libraries for form in _forms(library)})
    try:
        told = subprocess.run(["dpkg-query", "--search", *paths], capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        print("build: this is no Debian, so the licences of the system's libraries have to be added by hand.")
        return set()
    return {line.split(":")[0] for line in told.splitlines() if not line.startswith("diversion ")}


def _forms(library: Path) -> list[Path]:
    """Return the paths by which dpkg may know a library: /lib is a link to /usr/lib, and packages name either."""
    path = library.parent.resolve() / library.name
    if path.is_relative_to("/usr"):
        return [path, Path("/") / path.relative_to("/usr")]
    return [path]
