"""The neural engines' libraries: are they there, and the one command that installs them. Imports none of them.

`missing_packages` looks where neural engines run, which may be another Python than this one; `require` looks here.
"""

from __future__ import annotations

from importlib.machinery import PathFinder
from importlib.util import find_spec

from engine.errors import EngineUnavailable
from engine.interpreter import neural

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
"""What the extra brings, by import name."""
SEPARATE_PACKAGES = ("torch", "demucs", "safetensors", "psutil", "yaml")
"""What splits a mix into stems: an extra of its own, which `EXTRA` includes."""


def missing_packages() -> list[str]:
    """Return the import names of the extra that cannot be found where the neural engines run."""
    other = neural()
    if other is None:
        return [name for name in PACKAGES if find_spec(name) is None]
    return [name for name in PACKAGES if PathFinder.find_spec(name, [str(other.packages)]) is None]


def missing_extra(package: str) -> EngineUnavailable:
    """Return the error to raise where `package` is needed and not installed."""
    return EngineUnavailable(f"The Python package {package} is not installed; this installs it: {INSTALL_COMMAND}")


def require(*packages: str) -> None:
    """Make sure that the packages can be imported.

    Raises
    ------
    EngineUnavailable
        If one is missing; the sentence says the command that installs it.
    """
    for package in packages:
        if find_spec(package) is None:
            raise missing_extra(package)


def require_separator() -> None:
    """Make sure that the separator's packages can be imported.

    Raises
    ------
    EngineUnavailable
        If one is missing; the sentence says the command that installs it.
    """
    for package in SEPARATE_PACKAGES:
        if find_spec(package) is None:
            raise missing_extra(package)
