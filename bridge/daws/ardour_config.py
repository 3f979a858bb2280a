"""Reads from Ardour's own configuration files which Lua scripts were added and whether OSC is on."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bridge.daws.foreign import read_foreign

DEFAULT_OSC_PORT = 3819
_MAX_BYTES = 16_000_000
_OSC = re.compile(r'<Protocol\b[^>]*\bname="Open Sound Control \(OSC\)"[^>]*>')
_PORT = re.compile(r'<Option name="osc-port" value="(\d{1,5})"')
_ACTIONS = re.compile(r"<ActionScript\b[^>]*>([A-Za-z0-9+/=\s]*)</ActionScript>")
_HOOK = re.compile(r'<LuaCallback\b[^>]*\bname="([^"]*)"')
_NAME = re.compile(rb"Stem Bridge: [a-z]+")


@dataclass(frozen=True, slots=True)
class OscSurface:
    """The settings of Ardour's OSC control surface in the user's configuration; a session may override them."""

    is_on: bool
    port: int


def osc_surface(config: Path) -> OscSurface:
    """Return the settings in the file `config`; Ardour's defaults if it is missing."""
    text = read_foreign(config, _MAX_BYTES)
    port = _PORT.search(text)
    return OscSurface(
        any('active="1"' in tag for tag in _OSC.findall(text)), int(port[1]) if port else DEFAULT_OSC_PORT
    )


def added_scripts(ui_scripts: Path) -> tuple[set[str], set[str]]:
    """Return the names of our actions and of all hooks in the Script Manager, from the file `ui_scripts`.

    Ardour writes that file when it ends. It contains each action as base64 of its Lua text, which has the name.
    """
    text = read_foreign(ui_scripts, _MAX_BYTES)
    actions: set[str] = set()
    for encoded in _ACTIONS.findall(text):
        with suppress(binascii.Error):
            actions |= {name.decode() for name in _NAME.findall(base64.b64decode(encoded))}
    return actions, set(_HOOK.findall(text))
