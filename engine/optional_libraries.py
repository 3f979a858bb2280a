"""Checks for the neural engines' libraries, and the command that installs them. Imports none of them.

`missing_packages` checks the Python that runs the neural engines, perhaps another one; `require` checks this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.machinery import PathFinder
from importlib.util import find_spec

from engine.errors import EngineUnavailable
from engine.interpreter import neural_interpreter

EXTRA = "ace-step"
INSTALL_COMMAND = "stembridge engine install"
PACKAGES = (
    "torch",
    "diffusers",
    "transformers",
    "accelerate",
    "safetensors",
    "huggingface_hub",
    "psutil",
    "soxr",
)
"""Packages of the extra, by import name."""
FETCH_PACKAGES = ("huggingface_hub", "safetensors")
"""Packages that fetch and check models, by import name: both extras include them."""
SEPARATE_PACKAGES = ("torch", "demucs", "safetensors", "psutil", "yaml")
"""Packages of the separator, by import name: a separate extra, which `EXTRA` includes."""


def missing_packages(packages: Sequence[str] = PACKAGES) -> list[str]:
    """Return those import names (of the extra) that cannot be found where the neural engines run."""
    other = neural_interpreter()
    if other is None:
        return missing_here(packages)
    return [name for name in packages if PathFinder.find_spec(name, [str(other.packages)]) is None]


def missing_here(packages: Sequence[str]) -> list[str]:
    """Return those import names that cannot be found in this Python."""
    return [name for name in packages if find_spec(name) is None]


def missing_extra(package: str) -> EngineUnavailable:
    """Return the error to raise where `package` is needed and not installed."""
    return EngineUnavailable(f"The Python package {package} is not installed; this installs it: {INSTALL_COMMAND}")


def require(*packages: str) -> None:
    """Make sure that the packages can be imported.

    Raises
    ------
    EngineUnavailable
        If one is missing; the sentence has the command that installs it.
    """
    for package in packages:
        if find_spec(package) is None:
            raise missing_extra(package)


def require_separator() -> None:
    """Make sure that the separator's packages can be imported.

    Raises
    ------
    EngineUnavailable
        If one is missing; the sentence has the command that installs it.
    """
    for package in SEPARATE_PACKAGES:
        if find_spec(package) is None:
            raise missing_extra(package)
