"""Registers our actions in REAPER's `reaper-kb.ini`, under fixed command names (`_STEMBRIDGE_…`).

A line registers a script: `SCR`, 4 (a Lua file shown in the list), 0 (the main section), the command's name without
its underscore, the title, and the path below Scripts/.
"""

from __future__ import annotations

ACTIONS = {
    "STEMBRIDGE_GENERATE": ("generate into time selection", "generate.lua"),
    "STEMBRIDGE_REGENERATE": ("regenerate as new takes", "regenerate.lua"),
    "STEMBRIDGE_REPAINT": ("repaint time selection of selected item", "repaint.lua"),
    "STEMBRIDGE_ADD_PART": ("add a part to what is selected", "add_part.lua"),
    "STEMBRIDGE_CONNECT": ("stay connected", "connect.lua"),
    "STEMBRIDGE_CANCEL": ("cancel", "cancel.lua"),
    "STEMBRIDGE_SETTINGS": ("settings", "settings.lua"),
    "STEMBRIDGE_OPEN": ("open companion", "open_companion.lua"),
}
"""Command name → title, file in Scripts/StemBridge/."""

_NAMES = frozenset(name.encode() for name in ACTIONS)


def add_actions(ini: bytes) -> bytes:
    """Return the file with each of our lines once; a file that has them already is returned unchanged.

    The user's key bindings of our actions are kept.
    """
    newline = b"\r\n" if b"\r\n" in ini else b"\n"
    wanted = [line.encode() for line in action_lines()]
    there = [line.strip() for line in ini.splitlines() if _is_ours(line)]
    if sorted(there) == sorted(wanted):
        return ini
    rest = b"".join(line for line in ini.splitlines(keepends=True) if not _is_ours(line))
    if rest and not rest.endswith(b"\n"):
        rest += newline
    return rest + b"".join(line + newline for line in wanted)


def drop_actions(ini: bytes) -> bytes:
    """Return the file without our lines and the key bindings of our actions."""
    return b"".join(line for line in ini.splitlines(keepends=True) if not _is_ours(line) and not _binds_ours(line))


def action_lines() -> list[str]:
    """Return the lines that register our actions."""
    return [
        f'SCR 4 0 {name} "Custom: Stem Bridge: {title}" "StemBridge/{file}"'
        for name, (title, file) in ACTIONS.items()
    ]


def _is_ours(line: bytes) -> bool:
    words = line.split(maxsplit=4)
    return len(words) > 3 and words[0] == b"SCR" and words[3] in _NAMES


def _binds_ours(line: bytes) -> bool:
    words = line.split()
    return len(words) > 3 and words[0] == b"KEY" and words[3].removeprefix(b"_") in _NAMES
