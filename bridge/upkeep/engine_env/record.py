"""Two small files beside the environment: what was made, and what is being made by whom."""

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
    """The engine environment cannot be made, mended or removed; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was made.

    Attributes:
        device: what torch was built for.
        channel: of PyTorch's index; empty = PyPI.
        reason: what was chosen and why.
        asked: what the user asked for; "auto" = nothing.
        found: the device that torch then found, as it would be printed.
        fingerprint: of the requirements.
        version: of the Stem Bridge that made it.
        made: when, ISO 8601.
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
class Begun:
    """What is being made: `channel` is the last one of which torch was installed (None: none), `pid` installs."""

    channel: str | None = None
    pid: int = 0
    started: float = 0.0


def read_record(place: Location) -> Record | None:
    """Return what was made; None if nothing was, or by a version that wrote it otherwise."""
    data = _read(place.record)
    try:
        record = Record(**data) if data else None
    except TypeError:
        return None
    return record if record and record.format == FORMAT else None


def asked_device(device: str, record: Record | None) -> str:
    """Return `device`; if it is empty, what was asked for before, which holds until something else is."""
    return device or (record.asked if record else AUTO)


def write_record(place: Location, record: Record) -> None:
    """Say that the environment is whole."""
    _write(place.record, asdict(record))
    place.begun.unlink(missing_ok=True)


def read_begun(place: Location) -> Begun | None:
    """Return what is being made, or was when its maker died."""
    data = _read(place.begun)
    with suppress(TypeError):
        return Begun(**data) if data else None
    return Begun()


def write_begun(place: Location, begun: Begun) -> None:
    """Note it."""
    _write(place.begun, asdict(begun))


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
