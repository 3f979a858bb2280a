"""Lists the installed distributions and finds damaged ones, by the lists of files that each brings (`RECORD`)."""

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
class InstalledDistribution:
    """One installed distribution: `info` is its .dist-info folder."""

    name: str
    version: str
    info: Path

    @property
    def requirement(self) -> str:
        """The requirement that names exactly this version."""
        return f"{self.name}=={self.version}"


def installed(location: Location) -> list[InstalledDistribution]:
    """Return the installed distributions, sorted by name."""
    packages = location.packages
    found = []
    for info in sorted(packages.glob("*.dist-info")) if packages else []:
        name, _, version = info.name.removesuffix(".dist-info").partition("-")
        found.append(InstalledDistribution(normal_name(name), version, info))
    return found


def is_runnable(location: Location) -> bool:
    """Return whether the environment's Python exists; a link to a Python that was removed does not count."""
    return location.program.exists() and location.packages is not None


def python_version(location: Location) -> Version:
    """Return the version of the environment's Python, from `pyvenv.cfg`, which venv and uv write.

    Raises
    ------
    EnvironmentFault
        If that file is missing or names no version.
    """
    try:
        text = (location.environment / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
    if found is None:
        raise EnvironmentFault(f"{location.environment} is no environment; remove it and install it again.")
    return int(found[1]), int(found[2])


def damaged(
    location: Location, thorough: bool = False, tick: Callable[[], None] = lambda: None
) -> list[InstalledDistribution]:
    """Return the distributions with missing files or files of another size; `thorough` compares hashes too.

    `tick` is called for every file and block that is read, and may raise to stop.
    """
    return [one for one in installed(location) if not _is_intact(one, thorough, tick)]


def _is_intact(distribution: InstalledDistribution, thorough: bool, tick: Callable[[], None]) -> bool:
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
