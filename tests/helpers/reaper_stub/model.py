"""REAPER's data in memory: projects with tempo maps, tracks, items and takes. It is independent of Lua."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(eq=False)
class Source:
    """A media file; `length_s` is the length of its audio."""

    file: Path
    length_s: float
    is_used: bool = False
    peaks: str = "none"


@dataclass(eq=False)
class Take:
    """One take of an item."""

    source: Source | None = None
    values: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.texts.get("P_NAME", "")


@dataclass(eq=False)
class Item:
    """One item on a track."""

    track: Track
    values: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    takes: list[Take] = field(default_factory=list)
    active: int = 0
    is_selected: bool = False

    @property
    def start_s(self) -> float:
        return self.values["D_POSITION"]

    @property
    def length_s(self) -> float:
        return self.values["D_LENGTH"]


@dataclass(eq=False)
class Track:
    """One track."""

    project: Project
    values: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    is_selected: bool = False

    @property
    def name(self) -> str:
        return self.texts.get("P_NAME", "")


@dataclass(frozen=True)
class Marker:
    """A tempo marker: from `seconds` on; `meter` None leaves the time signature as it is."""

    seconds: float
    bpm: float
    meter: tuple[int, int] | None = None
    ramp: bool = False


@dataclass(eq=False)
class Project:
    """One tab. `file` "" = never saved; `media` is the recording path."""

    file: str
    media: str
    markers: list[Marker] = field(default_factory=lambda: [Marker(0.0, 120.0, (4, 4))])
    selection: tuple[float, float] = (0.0, 0.0)
    cursor_s: float = 0.0
    play_s: float | None = None
    tracks: list[Track] = field(default_factory=list)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    strings: dict[str, str] = field(default_factory=dict)
    undo: list[str] = field(default_factory=list)
    undo_depth: int = 0

    @property
    def items(self) -> list[Item]:
        return [item for track in self.tracks for item in track.items]

    def add_track(self, name: str = "") -> Track:
        self.tracks.append(Track(self, texts={"P_NAME": name}))
        return self.tracks[-1]

    def add_item(self, track: Track, source: Source | None, start_s: float, length_s: float) -> Item:
        item = Item(track, {"D_POSITION": start_s, "D_LENGTH": length_s}, takes=[Take(source)])
        track.items.append(item)
        return item

    def _segment(self, index: int) -> tuple[Marker, float, float]:
        """Return a marker with its end in seconds and the tempo there."""
        marker = self.markers[index]
        if index + 1 == len(self.markers):
            return marker, math.inf, marker.bpm
        following = self.markers[index + 1]
        return marker, following.seconds, following.bpm if marker.ramp else marker.bpm

    def beat_at(self, seconds: float) -> float:
        """Return the quarter note at `seconds`; a ramp's tempo moves linearly in time."""
        beat = 0.0
        for index in range(len(self.markers)):
            marker, end, end_bpm = self._segment(index)
            into = min(seconds, end) - marker.seconds
            slope = 0.0 if end == math.inf else (end_bpm - marker.bpm) / (end - marker.seconds)
            beat += (marker.bpm * into + slope * into * into / 2) / 60
            if seconds <= end:
                break
        return beat

    def seconds_at(self, beat: float) -> float:
        """Return the time of a quarter note, by bisection: slow, but independent of the product's formula."""
        low, high = 0.0, max(1.0, beat * 3.1)
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if self.beat_at(middle) < beat else (low, middle)
        return high

    def tempo_at(self, seconds: float) -> tuple[float, tuple[int, int]]:
        """Return the tempo and meter in force at `seconds`."""
        bpm, meter = self.markers[0].bpm, (4, 4)
        for index in range(len(self.markers)):
            marker, end, end_bpm = self._segment(index)
            if marker.seconds > seconds:
                break
            meter = marker.meter or meter
            done = 0.0 if end == math.inf else min(1.0, (seconds - marker.seconds) / (end - marker.seconds))
            bpm = marker.bpm + (end_bpm - marker.bpm) * done
        return bpm, meter

    def bar(self, index: int) -> tuple[float, float, tuple[int, int]]:
        """Return first and last beat of a bar, counted from 0, and its meter; a change of meter begins a bar."""
        changes = [(self.beat_at(m.seconds), m.meter) for m in self.markers if m.meter]
        number = 0
        for at, (beat, meter) in enumerate(changes):
            length = meter[0] * 4 / meter[1]
            until = changes[at + 1][0] if at + 1 < len(changes) else math.inf
            bars = math.inf if until == math.inf else math.ceil((until - beat) / length - 1e-9)
            if index < number + bars:
                first = beat + (index - number) * length
                return first, min(first + length, until), meter
            number += int(bars)
        raise AssertionError("the last bars are endless")

    def bar_at(self, seconds: float) -> int:
        beat, index = self.beat_at(seconds), 0
        while self.bar(index)[1] <= beat:
            index += 1
        return index
