"""Uninstalls Stem Bridge from a user's account: makes a plan and carries it out. Takes are always kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bridge.daws.places import InstalledScripts, find_installed
from bridge.home.autostart import AutostartEntry, entry_here, set_autostart
from bridge.home.folders import Folders
from bridge.home.running_companion import stop_companions
from bridge.upkeep.uninstall.belongings import (
    ENGINE,
    MODELS,
    OWN,
    SETTINGS,
    Belongings,
    count_takes,
    find_belongings,
    leftovers,
)
from bridge.upkeep.uninstall.delete import delete_all, delete_empty

SCRIPTS, AUTOSTART = "DAW scripts", "start with the computer"


@dataclass(frozen=True, slots=True)
class UninstallPlan:
    """The installed parts: scripts in DAWs, files by group, and the autostart entry (None if it is off)."""

    folders: Folders
    scripts: list[InstalledScripts]
    belongings: dict[str, Belongings]
    autostart: AutostartEntry | None = None

    def groups(self, kept: Collection[str]) -> list[str]:
        """Return the groups of files to delete, without empty ones and those that are `kept`."""
        return [one for one in (OWN, ENGINE, MODELS, SETTINGS) if one not in kept and self.belongings[one].paths]


@dataclass(slots=True)
class UninstallOutcome:
    """The result: removed (or, in a dry run, removable) parts, kept parts, and error sentences."""

    is_dry_run: bool
    removed: list[dict[str, object]] = field(default_factory=list)
    kept: list[dict[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def remove(self, what: str, paths: Iterable[Path], size_bytes: int = 0) -> None:
        """Add a removed part."""
        self.removed.append({"what": what, "paths": [str(path) for path in paths], "bytes": size_bytes})

    def keep(self, what: str, path: Path) -> None:
        """Add a kept part."""
        self.kept.append({"what": what, "path": str(path)})


def make_plan(folders: Folders) -> UninstallPlan:
    """Find all installed parts."""
    entry = entry_here()
    started = entry if entry.is_there() else None
    return UninstallPlan(folders, find_installed(folders.daw_places), find_belongings(folders), started)


def carry_out(plan: UninstallPlan, groups: Collection[str], *, dry_run: bool = False) -> UninstallOutcome:
    """End companions, remove scripts from DAWs and delete these groups of files; return the result.

    Raises
    ------
    StemBridgeError
        If a companion does not end, or a DAW has to be closed first. No group of files has been deleted then.
    """
    outcome = UninstallOutcome(dry_run)
    if not dry_run:
        stop_companions(plan.folders)
    for one in plan.scripts:
        assert one.status.folder is not None
        paths = [] if dry_run else one.daw.uninstall(one.dest)
        outcome.remove(f"{SCRIPTS} in {one.daw.label}", paths or [one.status.folder])
    if plan.autostart is not None:
        if not dry_run:
            set_autostart(False, plan.autostart)
        outcome.remove(AUTOSTART, [Path(plan.autostart.place)])
    for group in groups:
        there = plan.belongings[group]
        outcome.faults += [] if dry_run else delete_all(there.paths)
        outcome.remove(group, there.paths, there.size_bytes)
    if not dry_run:
        delete_empty((plan.folders.takes, plan.folders.data, plan.folders.config))
    _add_kept(plan, groups, outcome)
    return outcome


def _add_kept(plan: UninstallPlan, groups: Collection[str], outcome: UninstallOutcome) -> None:
    folders = plan.folders
    if count := count_takes(folders):
        outcome.keep(f"{count} take{'s' if count != 1 else ''}", folders.takes)
    gone = {path for group in groups for path in plan.belongings[group].paths}
    for path in leftovers(folders):
        if path != folders.takes and path not in gone:
            outcome.keep("not deleted", path)
    if not folders.models.is_relative_to(folders.data) and folders.models.exists():
        outcome.keep("models in a folder of your choice", folders.models)
