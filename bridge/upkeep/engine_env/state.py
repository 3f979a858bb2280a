"""The status of the engine environment: for the window's page and `stembridge engine status`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from bridge import __version__
from bridge.upkeep.engine_env.choice import choose, misfit
from bridge.upkeep.engine_env.damage import damaged, is_runnable
from bridge.upkeep.engine_env.hardware import Hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentRecord, asked_device, read_begun, read_record
from bridge.upkeep.engine_env.requirements import own_requirements
from engine.errors import EngineUnavailable, StemBridgeError
from engine.hardware.device import DeviceKind

EnvironmentKind = Literal["absent", "begun", "whole", "damaged", "outdated", "misfit"]
USABLE: tuple[EnvironmentKind, ...] = ("whole", "outdated", "misfit")


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """The status of the environment.

    Attributes:
        kind: "absent"; "begun" = an installation was interrupted; "damaged" = files are missing; "outdated" = this
            version of Stem Bridge requires other libraries; "misfit" = built for another graphics card; "whole".
        sentence: the status, for the user.
        record: of the installed environment; None if there is none.
        wanted_device: the device that would be installed for now; None = torch has no build for this machine.
        wanted_reason: the reason for it, for the user.
        size_bytes: size on disk of all its files.
    """

    kind: EnvironmentKind
    sentence: str
    record: EnvironmentRecord | None
    wanted_device: DeviceKind | None
    wanted_reason: str
    size_bytes: int

    @property
    def to_do(self) -> str:
        """The action that helps: "install", "repair" or, if none is needed, ""."""
        return {"absent": "install", "begun": "install", "whole": ""}.get(self.kind, "repair")

    def document(self) -> dict[str, Any]:
        """Return the status as a JSON document."""
        return {**asdict(self), "usable": self.kind in USABLE, "to_do": self.to_do}


def look_at(location: Location, hardware: Hardware, device: str = "") -> EnvironmentState:
    """Return the status of the environment; checks all its files, which takes a moment.

    Raises
    ------
    InvalidValue
        If torch has no build for `device` on this system.
    """
    record = read_record(location)
    asked = asked_device(device, record)
    wanted_device, wanted_reason = _wanted(hardware, asked)
    kind, sentence = _judge(location, record, hardware, asked)
    return EnvironmentState(kind, sentence, record, wanted_device, wanted_reason, size_of(location))


def outdated_record(location: Location) -> EnvironmentRecord | None:
    """Return the record if this version of Stem Bridge requires other libraries than it lists; else None."""
    record = read_record(location)
    if record is None or not is_runnable(location):
        return None
    try:
        return record if own_requirements().fingerprint != record.fingerprint else None
    except StemBridgeError:
        return None


def size_of(location: Location) -> int:
    """Return the size on disk in bytes; a file with several hard links in it counts once."""
    seen = set()
    total = 0
    for path in location.root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            status = path.stat()
            if (status.st_dev, status.st_ino) not in seen or status.st_ino == 0:
                seen.add((status.st_dev, status.st_ino))
                total += status.st_size
    return total


def _wanted(hardware: Hardware, asked: str) -> tuple[DeviceKind | None, str]:
    try:
        wanted = choose(hardware, asked)
    except EngineUnavailable as error:
        return None, str(error)
    return wanted.device, wanted.reason


def _judge(
    location: Location, record: EnvironmentRecord | None, hardware: Hardware, asked: str
) -> tuple[EnvironmentKind, str]:
    if record is None:
        if read_begun(location) is not None or location.environment.exists():
            return "begun", "An installation ended half-way; what has arrived is kept, installing goes on from there."
        return "absent", "There is no engine environment yet; the sketch engine needs none."
    if not is_runnable(location):
        return "damaged", f"Its Python ({location.program}) is gone; repairing makes the environment anew."
    if broken := damaged(location):
        names = ", ".join(one.name for one in broken[:5])
        return "damaged", f"Files are missing or changed in {names}; repairing installs {_them(broken)} again."
    try:
        if outdated_record(location):
            return "outdated", f"It was made by version {record.version}; {__version__} wants other libraries."
        if reason := misfit(record.device, record.channel, hardware, asked):
            return "misfit", f"It works, but {reason}."
    except StemBridgeError as error:
        return "whole", str(error)
    return "whole", f"Ready: torch {record.torch} for {record.device}. {record.found}"


def _them(broken: list[Any]) -> str:
    return "it" if len(broken) == 1 else f"these {len(broken)}"
