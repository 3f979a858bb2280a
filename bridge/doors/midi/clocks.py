"""The MIDI clocks of all ports, and which of them is used."""

from __future__ import annotations

from bridge.doors.midi.clock import ClockFollower, ClockState
from bridge.doors.midi.messages import MidiEvent, MidiKind

CLOCK_KINDS = frozenset({MidiKind.CLOCK, MidiKind.START, MidiKind.CONTINUE, MidiKind.STOP, MidiKind.SONG_POSITION})
WHOLE_SIGMAS = 2.0
MAX_WHOLE_BPM = 0.1
"""A measured tempo is rounded to a whole number while it is within `WHOLE_SIGMAS` standard errors of it, but never by
more than this. As ticks come in, the error shrinks, and a tempo with decimals is recognised."""
HOLD_S = 60.0
"""A clock that has been silent for longer is stale."""


class Clocks:
    """Follows the clock of every port; the one that started last is used until it drops out."""

    def __init__(self) -> None:
        self._followers: dict[str, ClockFollower] = {}
        self._leader = ""
        self._last_tick_s: dict[str, float] = {}

    def take(self, event: MidiEvent, port: str, at_s: float) -> None:
        """Take a clock, transport or song position event; others are passed over."""
        if event.kind not in CLOCK_KINDS:
            return
        follower = self._followers.setdefault(port, ClockFollower())
        if event.kind is MidiKind.CLOCK:
            follower.tick(at_s)
            self._last_tick_s[port] = at_s
        elif event.kind is MidiKind.START:
            follower.start()
        elif event.kind is MidiKind.CONTINUE:
            follower.resume()
        elif event.kind is MidiKind.STOP:
            follower.stop()
        elif event.kind is MidiKind.SONG_POSITION:
            follower.locate(event.number)
        if event.kind in (MidiKind.START, MidiKind.CONTINUE) or self._is_lost(at_s):
            self._leader = port

    def state(self, now_s: float) -> ClockState:
        """Return the state of the clock in use."""
        leader = self._followers.get(self._leader)
        return leader.state(now_s) if leader else ClockState.SILENT

    def tempo_bpm(self, now_s: float) -> float | None:
        """Return the tempo in quarter notes a minute, rounded to what the ticks resolve; None before it is known."""
        leader = self._leading(now_s)
        if leader is None or leader.tempo_bpm is None:
            return None
        whole = round(leader.tempo_bpm)
        doubt = min(MAX_WHOLE_BPM, WHOLE_SIGMAS * leader.error_bpm)
        return float(whole) if abs(leader.tempo_bpm - whole) < doubt else round(leader.tempo_bpm, 2)

    def beat(self, now_s: float) -> float | None:
        """Return the song position in quarter notes while the song runs, else None."""
        leader = self._leading(now_s)
        return leader.beat(now_s) if leader and leader.running else None

    def _leading(self, now_s: float) -> ClockFollower | None:
        recent = now_s - self._last_tick_s.get(self._leader, -HOLD_S) <= HOLD_S
        return self._followers.get(self._leader) if recent else None

    def _is_lost(self, now_s: float) -> bool:
        return self.state(now_s) in (ClockState.SILENT, ClockState.HOLDING)
