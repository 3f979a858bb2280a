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
from bridge.messages import Action, Message, Messages
from engine.errors import StemBridgeError

COMMAND = "update"
"""The command behind the button of the message that `tell_outdated` posts."""
TOPIC = "update"


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


def tell_outdated(messages: Messages, folders: Folders) -> None:
    """Tell the user what is of another version, with the button that repairs it."""
    outdated = [one for one in find_outdated(folders) if one.is_of_another_version]
    if outdated:
        sentence = " ".join(one.sentence for one in outdated)
        messages.post(Message("warning", sentence, Action("Update", COMMAND), TOPIC))


def repair_and_tell(messages: Messages, folders: Folders) -> None:
    """Bring everything up to date and tell how it went; what could not be done offers the button again."""
    faults = repair_all(find_outdated(folders))
    if faults:
        messages.error(" ".join(faults.values()), Action("Try again", COMMAND), TOPIC)
    else:
        messages.info("Everything is up to date.", TOPIC)


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
