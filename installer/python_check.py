"""Is this Python one that Stem Bridge can be installed with, and what to do if not? Standard library only."""

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
"""Family → packages of a Python that is new enough, on releases whose own `python3` is older."""

VENV = {DEBIAN: "python{0}.{1}-venv", FEDORA: "python{0}.{1}", ARCH: "python"}
"""Family → package of Python {0}.{1}'s modules venv and ensurepip, of which Debian makes a package of their own."""


def too_old(version: tuple[int, ...], distribution: Distribution | None, as_root: bool) -> str:
    """Return what is wrong with this version of Python and what to do, "" if nothing is."""
    if version >= OLDEST:
        return ""
    said = f"Stem Bridge needs Python 3.11 or newer, this is {'.'.join(map(str, version[:3]))}."
    if distribution is None or not distribution.family:
        return f"{said} There is one at https://www.python.org/downloads/."
    packages = NEWER[distribution.family]
    return (
        f"{said} Where {distribution.name} has it, this installs one; then run this script with it:\n"
        f"  {distribution.line(packages, as_root)}"
    )


def without_venv(
    version: tuple[int, ...],
    distribution: Distribution | None,
    as_root: bool,
    has_module: Callable[[str], bool] = lambda name: importlib.util.find_spec(name) is not None,
) -> str:
    """Return what is wrong with this Python's venv module and what to do, "" if nothing is."""
    missing = [name for name in ("venv", "ensurepip") if not has_module(name)]
    if not missing:
        return ""
    said = f"Python's module {' and '.join(missing)} is missing"
    if distribution is None or not distribution.family:
        return f"{said}: install Python with it."
    package = VENV[distribution.family].format(*version)
    return f"{said}; this installs it:\n  {distribution.line([package], as_root)}"
