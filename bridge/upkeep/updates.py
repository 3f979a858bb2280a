"""What belongs to an older Stem Bridge than this one, and how it is brought up to date.

Settings and the job queue migrate themselves when they are next used (`bridge.home.file_versions`). What is here
waits until the user asks for it: scripts inside DAWs, and the engine environment, which may have to be downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bridge import __version__
from bridge.daws.places import Installed, find_installed
from bridge.home.folders import Folders
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.progress import Report, Step
from engine.errors import StemBridgeError

ENGINE = "engine environment"


@dataclass(frozen=True, slots=True)
class Outdated:
    """One thing that is not as this version wants it.

    Attributes:
        name: what a user calls it, as "scripts in REAPER".
        version: of what is there.
        sentence: says how it stands.
        repair: brings it up to date; StemBridgeError if that cannot be done now.
        is_told: True if the user is told unasked. Scripts of this very version that differ are not: they may belong
            to another installation beside this one.
    """

    name: str
    version: str
    sentence: str
    repair: Callable[[Report], object]
    is_told: bool = True


def find_outdated(folders: Folders) -> list[Outdated]:
    """Return what is not up to date."""
    scripts = [_scripts(one) for one in find_installed(folders.daw_places) if not one.status.is_current]
    return scripts + _engine(Location(folders.engine))


def repair_all(outdated: list[Outdated], report: Report) -> dict[str, str]:
    """Bring all of it up to date; return the sentence of what went wrong, by name, for what could not be."""
    faults = {}
    for one in outdated:
        try:
            one.repair(report)
        except StemBridgeError as error:
            faults[one.name] = str(error)
    return faults


def _scripts(one: Installed) -> Outdated:
    version, dest = one.status.version, one.dest
    daw = one.daw.label if dest is None else f"{one.daw.label} ({dest})"
    is_older = version != __version__
    if is_older:
        sentence = f"Stem Bridge's scripts in {daw} are of version {version}; this is {__version__}."
    else:
        sentence = f"Stem Bridge's scripts in {daw} are not as this installation puts them there."
    return Outdated(f"scripts in {daw}", version, sentence, lambda _: one.daw.install(dest), is_older)


def _engine(place: Location) -> list[Outdated]:
    """Compare what it was made of with what this version wants; `stembridge engine status` looks deeper."""
    from bridge.upkeep.engine_env.state import outdated_record

    record = outdated_record(place)
    if record is None:
        return []
    sentence = f"The engine environment was made by version {record.version}; {__version__} wants other libraries."
    return [Outdated(ENGINE, record.version, sentence, lambda report: _make(place, report))]


def _make(place: Location, report: Report) -> None:
    from bridge.upkeep.engine_env.make import remake

    remake(place, report=report)


def words(step: Step) -> str:
    """Return how far a repair is."""
    return f"{step.share:.0%} {step.phase}: {step.words}"
