"""The session state of one client (a DAW, a script, a controller), from its messages; the newest message wins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bridge.request.block import overlay
from bridge.request.presets.presets import Preset, apply_preset
from engine.errors import InvalidValue
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.music.tempo import check_bpm
from engine.origin import Origin

MUSIC_KEYS = frozenset({"tempo", "time_signature", "key", "tempo_map", "meter_map"})
"""Keys of the parameter block that are session state: whichever message sets them, they are stored in one place."""

SESSION_FIELDS: Mapping[str, tuple[str, ...]] = {
    "tempo": ("tempo", "tempo_map"),
    "time_signature": ("meter", "meter_map"),
    "key": ("key",),
}
"""Key of the block → the fields of the state that hold it."""
_HOLDER = {"tempo_map": "tempo", "meter_map": "time_signature", **{name: name for name in SESSION_FIELDS}}

_KEY_IN_REGION = re.compile(r"\bkey\s*[:=]\s*([A-Ga-g][#b♯♭]?\s*[A-Za-z]*)", re.IGNORECASE)


@dataclass(slots=True)
class SessionState:
    """The state of one client.

    Attributes:
        tempo: quarter notes per minute, None while unknown.
        tempo_map: counted from the next request's start; None unless the client sent one after its last plain tempo.
        meter_map: counted from the next request's start; None unless the client sent one after its last plain meter.
        position: the playhead in quarter-note beats from the project's start, None while unknown.
        loop: start and length of the loop in quarter-note beats, None while it is off.
        selected_track, selected_scene: name of the selected track, and row of the selected scene from 1 (0 = none).
        region: name of the region at the playhead, from DAWs that send it.
        project: folder of the open project, checked when the client sent it.
        project_fault: why the project folder sent last cannot be used; no take is written until another one is sent.
        block: keys of the parameter block that the client has set, canonical.
        block_origin: who said keys of `block`, where it was not the user.
        session_origin: who said tempo, time signature and key, where it was not the DAW (or without one, the user).
        told: what the DAW said of them last, which holds again once the user gives a value back.
    """

    daw: str = ""
    version: str = ""
    tempo: float | None = None
    tempo_map: TempoMap | None = None
    meter: Meter | None = None
    meter_map: MeterMap | None = None
    key: Key | None = None
    position: float | None = None
    playing: bool = False
    loop: tuple[float, float] | None = None
    selected_track: str = ""
    selected_scene: int = 0
    region: str = ""
    project: Path | None = None
    project_name: str = ""
    project_fault: str = ""
    block: dict[str, object] = field(default_factory=dict)
    block_origin: dict[str, Origin] = field(default_factory=dict)
    session_origin: dict[str, Origin] = field(default_factory=dict)
    told: dict[str, object] = field(default_factory=dict)

    @property
    def playhead_beats(self) -> float:
        """The playhead in quarter-note beats from the project's start, 0 while unknown."""
        return self.position or 0.0

    def song(self) -> dict[str, object]:
        """Return what is known of the song now, as JSON values; what is unknown is left out."""
        tempo_map = self.tempo_map.to_json() if self.tempo_map is not None else None
        meter_map = self.meter_map.to_json() if self.meter_map is not None else None
        known = {
            "tempo": tempo_map or self.tempo,
            "time_signature": meter_map or (str(self.meter) if self.meter else None),
            "key": str(self.key) if self.key else None,
            "position": self.position,
            "loop": list(self.loop) if self.loop else None,
        }
        return {name: value for name, value in known.items() if value is not None}

    def origin_of(self, name: str) -> Origin:
        """Return who said the session's tempo, time signature or key (by its key of the block)."""
        return self.session_origin.get(_HOLDER.get(name, name), Origin.DAW if self.daw else Origin.USER)

    def tell(self, name: str, **fields: object) -> None:
        """Take a message of the session: new values of the fields that hold the key `name`; the newest one wins."""
        self._set(fields)
        self.session_origin.pop(name, None)
        self.told[name] = {field: getattr(self, field) for field in SESSION_FIELDS[name]}

    def set_tempo(self, bpm: float) -> None:
        """Set a constant tempo; it replaces an earlier tempo map."""
        self.tempo, self.tempo_map = bpm, None

    def set_meter(self, meter: Meter) -> None:
        """Set a constant meter; it replaces an earlier meter map."""
        self.meter, self.meter_map = meter, None

    def tell_key(self, text: str) -> None:
        """Take the key that the session says; an empty text is not told, and changes nothing."""
        if text.strip():
            self.tell("key", key=Key.parse(text))

    def enter_region(self, name: str) -> None:
        """Set the region at the playhead; a key in its name ("Chorus, key: F# minor") becomes the current key."""
        self.region = name
        match = _KEY_IN_REGION.search(name)
        if match:
            with suppress(InvalidValue):
                self.tell_key(match[1])

    def merge(self, block: Mapping[str, object], origin: Origin = Origin.USER) -> None:
        """Merge a checked block: tempo, meter and key into their fields, all other keys into `block`.

        `origin` is who says it; an empty key is not told, and changes nothing.
        """
        others = {name: value for name, value in block.items() if name not in MUSIC_KEYS}
        self.block = overlay(self.block, others)
        self.block_origin |= dict.fromkeys(others, origin)
        said = {_HOLDER[key] for key in MUSIC_KEYS & set(block) if key != "key" or block["key"]}
        self.session_origin |= dict.fromkeys(said, origin)
        if "tempo" in block:
            self.set_tempo(check_bpm(block["tempo"]))
        if "tempo_map" in block:
            self._take_map(block["tempo_map"])
        if "time_signature" in block:
            self.set_meter(Meter.parse(block["time_signature"]))
        if "meter_map" in block:
            self._take_meters(block["meter_map"])
        if block.get("key"):
            self.key = Key.parse(block["key"])

    def apply_preset(self, preset: Preset) -> None:
        """Take a preset into `block`: tempo, meter and key of the session override the preset's."""
        for name in preset.clears:
            self.reset(name)
        self.block = apply_preset(self.block, preset) | {"preset": preset.name}
        self.block_origin |= {**dict.fromkeys(preset.block, Origin.PRESET), "preset": Origin.USER}

    def reset(self, name: str) -> None:
        """Give one key back: what was set by hand goes, and the DAW's last word or the default applies again.

        A value that is the DAW's own already is forgotten.
        """
        self.block.pop(name, None)
        self.block_origin.pop(name, None)
        if name == "tempo_map":
            self.tempo_map = None
        elif name == "meter_map":
            self.meter_map = None
        elif name in SESSION_FIELDS:
            by_hand = self.session_origin.pop(name, None) is Origin.USER
            told = self.told.get(name) if by_hand and self.daw else None
            if told is None:
                self.told.pop(name, None)
            self._set(told if isinstance(told, dict) else dict.fromkeys(SESSION_FIELDS[name]))

    def _set(self, fields: Mapping[str, object]) -> None:
        for field_name, value in fields.items():
            setattr(self, field_name, value)

    def _take_map(self, wire: object) -> None:
        self.tempo_map = TempoMap.parse(wire) if wire else None
        if self.tempo_map is not None:
            self.tempo = self.tempo_map.points[0].bpm

    def _take_meters(self, wire: object) -> None:
        meters = MeterMap.parse(wire) if wire else None
        if meters is not None:
            self.set_meter(meters.first)
        self.meter_map = None if meters is None or meters.is_constant else meters
