"""Finds and updates the parts that another version of Stem Bridge has installed.

These are the scripts inside DAWs and the engine environment, which may have to be downloaded; both are updated only
when the user requests it. Settings and the job queue are not handled here: they migrate themselves when they are next
used (`bridge.home.file_versions`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bridge import __version__
from bridge.daws.places import InstalledScripts, find_installed
from bridge.home.folders import Folders
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.progress import InstallStep, ReportStep
from engine.errors import StemBridgeError

ENGINE = "engine environment"


@dataclass(frozen=True, slots=True)
class Outdated:
    """One part of the installation that differs from what this version would install.

    Attributes:
        name: shown to the user, such as "scripts in REAPER".
        version: the version of Stem Bridge that installed it.
        sentence: the status, for the user.
        repair: updates it; raises StemBridgeError if that is not possible now.
        is_announced: True if the user is notified without a request. Scripts of the current version that differ are
            not announced: they may belong to a second installation on this computer.
    """

    name: str
    version: str
    sentence: str
    repair: Callable[[ReportStep], object]
    is_announced: bool = True


def find_outdated(folders: Folders) -> list[Outdated]:
    """Return the parts that are not up to date."""
    scripts = [_scripts(one) for one in find_installed(folders.daw_places) if not one.status.is_current]
    return scripts + _engine(Location(folders.engine))


def repair_all(outdated: list[Outdated], report: ReportStep) -> dict[str, str]:
    """Update all parts; return name → error sentence of those that could not be updated."""
    faults = {}
    for one in outdated:
        try:
            one.repair(report)
        except StemBridgeError as error:
            faults[one.name] = str(error)
    return faults


def _scripts(one: InstalledScripts) -> Outdated:
    version, dest = one.status.version, one.dest
    daw = one.daw.label if dest is None else f"{one.daw.label} ({dest})"
    is_older = version != __version__
    if is_older:
        sentence = f"Stem Bridge's scripts in {daw} are of version {version}; this is {__version__}."
    else:
        sentence = f"Stem Bridge's scripts in {daw} are not as this installation puts them there."
    return Outdated(f"scripts in {daw}", version, sentence, lambda _: one.daw.install(dest), is_older)


def _engine(location: Location) -> list[Outdated]:
    """Compare the recorded requirements with this version's; `stembridge engine status` checks the files too."""
    from bridge.upkeep.engine_env.state import outdated_record

    record = outdated_record(location)
    if record is None:
        return []
    sentence = f"The engine environment was made by version {record.version}; {__version__} wants other libraries."
    return [Outdated(ENGINE, record.version, sentence, lambda report: _make(location, report))]


def _make(location: Location, report: ReportStep) -> None:
    from bridge.upkeep.engine_env.make import remake

    remake(location, report=report)


def progress_text(step: InstallStep) -> str:
    """Return the progress of a repair, for the user."""
    return f"{step.share:.0%} {step.phase}: {step.words}"
