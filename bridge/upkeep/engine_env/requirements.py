"""The requirements of the engine environment, read from the metadata of this installation of Stem Bridge."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from bridge.upkeep.engine_env.record import EnvironmentFault
from engine.optional_libraries import EXTRA

DISTRIBUTION = "stembridge"
NOT_FOR_THE_WORKER = frozenset(
    (
        "pylibremidi",
        "pyside6-essentials",
        "python-osc",
        "python-rtmidi",
        "rtmidi2",
        "send2trash",
        "sounddevice",
        "starlette",
        "uvicorn",
    )
)
"""Distributions that only the companion and its window import."""
TORCH = "torch"
PINS = Path(__file__).resolve().parents[3] / "constraints.txt"
"""The exact versions, in a clone and in the bundle; a wheel of Stem Bridge has only version ranges."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """The requirements to install.

    Attributes:
        torch: the requirement of torch, which is installed first and from an index of its own.
        others: all other requirements.
        pins: a pip constraints file; None = none.
    """

    torch: str
    others: tuple[str, ...]
    pins: Path | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The normalised names of the distributions, torch first."""
        return tuple(normal_name(line) for line in (self.torch, *self.others))

    @property
    def release(self) -> str:
        """The required release of torch, such as "2.13"."""
        found = re.search(r">=\s*(\d+\.\d+)", self.torch)
        if found is None:
            raise EnvironmentFault(f"{self.torch!r} does not say which torch is wanted; install Stem Bridge again.")
        return found[1]

    @property
    def fingerprint(self) -> str:
        """A hash that differs for different requirements or pins."""
        pins = self.pins.read_bytes() if self.pins else b""
        lines = "\n".join((self.torch, *sorted(self.others))).encode()
        return hashlib.sha256(lines + b"\0" + _relevant(pins, self.names)).hexdigest()[:16]


def own_requirements() -> Requirements:
    """Return the requirements of this version's neural engines.

    Raises
    ------
    EnvironmentFault
        If Stem Bridge's metadata is missing or incomplete.
    """
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        raise EnvironmentFault(
            "Stem Bridge is not installed here, only its files are; install it with pip."
        ) from None
    wanted = dict.fromkeys(_lines(lines, ("", EXTRA)))
    torch = [line for line in wanted if normal_name(line) == TORCH]
    others = [line for line in wanted if normal_name(line) not in {TORCH, DISTRIBUTION, *NOT_FOR_THE_WORKER}]
    if not torch:
        raise EnvironmentFault(f"Stem Bridge's metadata names no {EXTRA} libraries; install it again with pip.")
    return Requirements(torch[0], tuple(others), PINS if PINS.is_file() else None)


def normal_name(requirement: str) -> str:
    """Return the normalised name (PEP 503) of the distribution in a requirement; empty if it has none."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _lines(lines: list[str], extras: tuple[str, ...]) -> list[str]:
    """Return the requirements of these extras; an extra that names further extras of Stem Bridge includes theirs."""
    found = []
    for line in lines:
        requirement, _, marker = line.partition(";")
        extra = re.search(r"extra\s*==\s*[\"']([^\"']+)[\"']", marker)
        if (extra[1] if extra else "") not in extras:
            continue
        further = re.match(rf"{DISTRIBUTION}\[([^\]]+)\]", requirement.strip())
        if further:
            found += _lines(lines, tuple(name.strip() for name in further[1].split(",")))
        else:
            found.append(requirement.strip())
    return found


def _relevant(pins: bytes, names: tuple[str, ...]) -> bytes:
    """Return the pins of the named distributions only: pins of test tools do not matter here."""
    lines = pins.decode("utf-8", "replace").splitlines()
    return "\n".join(line for line in lines if normal_name(line) in names).encode()
