"""`stembridge presets`: lists the presets, shows one as a parameter block, and saves one of the user's."""

from __future__ import annotations

import argparse
import sys

from bridge.cli.generate import read_file
from bridge.cli.main import WrongUse
from bridge.cli.output import print_json
from bridge.home.folders import Folders
from bridge.request.block import check_block, parse_json_block
from bridge.request.presets.presets import Preset, Presets


def run(options: argparse.Namespace) -> int:
    """List, show or save presets; return 0."""
    presets = Presets(Folders.of_user().presets)
    if options.save:
        if not options.name:
            raise WrongUse(f"Give the preset a name: stembridge presets NAME --save {options.save}")
        print(presets.save(options.name, check_block(parse_json_block(read_file(options.save)))))
    elif options.name:
        _show(presets.get(options.name), options.json)
    else:
        _list(presets, options.json)
    return 0


def _show(preset: Preset, as_json: bool) -> None:
    if as_json:
        print_json(_document(preset))
    else:
        print(f"{preset.name} ({preset.group}): {preset.description}")
        print_json(preset.block)


def _list(presets: Presets, as_json: bool) -> None:
    problems = presets.problems()
    if as_json:
        listed = [_document(preset) for preset in presets.all()]
        print_json({"presets": listed, "problems": problems})
        return
    for preset in presets.all():
        print(f"{preset.name:28} {preset.group:14} {preset.description}")
    for problem in problems:
        print(f"stembridge: {problem}", file=sys.stderr)


def _document(preset: Preset) -> dict[str, object]:
    return {
        "name": preset.name,
        "group": preset.group,
        "description": preset.description,
        "origin": preset.origin,
        "block": preset.block,
        "clears": list(preset.clears),
    }
