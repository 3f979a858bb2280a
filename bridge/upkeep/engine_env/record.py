"""Reads and writes the two small files beside the environment: of a complete and of an unfinished installation."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bridge.upkeep.engine_env.choice import AUTO
from bridge.upkeep.engine_env.location import Location
from engine.errors import StemBridgeError
from engine.hardware.device import DeviceKind

FORMAT = 1


class EnvironmentFault(StemBridgeError):
    """An error in creating, repairing or removing the environment; the sentence states the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class EnvironmentRecord:
    """The properties of a complete environment.

    Attributes:
        device: the device that torch was built for.
        channel: of PyTorch's index; empty = PyPI.
        reason: the choice of the build and the reason for it, for the user.
        asked: the device that the user requested; "auto" = none.
        found: the device that torch found after the installation, as text.
        fingerprint: of the requirements.
        version: of the Stem Bridge that created it.
        made: time of creation, ISO 8601.
    """

    device: DeviceKind
    channel: str
    reason: str
    asked: str
    found: str
    fingerprint: str
    torch: str
    python: str
    version: str
    made: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class BegunInstall:
    """The state of an unfinished installation.

    Attributes:
        channel: from which torch was last installed; None = torch was not installed yet.
        pid: of the program that installs; 0 = none.
        started: its start time, in seconds since the epoch: pids are reused.
    """

    channel: str | None = None
    pid: int = 0
    started: float = 0.0


def read_record(location: Location) -> EnvironmentRecord | None:
    """Return the record of the environment; None if it is missing, damaged or of another format."""
    data = _read(location.record)
    try:
        record = EnvironmentRecord(**data) if data else None
    except TypeError:
        return None
    return record if record and record.format == FORMAT else None


def asked_device(device: str, record: EnvironmentRecord | None) -> str:
    """Return `device`; if it is empty, the device of the previous request, which stays in effect until then."""
    return device or (record.asked if record else AUTO)


def write_record(location: Location, record: EnvironmentRecord) -> None:
    """Write the record, which marks the environment as complete."""
    _write(location.record, asdict(record))
    location.begun.unlink(missing_ok=True)


def read_begun(location: Location) -> BegunInstall | None:
    """Return the unfinished installation; None if there is none, defaults if its file is damaged."""
    data = _read(location.begun)
    with suppress(TypeError):
        return BegunInstall(**data) if data else None
    return BegunInstall()


def write_begun(location: Location, begun: BegunInstall) -> None:
    """Write the state of the unfinished installation."""
    _write(location.begun, asdict(begun))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return None
    except ValueError:
        return {"damaged": True}
    return data if isinstance(data, dict) else {"damaged": True}


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)
