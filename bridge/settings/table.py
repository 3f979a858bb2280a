"""Every setting, described once: type, default, range and what it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from bridge.block.spec import ENGINES
from engine.errors import InvalidValue

Kind = Literal["integer", "number", "boolean", "choice", "text", "folder", "device", "secret"]
Value = bool | int | float | str

MAX_CHARS = 4096
_KINDS: dict[Kind, type | tuple[type, ...]] = {
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "choice": str,
    "text": str,
    "folder": str,
    "secret": str,
    "device": str,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        key: its name in the file.
        kind: what its value is.
        default: its value while nobody has set it.
        group: the heading it stands under.
        label: what users read.
        doc: one sentence on what it does.
        low, high: the range of a number, both included.
        unit: the unit of a number.
        choices: the words a choice may be; choice_labels: what users read for each of them.
        flag: the command-line flag of `stembridge` and `stembridge serve` that wins over it.
        restarts: True if a change holds from the next start of the companion on.
    """

    key: str
    kind: Kind
    default: Value
    group: str
    label: str
    doc: str
    low: float = 0
    high: float = 0
    unit: str = ""
    choices: tuple[str, ...] = ()
    choice_labels: tuple[str, ...] = ()
    flag: str = ""
    restarts: bool = False

    @property
    def allowed(self) -> str:
        """What the value must be, read after "must be"."""
        if self.kind in ("integer", "number"):
            what = "a whole number" if self.kind == "integer" else "a number"
            return f"{what}, {self.low:g}–{self.high:g} {self.unit}".rstrip().replace("-", "−")
        if self.kind == "boolean":
            return "true or false"
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)}"
        return "the path of a folder, or empty" if self.kind == "folder" else "text"


_CONNECTION, _SOUND, _TAKES, _LIVE, _WINDOW = "Connection", "Sound", "Takes", "Ableton Live", "Window"

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
        choice_labels=("Best that is ready", "Sketch engine (built in)", "ACE-Step 1.5 (neural)"),
        flag="--engine",
        restarts=True,
    ),
    Setting(
        "remote_url",
        "text",
        "",
        _TAKES,
        "Other companion",
        "Address that the engine “remote” sends to, like http://studio.local:9125; STEMBRIDGE_REMOTE_URL wins.",
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
)

SETTINGS: Mapping[str, Setting] = MappingProxyType({setting.key: setting for setting in _TABLE})
"""Every setting by its key, in the order of the settings page."""


def check_setting(key: str, value: object) -> Value:
    """Return `value` as a value of the setting `key`.

    Raises
    ------
    InvalidValue
        If there is no such setting, or the value is not allowed.
    """
    setting = SETTINGS.get(key)
    if setting is None:
        raise InvalidValue("setting", key, f"one of {', '.join(SETTINGS)}")
    kind = _KINDS[setting.kind]
    right = isinstance(value, kind) and (setting.kind == "boolean" or not isinstance(value, bool))
    if right and setting.kind in ("integer", "number"):
        right = setting.low <= value <= setting.high  # type: ignore[operator]
    elif right and setting.kind == "choice":
        right = value in setting.choices
    elif right and isinstance(value, str):
        right = len(value) <= MAX_CHARS and "\0" not in value
    if not right:
        raise InvalidValue(key, value, setting.allowed)
    assert isinstance(value, bool | int | float | str)
    return float(value) if setting.kind == "number" else value


def markdown_table() -> str:
    """Return the table of docs/desktop.md."""
    rows = ["| setting | allowed | default | flag | what it does |", "|---|---|---|---|---|"]
    for s in SETTINGS.values():
        flag = f"`{s.flag}`" if s.flag else ""
        cells = (f"`{s.key}`", s.allowed, f"`{json.dumps(s.default)}`", flag, s.doc)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)
