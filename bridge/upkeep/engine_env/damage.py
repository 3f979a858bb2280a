"""What lies in the environment, and which of its distributions are not as they were installed.

Their own lists of files are believed.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.upkeep.engine_env.hardware import Version
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentFault
from bridge.upkeep.engine_env.requirements import normal_name

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Distribution:
    """One installed distribution: `info` is its .dist-info folder."""

    name: str
    version: str
    info: Path

    @property
    def requirement(self) -> str:
        """Exactly this one."""
        return f"{self.name}=={self.version}"


def installed(place: Location) -> list[Distribution]:
    """Return what is installed, by name."""
    packages = place.packages
    found = []
    for info in sorted(packages.glob("*.dist-info")) if packages else []:
        name, _, version = info.name.removesuffix(".dist-info").partition("-")
        found.append(Distribution(normal_name(name), version, info))
    return found


def is_runnable(place: Location) -> bool:
    """Tell if the environment has a Python that is really there: a link to one that was removed is not."""
    return place.program.exists() and place.packages is not None


def python_version(place: Location) -> Version:
    """Return the version of the environment's Python, from the file that venv and uv write.

    Raises
    ------
    EnvironmentFault
        If there is none.
    """
    try:
        text = (place.environment / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
    if found is None:
        raise EnvironmentFault(f"{place.environment} is no environment; remove it and install it again.")
    return int(found[1]), int(found[2])


def damaged(place: Location, thorough: bool = False, tick: Callable[[], None] = lambda: None) -> list[Distribution]:
    """Return the distributions with files that are missing or of another size; `thorough` compares contents too.

    `tick` is called often, and may raise.
    """
    return [one for one in installed(place) if not _is_well(one, thorough, tick)]


def _is_well(distribution: Distribution, thorough: bool, tick: Callable[[], None]) -> bool:
    root = distribution.info.parent
    try:
        rows = list(_rows(distribution.info / "RECORD"))
    except (OSError, ValueError, csv.Error):
        return False
    for path, digest, size in rows:
        if not size or path.endswith(".pyc"):
            continue
        tick()
        file = root / path
        try:
            if file.stat().st_size != int(size) or (thorough and digest and _digest(file, digest, tick) != digest):
                return False
        except (OSError, ValueError):
            return False
    return bool(rows)


def _rows(record: Path) -> Iterator[tuple[str, str, str]]:
    """Yield path, digest ("sha256=…") and size in bytes of each file; see PyPA's "Recording installed projects"."""
    with record.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            path, digest, size = row
            yield path, digest, size


def _digest(file: Path, like: str, tick: Callable[[], None]) -> str:
    algorithm = like.partition("=")[0]
    hasher = hashlib.new(algorithm)
    with file.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            hasher.update(block)
            tick()
    return f"{algorithm}={base64.urlsafe_b64encode(hasher.digest()).rstrip(b'=').decode()}"
