"""The effective session: tempo, meter, key and project, from the DAW or set by the user; the latest change wins."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.app.events import DawChanged
from engine.errors import InvalidValue
from engine.music import Key, Meter
from engine.music.tempo import MAX_BPM, MIN_BPM, check_bpm
from engine.origin import Origin

FIELDS = ("tempo", "meter", "key", "project")
QUIET_AFTER_S = 20.0
"""A DAW script sends at least this often while its program runs."""
GONE_AFTER_S = 600.0
"""A DAW that has sent nothing for this long counts as disconnected."""
TAP_PAUSE_S = 60.0 / MIN_BPM
"""A pause longer than a beat of the slowest tempo starts a new count of taps."""
MAX_TAPS = 8

FieldValue = float | str | None


@dataclass(slots=True)
class _Field:
    """One field: its effective `value`, the DAW's last `reported` one, and whether the user set or locked it.

    None is a value that nobody has said.
    """

    value: FieldValue = None
    reported: FieldValue = None
    by_hand: bool = False
    locked: bool = False

    def report(self, value: FieldValue) -> None:
        """Take a new value of the DAW or clock, unless it is the last reported one or the field is locked.

        None means that the DAW does not say it: what was set by hand stays.
        """
        if value == self.reported:
            return
        self.reported = value
        if not self.locked and not (value is None and self.by_hand):
            self.value, self.by_hand = value, False

    def give_back(self) -> None:
        """Follow the DAW again, from its last reported value on."""
        self.value, self.by_hand, self.locked = self.reported, False, False


@dataclass(slots=True)
class EffectiveSession:
    """The tempo, meter, key and project folder for the next request. Not thread-safe.

    Attributes:
        clock: returns the time in seconds, comparable to `DawChanged.contact_s`.
        daw: the last report of the DAW, None before the first one.
    """

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

    def update_from_daw(self, daw: DawChanged) -> None:
        """Take a report of the DAW; a field changes when the DAW's value of it has changed, unless it is locked."""
        self.daw = daw
        for name, value in (("tempo", daw.tempo), ("meter", daw.meter), ("key", daw.key), ("project", daw.project)):
            self._fields[name].report(value or None)  # an empty text is not told

    def update_from_clock(self, tempo_bpm: float | None) -> None:
        """Take the tempo of a MIDI clock (None while there is none), unless a DAW is connected."""
        if tempo_bpm is not None and self.silence_s is None:
            self._fields["tempo"].report(tempo_bpm)

    def override(self, name: str, value: object) -> None:
        """Set a field by hand; it holds until the DAW reports a new value, or permanently once locked.

        An empty text gives it back.

        Raises
        ------
        InvalidValue
            If the value is not allowed.
        """
        entry = self._fields[name]
        if value in ("", None):
            entry.give_back()
        else:
            entry.value, entry.by_hand = _check(name, value), True

    def give_back(self, name: str) -> None:
        """Give a field back: the DAW's last value holds again, without one the field is unsaid."""
        self._fields[name].give_back()

    def origin_of(self, name: str) -> Origin | None:
        """Return who said the effective value of a field: the user or the DAW; None if nobody did."""
        entry = self._fields[name]
        if not entry.value:
            return None
        return Origin.USER if entry.by_hand else Origin.DAW

    def origins(self) -> dict[str, Origin]:
        """Return who said tempo, time signature and key, by key of the block."""
        names = {"tempo": "tempo", "time_signature": "meter", "key": "key"}
        return {key: origin for key, name in names.items() if (origin := self.origin_of(name)) is not None}

    def lock(self, name: str, locked: bool) -> None:
        """Freeze a field at its value, or let it follow the DAW again, starting with the last reported value."""
        entry = self._fields[name]
        entry.locked = locked
        if not locked and entry.reported:
            entry.value, entry.by_hand = entry.reported, False

    def is_locked(self, name: str) -> bool:
        """Return whether a field ignores the DAW's reports."""
        return self._fields[name].locked

    @property
    def silence_s(self) -> float | None:
        """Seconds since the DAW's last report; None if no DAW is connected or it has been silent for too long."""
        if self.daw is None:
            return None
        silence = self.clock() - self.daw.contact_s
        return silence if silence < GONE_AFTER_S else None

    def remember(self) -> dict[str, object]:
        """Return the fields that were set by hand or locked, as a JSON object for `recall`."""
        return {
            name: {"value": entry.value, "locked": entry.locked}
            for name, entry in self._fields.items()
            if entry.by_hand or entry.locked
        }

    def recall(self, remembered: object) -> None:
        """Restore what `remember` returned; invalid entries are skipped."""
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


def _check(name: str, value: object) -> FieldValue:
    """Return a value set by hand in its normal form; raises InvalidValue if it is not allowed."""
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
    """The tempo of taps: the mean over the last `MAX_TAPS`, rounded to a tenth of a beat per minute."""

    clock: Callable[[], float] = time.monotonic
    _taps: list[float] = field(default_factory=list)

    def tap(self) -> float | None:
        """Add one tap; return the tempo, or None after the first tap."""
        now = self.clock()
        if self._taps and now - self._taps[-1] > TAP_PAUSE_S:
            self._taps.clear()
        self._taps = [*self._taps, now][-MAX_TAPS:]
        span = self._taps[-1] - self._taps[0]
        if span <= 0:
            return None
        bpm = 60.0 * (len(self._taps) - 1) / span
        return round(min(MAX_BPM, max(MIN_BPM, bpm)), 1)
