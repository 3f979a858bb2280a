"""`stembridge update`: updates what an older version has installed."""

from __future__ import annotations

import argparse
import sys

from bridge import __version__
from bridge.cli.engine import ProgressMeter
from bridge.cli.main import DONE, FAILED
from bridge.cli.output import print_json
from bridge.home.folders import Folders
from bridge.upkeep.updates import Outdated, find_outdated, repair_all


def run(options: argparse.Namespace) -> int:
    """Update what is outdated, or with `--check` only list it; return 1 if something is or stays outdated."""
    outdated = find_outdated(Folders.of_user())
    faults = {one.name: one.sentence for one in outdated} if options.check else repair_all(outdated, ProgressMeter())
    if options.json:
        things = [_document(one, faults) for one in outdated]
        print_json({"version": __version__, "outdated": things})
    else:
        _print_outdated(outdated, faults)
    return FAILED if faults else DONE


def _document(one: Outdated, faults: dict[str, str]) -> dict[str, object]:
    is_repaired = one.name not in faults
    return {"name": one.name, "version": one.version, "repaired": is_repaired, "fault": faults.get(one.name, "")}


def _print_outdated(outdated: list[Outdated], faults: dict[str, str]) -> None:
    if not outdated:
        print("Everything is up to date.")
    for one in outdated:
        if one.name not in faults:
            print(f"{one.name}: version {one.version} is now {__version__}")
    for sentence in faults.values():
        print(f"stembridge: {sentence}", file=sys.stderr)
