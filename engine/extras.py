"""The neural engines' libraries: are they there, and the one command that installs them. Imports none of them."""

from __future__ import annotations

from importlib.util import find_spec

from engine.errors import EngineUnavailable

EXTRA = "ace-step"
INSTALL_COMMAND = f'pip install "stembridge[{EXTRA}]"'
PACKAGES = (
    "torch",
    "diffusers",
    "transformers",
    "accelerate",
    "safetensors",
    "huggingface_hub",
    "httpx2",
    "psutil",
    "soxr",
)
"""What the extra brings, by import name."""
SEPARATE_COMMAND = 'pip install "stembridge[separate]"'
SEPARATE_PACKAGES = ("torch", "demucs", "safetensors", "psutil", "yaml")
"""What splits a mix into stems: an extra of its own, which `EXTRA` includes."""


def missing_packages() -> list[str]:
    """Return the import names of the extra that cannot be found here."""
    return [name for name in PACKAGES if find_spec(name) is None]


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
            raise EngineUnavailable(
                f"The Python package {package} is not installed; this installs it: {SEPARATE_COMMAND}"
            )
