"""`stembridge uninstall`: asks, then removes everything that Stem Bridge has put on this computer except takes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bridge.cli.ask import confirm
from bridge.cli.main import DONE, FAILED
from bridge.cli.output import print_json
from bridge.home.folders import Folders
from bridge.home.running_companion import is_any_running
from bridge.upkeep.uninstall.belongings import ENGINE, MODELS, OWN, SETTINGS
from bridge.upkeep.uninstall.uninstall import (
    AUTOSTART,
    SCRIPTS,
    UninstallOutcome,
    UninstallPlan,
    carry_out,
    make_plan,
)

QUESTIONS = {MODELS: "Delete the neural models too?", SETTINGS: "Delete your settings, presets, styles and maps too?"}


def run(options: argparse.Namespace) -> int:
    """Ask, then delete; return 0, or 1 if something could not be deleted or the user declines."""
    plan = make_plan(Folders.of_user())
    kept = {MODELS: options.keep_models, SETTINGS: options.keep_settings}
    groups = plan.groups([group for group, is_kept in kept.items() if is_kept])
    if not options.dry_run:
        _announce(plan)
        if not confirm("Go on?", options.yes):
            print("stembridge: nothing was deleted.", file=sys.stderr)
            return FAILED
        groups = [group for group in groups if group not in QUESTIONS or _confirm_group(group, plan, options)]
    outcome = carry_out(plan, groups, dry_run=options.dry_run)
    _print_outcome(outcome, options.json)
    return FAILED if outcome.faults else DONE


def _announce(plan: UninstallPlan) -> None:
    """Print on standard error what is going to be removed."""
    print("This takes Stem Bridge's files out of your account:", file=sys.stderr)
    for one in plan.scripts:
        print(f"  {SCRIPTS} in {one.daw.label}: our own files in {one.status.folder}", file=sys.stderr)
    if plan.autostart is not None:
        print(f"  {AUTOSTART}: {plan.autostart.place}", file=sys.stderr)
    for group in (OWN, ENGINE):
        for path in plan.belongings[group].paths:
            print(f"  {path}", file=sys.stderr)
    if is_any_running(plan.folders):
        print("A companion is running; it is ended first, and a job that runs is lost.", file=sys.stderr)


def _confirm_group(group: str, plan: UninstallPlan, options: argparse.Namespace) -> bool:
    belongings = plan.belongings[group]
    places = ", ".join(str(path) for path in belongings.paths)
    return confirm(f"{QUESTIONS[group]} {belongings.size_bytes / 1e9:.2f} GB: {places}", options.yes)


def _print_outcome(outcome: UninstallOutcome, as_json: bool) -> None:
    for fault in outcome.faults:
        print(f"stembridge: {fault}", file=sys.stderr)
    if as_json:
        document = {"dry_run": outcome.is_dry_run, "removed": outcome.removed, "kept": outcome.kept}
        print_json({**document, "faults": outcome.faults})
        return
    verb = "would be deleted" if outcome.is_dry_run else "deleted"
    for entry in outcome.removed:
        assert isinstance(entry["paths"], list)
        is_whole = not (outcome.is_dry_run and str(entry["what"]).startswith(SCRIPTS))
        print(f"{verb}: {entry['what']}{'' if is_whole else ', only our own files in this folder:'}")
        print("".join(f"  {path}\n" for path in entry["paths"]), end="")
    if not outcome.removed:
        print("Nothing of Stem Bridge was found.")
    for kept in outcome.kept:
        print(f"stays: {kept['what']}: {kept['path']}")
    print(f"Takes in your projects stay where they are. {_program()}")


def _program() -> str:
    """Return the sentence on removing the program itself, which cannot delete itself while it runs."""
    if getattr(sys, "frozen", False):
        return f"The program itself lies in {Path(sys.executable).parent}; remove it as you have installed it."
    return f"The program itself: {sys.executable} -m pip uninstall stembridge"
