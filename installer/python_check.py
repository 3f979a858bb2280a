"""Checks that this Python can install Stem Bridge, with advice if it cannot. Standard library only."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

from distribution import ARCH, DEBIAN, FEDORA, Distribution

OLDEST = (3, 11)

NEWER = {
    DEBIAN: ["python3.11", "python3.11-venv"],
    FEDORA: ["python3.12"],
    ARCH: ["python"],
}
"""Family → packages of a newer Python, for releases with a `python3` that is too old."""

VENV = {DEBIAN: "python{0}.{1}-venv", FEDORA: "python{0}.{1}", ARCH: "python"}
"""Family → package with the modules venv and ensurepip of Python {0}.{1}; Debian has a separate one."""


def too_old(version: tuple[int, ...], distribution: Distribution | None, as_root: bool) -> str:
    """Return the problem with this version of Python and its remedy, "" if there is none."""
    if version >= OLDEST:
        return ""
    problem = f"Stem Bridge needs Python 3.11 or newer, this is {'.'.join(map(str, version[:3]))}."
    if distribution is None or not distribution.family:
        return f"{problem} There is one at https://www.python.org/downloads/."
    packages = NEWER[distribution.family]
    return (
        f"{problem} Where {distribution.name} has it, this installs one; then run this script with it:\n"
        f"  {distribution.line(packages, as_root)}"
    )


def without_venv(
    version: tuple[int, ...],
    distribution: Distribution | None,
    as_root: bool,
    has_module: Callable[[str], bool] = lambda name: importlib.util.find_spec(name) is not None,
) -> str:
    """Return the problem with this Python's venv module and its remedy, "" if there is none."""
    missing = [name for name in ("venv", "ensurepip") if not has_module(name)]
    if not missing:
        return ""
    problem = f"Python's module {' and '.join(missing)} is missing"
    if distribution is None or not distribution.family:
        return f"{problem}: install Python with it."
    package = VENV[distribution.family].format(*version)
    return f"{problem}; this installs it:\n  {distribution.line([package], as_root)}"
