"""The session as it holds: what the DAW says and what the user says instead. The newest word wins."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.app.events import DawChanged
from engine.errors import InvalidValue
from engine.music import Key, Meter
from engine.music.tempo import MAX_BPM, MIN_BPM, check_bpm

FIELDS = ("tempo", "meter", "key", "project")
QUIET_AFTER_S = 20.0
"""A DAW script says something at least this often while its program runs."""
GONE_AFTER_S = 600.0
TAP_PAUSE_S = 60.0 / MIN_BPM
"""A longer pause than the slowest tempo's beat starts a new count."""
MAX_TAPS = 8

Value = float | str | None


@dataclass(slots=True)
class _Field:
    value: Value = None
    told: Value = None
    by_hand: bool = False
    locked: bool = False


@dataclass(slots=True)
class EffectiveSession:
    """Tempo, meter, key and project folder as they hold, and where each comes from. Belongs to one thread."""

    clock: Callable[[], float] = time.monotonic
    daw: DawChanged | None = None
    _fields: dict[str, _Field] = field(default_factory=lambda: {name: _Field() for name in FIELDS})

    @property
    def tempo(self) -> float | None:
        """Beats per minute, None while unknown."""
        value = self._fields["tempo"].value
        return value if isinstance(value, float) else None

    @property
    def meter(self) -> str:
        """The time signature, empty while unknown."""
        return str(self._fields["meter"].value or "")

    @property
    def key(self) -> str:
        """The key, empty while unknown."""
        return str(self._fields["key"].value or "")

    @property
    def project(self) -> str:
        """The project's folder, empty while there is none."""
        return str(self._fields["project"].value or "")

    def hear(self, daw: DawChanged) -> None:
        """Take what the DAW says; a field changes when the DAW's own word on it does, unless it is locked."""
        self.daw = daw
        for name, told in (("tempo", daw.tempo), ("meter", daw.meter), ("key", daw.key), ("project", daw.project)):
            entry = self._fields[name]
            if told == entry.told:
                continue
            entry.told = told
            if not entry.locked:
                entry.value, entry.by_hand = told, False

    def hear_clock(self, tempo_bpm: float | None) -> None:
        """Take the tempo of a MIDI clock: it stands in for a DAW that is not connected."""
        entry = self._fields["tempo"]
        if tempo_bpm is None or self.silence_s is not None or tempo_bpm == entry.told:
            return
        entry.told = tempo_bpm
        if not entry.locked:
            entry.value, entry.by_hand = tempo_bpm, False

    def override(self, name: str, value: object) -> None:
        """Set a field by hand; it holds until the DAW says something new, or for good once locked.

        Raises
        ------
        InvalidValue
            If the value is not allowed.
        """
        entry = self._fields[name]
        entry.value, entry.by_hand = _check(name, value), True

    def lock(self, name: str, locked: bool) -> None:
        """Hold a field as it is, or follow the DAW again (its last word holds at once)."""
        entry = self._fields[name]
        entry.locked = locked
        if not locked and entry.told:
            entry.value, entry.by_hand = entry.told, False

    def is_locked(self, name: str) -> bool:
        """Tell if the DAW's word on a field is ignored."""
        return self._fields[name].locked

    def is_by_hand(self, name: str) -> bool:
        """Tell if a field holds what the user said."""
        return self._fields[name].by_hand

    @property
    def silence_s(self) -> float | None:
        """Seconds since the DAW was heard; None if there is no DAW, or it has been quiet for too long."""
        if self.daw is None:
            return None
        silence = self.clock() - self.daw.heard_s
        return silence if silence < GONE_AFTER_S else None

    def remember(self) -> dict[str, object]:
        """Return what was set by hand, as JSON."""
        return {
            name: {"value": entry.value, "locked": entry.locked}
            for name, entry in self._fields.items()
            if entry.by_hand or entry.locked
        }

    def recall(self, remembered: object) -> None:
        """Take back what `remember` returned; what is not valid any more is passed over."""
        if not isinstance(remembered, dict):
            return
        for name, entry in remembered.items():
            if name not in FIELDS or not isinstance(entry, dict):
                continue
            try:
                self.override(name, entry.get("value"))
            except InvalidValue:
                continue
            self._fields[name].locked = entry.get("locked") is True


def _check(name: str, value: object) -> Value:
    if name == "tempo":
        return check_bpm(value)
    text = str(value or "").strip()
    if name == "meter":
        return str(Meter.parse(text))
    if name == "key":
        return str(Key.parse(text)) if text else ""
    return text


@dataclass(slots=True)
class TapTempo:
    """Tempo from taps: the mean over the last taps, to a tenth of a beat per minute."""

    clock: Callable[[], float] = time.monotonic
    _taps: list[float] = field(default_factory=list)

    def tap(self) -> float | None:
        """Count one tap; return the tempo from the second tap on."""
        now = self.clock()
        if self._taps and now - self._taps[-1] > TAP_PAUSE_S:
            self._taps.clear()
        self._taps = [*self._taps, now][-MAX_TAPS:]
        span = self._taps[-1] - self._taps[0]
        if span <= 0:
            return None
        bpm = 60.0 * (len(self._taps) - 1) / span
        return round(min(MAX_BPM, max(MIN_BPM, bpm)), 1)
