"""What goes into the engine environment: read from this installation's own metadata, so that it is said once."""

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
    ("pyside6-essentials", "python-osc", "python-rtmidi", "send2trash", "sounddevice", "starlette", "uvicorn")
)
"""What only the companion and its window import."""
TORCH = "torch"
PINS = Path(__file__).resolve().parents[3] / "constraints.txt"
"""In a clone and in the bundle; a wheel has ranges alone."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """What to install.

    Attributes:
        torch: the requirement whose build matters.
        others: the rest, without torch.
        pins: a pip constraints file; None = none.
    """

    torch: str
    others: tuple[str, ...]
    pins: Path | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the distributions' names, torch first, normalised."""
        return tuple(normal_name(line) for line in (self.torch, *self.others))

    @property
    def release(self) -> str:
        """The release of torch that is wanted, like "2.13"."""
        found = re.search(r">=\s*(\d+\.\d+)", self.torch)
        if found is None:
            raise EnvironmentFault(f"{self.torch!r} does not say which torch is wanted; install Stem Bridge again.")
        return found[1]

    @property
    def fingerprint(self) -> str:
        """What differs between two sets of requirements."""
        pins = self.pins.read_bytes() if self.pins else b""
        lines = "\n".join((self.torch, *sorted(self.others))).encode()
        return hashlib.sha256(lines + b"\0" + _relevant(pins, self.names)).hexdigest()[:16]


def own_requirements() -> Requirements:
    """Return what this version of Stem Bridge needs for its neural engines.

    Raises
    ------
    EnvironmentFault
        If Stem Bridge's metadata is not there.
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
    """Return the name of the distribution that a requirement is about, as indexes write it."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _lines(lines: list[str], extras: tuple[str, ...]) -> list[str]:
    """Return the requirements of these extras, and of the extras of Stem Bridge that they name."""
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
    """Return the pins of what is asked for directly: those of test tools change nothing here."""
    lines = pins.decode("utf-8", "replace").splitlines()
    return "\n".join(line for line in lines if normal_name(line) in names).encode()
