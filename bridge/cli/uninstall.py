"""`stembridge uninstall`: takes out what Stem Bridge has put on this computer. Takes always stay."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bridge.cli.ask import agreed
from bridge.cli.main import DONE, FAILED
from bridge.daws.places import Installed, find_installed
from bridge.folders import Folders
from bridge.removal.belongings import (
    ENGINE,
    MODELS,
    OWN,
    SETTINGS,
    Belongings,
    count_takes,
    find_belongings,
    leftovers,
)
from bridge.removal.delete import delete_all, delete_empty
from bridge.running import is_any_running, stop_companions

SCRIPTS = "DAW scripts"
QUESTIONS = {MODELS: "Delete the neural models too?", SETTINGS: "Delete your settings, presets, styles and maps too?"}
"""Groups that go only if the user says so."""


@dataclass(slots=True)
class Outcome:
    """What was, or would be, deleted; what stays; what could not be done."""

    is_dry_run: bool
    removed: list[dict[str, object]] = field(default_factory=list)
    kept: list[dict[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def remove(self, what: str, paths: Iterable[Path], size_bytes: int = 0) -> None:
        """Note that these go."""
        self.removed.append({"what": what, "paths": [str(path) for path in paths], "bytes": size_bytes})

    def keep(self, what: str, path: Path) -> None:
        """Note that this stays."""
        self.kept.append({"what": what, "path": str(path)})


def run(options: argparse.Namespace) -> int:
    """Ask, then delete; return 0, or 1 if something could not be deleted or the user said no."""
    folders = Folders.of_user()
    scripts, belongings = find_installed(folders.daw_places), find_belongings(folders)
    groups = _groups(options, belongings)
    outcome = Outcome(options.dry_run)
    if not options.dry_run:
        _announce(scripts, belongings, folders)
        if not agreed("Go on?", options.yes):
            print("stembridge: nothing was deleted.", file=sys.stderr)
            return FAILED
        groups = [group for group in groups if group not in QUESTIONS or _agreed(group, belongings[group], options)]
        stop_companions(folders)
    _take_out(scripts, outcome)
    for group in groups:
        _delete(belongings[group], outcome)
    if not options.dry_run:
        delete_empty((folders.takes, folders.data, folders.config))
    _note_what_stays(folders, belongings, groups, outcome)
    _say(outcome, options.json)
    return FAILED if outcome.faults else DONE


def _groups(options: argparse.Namespace, belongings: dict[str, Belongings]) -> list[str]:
    kept = {MODELS: options.keep_models, SETTINGS: options.keep_settings}
    return [group for group in (OWN, ENGINE, MODELS, SETTINGS) if belongings[group].paths and not kept.get(group)]


def _announce(scripts: list[Installed], belongings: dict[str, Belongings], folders: Folders) -> None:
    """Say on stderr what is going to happen."""
    print("This takes Stem Bridge's files out of your account:", file=sys.stderr)
    for one in scripts:
        print(f"  {SCRIPTS} in {one.daw.label}: {one.status.folder}", file=sys.stderr)
    for group in (OWN, ENGINE):
        for path in belongings[group].paths:
            print(f"  {path}", file=sys.stderr)
    if is_any_running(folders):
        print("A companion is running; it is ended first, and a job that runs is lost.", file=sys.stderr)


def _agreed(group: str, there: Belongings, options: argparse.Namespace) -> bool:
    places = ", ".join(str(path) for path in there.paths)
    return agreed(f"{QUESTIONS[group]} {there.size_bytes / 1e9:.2f} GB: {places}", options.yes)


def _take_out(scripts: list[Installed], outcome: Outcome) -> None:
    """Take the scripts out first: a DAW that runs ends everything before anything is gone."""
    for one in scripts:
        paths = [] if outcome.is_dry_run else one.daw.uninstall(one.dest)
        assert one.status.folder is not None
        outcome.remove(f"{SCRIPTS} in {one.daw.label}", paths or [one.status.folder])


def _delete(there: Belongings, outcome: Outcome) -> None:
    faults = [] if outcome.is_dry_run else delete_all(there.paths)
    outcome.faults += faults
    outcome.remove(there.group, there.paths, there.size_bytes)


def _note_what_stays(
    folders: Folders, belongings: dict[str, Belongings], groups: list[str], outcome: Outcome
) -> None:
    if count := count_takes(folders):
        outcome.keep(f"{count} take{'s' if count != 1 else ''}", folders.takes)
    gone = {path for group in groups for path in belongings[group].paths}
    for path in leftovers(folders):
        if path != folders.takes and path not in gone:
            outcome.keep("not deleted", path)
    if not folders.models.is_relative_to(folders.data) and folders.models.exists():
        outcome.keep("models in a folder of your choice", folders.models)


def _say(outcome: Outcome, as_json: bool) -> None:
    for fault in outcome.faults:
        print(f"stembridge: {fault}", file=sys.stderr)
    if as_json:
        document = {"dry_run": outcome.is_dry_run, "removed": outcome.removed, "kept": outcome.kept}
        print(json.dumps({**document, "faults": outcome.faults}, indent=2, ensure_ascii=False))
        return
    verb = "would be deleted" if outcome.is_dry_run else "deleted"
    for entry in outcome.removed:
        assert isinstance(entry["paths"], list)
        print(f"{verb}: {entry['what']}")
        print("".join(f"  {path}\n" for path in entry["paths"]), end="")
    if not outcome.removed:
        print("Nothing of Stem Bridge was found.")
    for kept in outcome.kept:
        print(f"stays: {kept['what']}: {kept['path']}")
    print(f"Takes in your projects stay where they are. {_program()}")


def _program() -> str:
    """Say how the program itself goes, which cannot delete itself while it runs."""
    if getattr(sys, "frozen", False):
        return f"The program itself lies in {Path(sys.executable).parent}; remove it as you have installed it."
    return f"The program itself: {sys.executable} -m pip uninstall stembridge"
