"""What belongs to an older Stem Bridge than this one, and how it is brought up to date.

Settings and the job queue bring themselves forward when they are next used (`bridge.versions`); what is here lies
outside the companion's reach until its user says so: scripts inside DAWs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge import __version__
from bridge.daws.places import Installed, find_installed
from bridge.folders import Folders
from engine.errors import StemBridgeError


@dataclass(frozen=True, slots=True)
class Outdated:
    """One thing that is not as this version wants it.

    Attributes:
        name: what a user calls it, as "scripts in REAPER".
        version: of what is there.
        sentence: says how it stands.
        repair: brings it up to date; StemBridgeError if that cannot be done now.
    """

    name: str
    version: str
    sentence: str
    repair: Callable[[], object]

    @property
    def is_of_another_version(self) -> bool:
        """True if it says so itself. Else it was changed, or belongs to another installation of this version."""
        return self.version != __version__


def find_outdated(folders: Folders) -> list[Outdated]:
    """Return what is not up to date."""
    return [_scripts(one) for one in find_installed(folders.daw_places) if not one.status.is_current]


def repair_all(outdated: list[Outdated]) -> dict[str, str]:
    """Bring all of it up to date; return the sentence of what went wrong, by name, for what could not be."""
    faults = {}
    for one in outdated:
        try:
            one.repair()
        except StemBridgeError as error:
            faults[one.name] = str(error)
    return faults


def _scripts(one: Installed) -> Outdated:
    version, dest = one.status.version, one.dest
    daw = one.daw.label if dest is None else f"{one.daw.label} ({dest})"

    def repair() -> list[Path]:
        return one.daw.install(dest)

    if version == __version__:
        sentence = f"Stem Bridge's scripts in {daw} are not as this installation puts them there."
    else:
        sentence = f"Stem Bridge's scripts in {daw} are of version {version}; this is {__version__}."
    return Outdated(f"scripts in {daw}", version, sentence, repair)
