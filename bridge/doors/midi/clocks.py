"""The clocks of several ports, and the one that counts."""

from __future__ import annotations

from bridge.doors.midi.clock import ClockFollower, ClockState
from bridge.doors.midi.messages import Event, Kind

CLOCK_KINDS = frozenset({Kind.CLOCK, Kind.START, Kind.CONTINUE, Kind.STOP, Kind.SONG_POSITION})
WHOLE_SIGMAS = 2.0
MAX_WHOLE_BPM = 0.1
"""A whole tempo is the one meant as long as the ticks cannot tell the two apart: within so many standard errors, and
never further away than this. Later, when the ticks tell more, what they tell holds."""
HOLD_S = 60.0
"""A clock that has been gone for longer belongs to a song that is over."""


class Clocks:
    """Follows every port's clock; the one that started last counts, as long as it is there."""

    def __init__(self) -> None:
        self._followers: dict[str, ClockFollower] = {}
        self._leader = ""
        self._last_tick_s: dict[str, float] = {}

    def take(self, event: Event, port: str, at_s: float) -> None:
        """Take a clock, transport or song position event; others are passed over."""
        if event.kind not in CLOCK_KINDS:
            return
        follower = self._followers.setdefault(port, ClockFollower())
        if event.kind is Kind.CLOCK:
            follower.tick(at_s)
            self._last_tick_s[port] = at_s
        elif event.kind is Kind.START:
            follower.start()
        elif event.kind is Kind.CONTINUE:
            follower.go_on()
        elif event.kind is Kind.STOP:
            follower.stop()
        elif event.kind is Kind.SONG_POSITION:
            follower.locate(event.number)
        if event.kind in (Kind.START, Kind.CONTINUE) or self._is_lost(at_s):
            self._leader = port

    def state(self, now_s: float) -> ClockState:
        """Return what the clock that counts does."""
        leader = self._followers.get(self._leader)
        return leader.state(now_s) if leader else ClockState.SILENT

    def tempo_bpm(self, now_s: float) -> float | None:
        """Return the tempo in quarter notes a minute, rounded to what can be known; None before it is known."""
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
