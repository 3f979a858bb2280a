"""Follows tempo and position of a MIDI clock: 24 ticks a quarter note, start, stop, continue and song position.

The tempo is the slope of a straight line through the times of the last ticks. The line covers the time in which the
clock was steady, up to `MAX_WINDOW_S`. When ticks deviate from it by more than jitter explains, they are compared
with the ticks before: at another tempo, the line restarts at the change; at the same tempo, the deviation is this
clock's jitter, which is remembered. (A program that sends ticks once a sound card's period is up to 21 ms late, in
steps.)
"""

from __future__ import annotations

import math
from collections import deque
from enum import StrEnum

from bridge.doors.midi.tempo_fit import TempoFit, change_point, fit

PPQN = 24
MAX_WINDOW_S = 8.0
MIN_TICKS = 12
"""The ticks that the first tempo is measured from: half a beat."""
CHANGE_TICKS = 8
"""The ticks in a row that must deviate on one side to count as a change: a third of a beat."""
CHANGE_SIGMAS = 2.5
TEMPO_SIGMAS = 3.0
"""Two slopes that differ by this many of their standard errors are two tempos."""
MIN_JITTER_S = 0.0004
MAX_JUMP_S = 0.05
"""A deviation above this means that ticks were delayed or lost: the line restarts after it."""
_UNIFORM = math.sqrt(12.0)
"""Width of an even distribution over its standard deviation."""
DROPOUT_S = 0.5
"""Without a tick for this long the clock has dropped out: at 20 BPM ticks come every 0.125 s."""
MIN_BPM, MAX_BPM = 20.0, 400.0
SIXTEENTH_TICKS = 6


class ClockState(StrEnum):
    """The state of a clock, as a phrase."""

    SILENT = "no clock has been heard"
    FINDING = "listening to the clock"
    FOLLOWING = "following the clock"
    HOLDING = "the clock has dropped out; its last tempo holds"


class ClockFollower:
    """Follows one clock. Times are seconds of any steady clock, the same for all calls."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._line: TempoFit | None = None
        self._jitter_s = MIN_JITTER_S  # the largest that this clock has shown, also before the line began
        self._ticks_off = 0  # ticks in a row that deviate on `_side`: 1 late, -1 early
        self._side = 0
        self._tempo: float | None = None
        self._song_tick = 0
        self._running = False
        self._stepped = False

    def tick(self, at_s: float) -> None:
        """Take one clock message."""
        if self._times:
            if abs(at_s - self._times[-1]) > DROPOUT_S:
                self._restart()
            else:
                at_s = max(at_s, self._times[-1])  # two ticks of one period may arrive in the wrong order
        self._times.append(at_s)
        if self._running:
            self._song_tick += 0 if self._stepped else 1
            self._stepped = False
        self._watch_for_change(at_s)
        while len(self._times) > MIN_TICKS and at_s - self._times[0] > MAX_WINDOW_S:
            self._times.popleft()
        if len(self._times) >= MIN_TICKS:
            self._line = fit(self._times)
            self._tempo = min(MAX_BPM, max(MIN_BPM, 60.0 / (PPQN * self._line.interval_s)))

    def start(self) -> None:
        """Play from the song's start; the next tick is its first."""
        self._song_tick, self._running, self._stepped = 0, True, True

    def resume(self) -> None:
        """Play on from the song's position; the next tick is that position."""
        self._running, self._stepped = True, True

    def stop(self) -> None:
        """Stop the song; ticks may go on."""
        self._running = False

    def locate(self, sixteenths: int) -> None:
        """Take a song position, in sixteenth notes from the song's start."""
        self._song_tick, self._stepped = sixteenths * SIXTEENTH_TICKS, True

    @property
    def running(self) -> bool:
        """True between start or continue and stop."""
        return self._running

    @property
    def tempo_bpm(self) -> float | None:
        """Quarter notes per minute; the last tempo while the clock has dropped out, None before the first."""
        return self._tempo

    @property
    def error_bpm(self) -> float:
        """Standard error of the tempo, estimated from the ticks' jitter; 0 before there is a tempo."""
        if self._line is None or self._tempo is None:
            return 0.0
        return self._tempo * self._line.slope_error_s / self._line.interval_s

    def state(self, now_s: float) -> ClockState:
        """Return the state of the clock at `now_s`."""
        if not self._times:
            return ClockState.SILENT
        if now_s - self._times[-1] > DROPOUT_S:
            return ClockState.HOLDING if self._tempo is not None else ClockState.SILENT
        return ClockState.FOLLOWING if self._line is not None else ClockState.FINDING

    def beat(self, now_s: float) -> float | None:
        """Return the song position at `now_s` in quarter notes; None before the first tempo.

        While the clock has dropped out it advances at the last tempo; while the song is stopped it does not.
        """
        if self._tempo is None or not self._times:
            return None
        beat = self._song_tick / PPQN
        if not self._running or self._stepped:
            return beat
        return beat + max(0.0, now_s - self._smooth_last_s()) * self._tempo / 60.0

    def _smooth_last_s(self) -> float:
        """Return when the last tick was due by the line; its own time has jitter."""
        if self._line is None:
            return self._times[-1]
        return self._line.at(len(self._times) - 1)

    def _restart(self) -> None:
        """Discard all ticks; the last tempo is kept."""
        self._times.clear()
        self._ticks_off = self._side = 0
        self._line = None

    def _watch_for_change(self, at_s: float) -> None:
        """Handle a deviation once enough ticks in a row are further from the line than jitter explains."""
        if self._line is None:
            return
        off_s = at_s - self._line.at(len(self._times) - 1)
        limit_s = CHANGE_SIGMAS * max(self._line.jitter_s, self._jitter_s)
        side = 0 if abs(off_s) < limit_s else int(math.copysign(1, off_s))
        self._ticks_off = self._ticks_off + 1 if side and side == self._side else abs(side)
        self._side = side
        if self._ticks_off >= CHANGE_TICKS:
            self._handle_deviation(list(self._times))

    def _handle_deviation(self, times: list[float]) -> None:
        """Restart the line at a change of tempo; remember a jump at the same tempo as jitter."""
        split = change_point(times, CHANGE_TICKS)
        before, after = fit(times[:split]), fit(times[split:])
        jump_s = abs(after.at(0) - before.at(split))
        if jump_s <= MAX_JUMP_S and not self._differ(before, split, after, len(times) - split):
            self._jitter_s = max(self._jitter_s, jump_s / _UNIFORM)
            self._ticks_off = 0
            return
        self._restart()
        self._times.extend(times[split:])

    def _differ(self, before: TempoFit, before_ticks: int, after: TempoFit, after_ticks: int) -> bool:
        """Return whether the slopes of two lines differ by more than the clock's known jitter explains."""
        errors = (_slope_error(self._jitter_s, before_ticks), _slope_error(self._jitter_s, after_ticks))
        own = (before.slope_error_s, after.slope_error_s)
        return abs(after.interval_s - before.interval_s) > TEMPO_SIGMAS * max(math.hypot(*errors), math.hypot(*own))


def _slope_error(jitter_s: float, ticks: int) -> float:
    """Return the standard error of the interval of a line through `ticks` ticks with this jitter."""
    return jitter_s * math.sqrt(12.0 / (ticks**3 - ticks))
