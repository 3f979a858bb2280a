"""`stembridge completion`: prints the script by which a shell completes commands, flags, names and files."""

from __future__ import annotations

import argparse
import os
from pathlib import PurePath
from typing import Any

from bridge.cli.arguments import SHELLS, build_parser
from bridge.cli.command_table import GROUPS
from bridge.cli.parser import Parser
from bridge.daws.all_daws import DAWS
from bridge.home.folders import Folders
from bridge.request.presets.names import slug
from bridge.request.presets.presets import Presets
from engine.contract import AUTO, ENGINES
from engine.errors import InvalidValue
from engine.models.catalogue import read_catalogue

FOLDERS = ("DIR",)
FILES = ("FILE", "FILE|TEXT", "IN.wav", "BLOCK.json", "TAKE", "SESSION.ardour")
"""Placeholders of folders and of files."""


def run(options: argparse.Namespace) -> int:
    """Print the script for the shell; return 0."""
    import shtab

    parser = build_parser()
    _mark(parser, _names(Folders.of_user()))
    print(shtab.complete(parser, options.shell or own_shell()))
    return 0


def own_shell() -> str:
    """Return the name of the user's own shell.

    Raises
    ------
    InvalidValue
        If it is not known, or no script can be made for it.
    """
    name = PurePath(os.environ.get("SHELL", "powershell" if os.name == "nt" else "")).stem
    if name not in SHELLS:
        raise InvalidValue("SHELL", name, f"one of {', '.join(SHELLS)}")
    return name


def _names(folders: Folders) -> dict[str, list[str]]:
    """Return the placeholder → the words that it can stand for now."""
    return {
        "E": [AUTO, *ENGINES],
        "M": list(read_catalogue(folders.models)),
        "DAW": list(DAWS),
        "HELP": [name for group in GROUPS.values() for name in group],
        "PRESET": [slug(name) for name in Presets(folders.presets).names()],
    }


def _mark(parser: Parser, names: dict[str, list[str]]) -> None:
    """Tell shtab what every argument takes: files, folders, or one of some names."""
    import shtab

    for action in parser._actions:
        kind: Any = action.metavar
        if action.dest in ("preset", "block_preset") or (parser.prog.endswith(" presets") and kind == "NAME"):
            kind = "PRESET"
        elif parser.prog.startswith("stembridge models ") and kind == "NAME":
            kind = "M"
        elif action.dest == "words_of_command":
            kind = "HELP"
        if kind in FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif kind in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif kind in names:
            action.choices = names[kind]
    for name in parser.actions():
        below = parser.below(name)
        assert below is not None
        _mark(below, names)
