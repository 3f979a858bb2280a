"""Every setting, described once: type, default, range and what it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from bridge.request.block.table import ENGINES
from bridge.settings.setting import Setting, SettingValue
from engine.errors import InvalidValue

ENGINE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "auto": "Best that is ready",
        "sketch": "Sketch engine (built in)",
        "ace-step": "ACE-Step 1.5 (neural)",
        "remote": "Another companion",
    }
)
"""The label for users of each value of `engine`."""

_CONNECTION, _SOUND, _TAKES, _LIVE, _PADS, _WINDOW = (
    "Connection",
    "Sound",
    "Takes",
    "Ableton Live",
    "Pads and clocks",
    "Window",
)

_TABLE = (
    Setting(
        "osc_port",
        "integer",
        9124,
        _CONNECTION,
        "OSC port",
        "UDP and TCP port that DAWs send to; 0 picks a free one, which DAW scripts find by themselves.",
        0,
        65_535,
        flag="--osc-port",
        restarts=True,
    ),
    Setting(
        "http_port",
        "integer",
        9125,
        _CONNECTION,
        "HTTP port",
        "Port of the local HTTP service; 0 picks a free one.",
        0,
        65_535,
        flag="--http-port",
        restarts=True,
    ),
    Setting(
        "host",
        "text",
        "127.0.0.1",
        _CONNECTION,
        "Listen on",
        "Address that OSC is taken from; 127.0.0.1 is this computer alone.",
        flag="--host",
        restarts=True,
    ),
    Setting(
        "engine",
        "choice",
        "auto",
        _TAKES,
        "Engine",
        "What makes the music where a request names no engine; auto takes the best that can run here.",
        choices=ENGINES,
        choice_labels=tuple(ENGINE_LABELS[name] for name in ENGINES),
        flag="--engine",
        restarts=True,
    ),
    Setting(
        "remote_url",
        "text",
        "",
        _TAKES,
        "Other companion",
        "Address that the engine “Another companion” sends to, like http://studio.local:9125; empty = none. "
        "STEMBRIDGE_REMOTE_URL wins.",
    ),
    Setting(
        "remote_key",
        "secret",
        "",
        _TAKES,
        "Its API key",
        "What `stembridge keys create` has shown on that machine; STEMBRIDGE_KEY wins.",
    ),
    Setting(
        "project",
        "folder",
        "",
        _TAKES,
        "Project folder",
        "Where takes go while no DAW names its project; empty keeps them in Stem Bridge's own folder.",
        flag="--project",
    ),
    Setting(
        "send_when_done",
        "boolean",
        False,
        _TAKES,
        "Send finished takes to the DAW",
        "Every take that the window asked for goes to the connected DAW as soon as it is done.",
    ),
    Setting(
        "place",
        "choice",
        "trigger",
        _TAKES,
        "Place takes at",
        "Where “Send to DAW” puts a take: the beat it was made for, the playhead, or a new scene.",
        choices=("trigger", "playhead", "scene"),
        choice_labels=("The beat it was made for", "The playhead", "A new scene"),
    ),
    Setting(
        "play_when_done",
        "boolean",
        False,
        _TAKES,
        "Play finished takes",
        "A take that the window asked for starts to play as soon as it is done, unless something plays.",
    ),
    Setting(
        "live_placing",
        "choice",
        "new tracks",
        _LIVE,
        "Place takes on",
        "Where stems go in Live: new tracks, the selected ones, take lanes (Live 12.2), or a row of the session.",
        choices=("new tracks", "selected tracks", "take lanes", "session"),
        choice_labels=("New tracks", "The selected tracks", "Take lanes", "A row of the session"),
    ),
    Setting(
        "live_scale_is_key",
        "boolean",
        False,
        _LIVE,
        "The scale is always the key",
        "Takes Live's scale as the key though scale mode is off, as it always is in Live 11.",
    ),
    Setting(
        "abletonosc",
        "boolean",
        False,
        _LIVE,
        "Use AbletonOSC",
        "Connects to Live through AbletonOSC (ports 11000 and 11001), for those who have it instead of our script.",
        restarts=True,
    ),
    Setting(
        "output_device",
        "device",
        "",
        _SOUND,
        "Output device",
        "Name of the sound device, or a part of it; empty is the system's default.",
    ),
    Setting(
        "metronome_db",
        "number",
        -9.0,
        _SOUND,
        "Metronome level",
        "Level of the metronome's click.",
        -40,
        0,
        unit="dB",
    ),
    Setting(
        "link",
        "boolean",
        False,
        _PADS,
        "Ableton Link",
        "A pad takes tempo and bar from the Link session on this network where no MIDI clock is heard.",
    ),
    Setting(
        "preview",
        "boolean",
        False,
        _PADS,
        "Preview in time",
        "A take that a pad has asked for plays at its bar, in time with the MIDI clock, on the output device.",
    ),
    Setting(
        "theme",
        "choice",
        "system",
        _WINDOW,
        "Appearance",
        "Dark, light, or what the system asks for.",
        choices=("system", "dark", "light"),
        choice_labels=("As the system", "Dark", "Light"),
    ),
    Setting(
        "keep_in_tray",
        "boolean",
        False,
        _WINDOW,
        "Keep running in the tray",
        "Closing the window leaves the companion at work, on systems with a tray.",
    ),
    Setting(
        "autostart",
        "boolean",
        False,
        _WINDOW,
        "Start with the computer",
        "Stem Bridge is there when you log in: in the tray if it is kept there, else minimised.",
    ),
)

SETTINGS: Mapping[str, Setting] = MappingProxyType({setting.key: setting for setting in _TABLE})
"""Every setting by its key, in the order of the settings page."""


def check_setting(key: str, value: object) -> SettingValue:
    """Return `value` as a value of the setting `key`.

    Raises
    ------
    InvalidValue
        If there is no such setting, or the value is not allowed.
    """
    setting = SETTINGS.get(key)
    if setting is None:
        raise InvalidValue("setting", key, f"one of {', '.join(SETTINGS)}")
    return setting.check(value)


def markdown_table() -> str:
    """Return the Markdown table of all settings that docs/desktop.md contains."""
    rows = ["| setting | allowed | default | flag | what it does |", "|---|---|---|---|---|"]
    for s in SETTINGS.values():
        flag = f"`{s.flag}`" if s.flag else ""
        cells = (f"`{s.key}`", s.allowed, f"`{json.dumps(s.default)}`", flag, s.doc)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)
