"""How the engine environment is: for the window's page and `stembridge engine status`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from bridge import __version__
from bridge.upkeep.engine_env.choice import choose, misfit
from bridge.upkeep.engine_env.damage import damaged, is_runnable
from bridge.upkeep.engine_env.hardware import Hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import Record, asked_device, read_begun, read_record
from bridge.upkeep.engine_env.requirements import own_requirements
from engine.errors import EngineUnavailable, StemBridgeError
from engine.hardware.device import DeviceKind

Kind = Literal["absent", "begun", "whole", "damaged", "outdated", "misfit"]
USABLE: tuple[Kind, ...] = ("whole", "outdated", "misfit")


@dataclass(frozen=True, slots=True)
class State:
    """What is there.

    Attributes:
        kind: "absent"; "begun" = an installation ended half-way; "damaged" = files are missing; "outdated" = this
            version of Stem Bridge wants other libraries; "misfit" = made for another graphics card; "whole".
        sentence: what the user reads.
        record: what was made; None if nothing was.
        wanted_device: what would be installed now; None = nothing can be.
        wanted_reason: why.
        size_bytes: what all of it takes on the disk.
    """

    kind: Kind
    sentence: str
    record: Record | None
    wanted_device: DeviceKind | None
    wanted_reason: str
    size_bytes: int

    @property
    def to_do(self) -> str:
        """Return the action that helps: "install", "repair" or, if none is needed, ""."""
        return {"absent": "install", "begun": "install", "whole": ""}.get(self.kind, "repair")

    def document(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**asdict(self), "usable": self.kind in USABLE, "to_do": self.to_do}


def look_at(place: Location, hardware: Hardware, device: str = "") -> State:
    """Return how the environment is; reads the lists of all its files, which takes a moment.

    Raises
    ------
    InvalidValue
        If torch has no build for `device` on this system.
    """
    record = read_record(place)
    asked = asked_device(device, record)
    wanted_device, wanted_reason = _wanted(hardware, asked)
    kind, sentence = _judge(place, record, hardware, asked)
    return State(kind, sentence, record, wanted_device, wanted_reason, size_of(place))


def outdated_record(place: Location) -> Record | None:
    """Return what was made, if this version of Stem Bridge wants other libraries in it; else None."""
    record = read_record(place)
    if record is None or not is_runnable(place):
        return None
    try:
        return record if own_requirements().fingerprint != record.fingerprint else None
    except StemBridgeError:
        return None


def size_of(place: Location) -> int:
    """Return the bytes that all of it takes; files with several names in it are counted once."""
    seen = set()
    total = 0
    for path in place.root.rglob("*"):
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


def _judge(place: Location, record: Record | None, hardware: Hardware, asked: str) -> tuple[Kind, str]:
    if record is None:
        if read_begun(place) is not None or place.environment.exists():
            return "begun", "An installation ended half-way; what has arrived is kept, installing goes on from there."
        return "absent", "There is no engine environment yet; the sketch engine needs none."
    if not is_runnable(place):
        return "damaged", f"Its Python ({place.program}) is gone; repairing makes the environment anew."
    if broken := damaged(place):
        names = ", ".join(one.name for one in broken[:5])
        return "damaged", f"Files are missing or changed in {names}; repairing installs {_them(broken)} again."
    try:
        if outdated_record(place):
            return "outdated", f"It was made by version {record.version}; {__version__} wants other libraries."
        if reason := misfit(record.device, record.channel, hardware, asked):
            return "misfit", f"It works, but {reason}."
    except StemBridgeError as error:
        return "whole", str(error)
    return "whole", f"Ready: torch {record.torch} for {record.device}. {record.found}"


def _them(broken: list[Any]) -> str:
    return "it" if len(broken) == 1 else f"these {len(broken)}"
