"""The session state of one client (a DAW, a script, a controller), from its messages; the newest message wins."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bridge.request.block import overlay
from engine.errors import InvalidValue
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.music.tempo import check_bpm

MUSIC_KEYS = frozenset({"tempo", "time_signature", "key", "tempo_map", "meter_map"})
"""Keys of the parameter block that are session state: whichever message sets them, they are stored in one place."""

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

    def set_tempo(self, bpm: float) -> None:
        """Set a constant tempo; it replaces an earlier tempo map."""
        self.tempo, self.tempo_map = bpm, None

    def set_meter(self, meter: Meter) -> None:
        """Set a constant meter; it replaces an earlier meter map."""
        self.meter, self.meter_map = meter, None

    def enter_region(self, name: str) -> None:
        """Set the region at the playhead; a key in its name ("Chorus, key: F# minor") becomes the current key."""
        self.region = name
        match = _KEY_IN_REGION.search(name)
        if match:
            with suppress(InvalidValue):
                self.key = Key.parse(match[1])

    def merge(self, block: dict[str, object]) -> None:
        """Merge a checked block: tempo, meter and key into their fields, all other keys into `block`."""
        self.block = overlay(self.block, {name: value for name, value in block.items() if name not in MUSIC_KEYS})
        if "tempo" in block:
            self.set_tempo(check_bpm(block["tempo"]))
        if "tempo_map" in block:
            self._take_map(block["tempo_map"])
        if "time_signature" in block:
            self.set_meter(Meter.parse(block["time_signature"]))
        if "meter_map" in block:
            self._take_meters(block["meter_map"])
        if "key" in block:
            self.key = Key.parse(block["key"]) if block["key"] else None

    def reset(self, name: str) -> None:
        """Remove one key, so that its default applies again."""
        self.block.pop(name, None)
        if name == "tempo":
            self.tempo = self.tempo_map = None
        elif name == "tempo_map":
            self.tempo_map = None
        elif name == "time_signature":
            self.meter = self.meter_map = None
        elif name == "meter_map":
            self.meter_map = None
        elif name == "key":
            self.key = None

    def _take_map(self, wire: object) -> None:
        self.tempo_map = TempoMap.parse(wire) if wire else None
        if self.tempo_map is not None:
            self.tempo = self.tempo_map.points[0].bpm

    def _take_meters(self, wire: object) -> None:
        meters = MeterMap.parse(wire) if wire else None
        if meters is not None:
            self.set_meter(meters.first)
        self.meter_map = None if meters is None or meters.is_constant else meters
