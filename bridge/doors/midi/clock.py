"""Tempo and position out of MIDI clock: 24 ticks a quarter note, start, stop, continue and song position.

The tempo is the slope of a straight line through the times of the last ticks. The line reaches back as far as the
clock was steady, up to `MAX_WINDOW_S`. When ticks leave it by more than jitter explains, and go on at another tempo
than those before them, it begins anew at the change; when they go on at the same one, that was how large this clock's
jitter is, and it is remembered: who sends ticks once a sound card's period is up to 21 ms late, in steps.
"""

from __future__ import annotations

import math
from collections import deque
from enum import StrEnum

from bridge.doors.midi.tempo_fit import TempoFit, change_point, fit

PPQN = 24
MAX_WINDOW_S = 8.0
MIN_TICKS = 12
"""Half a beat: what the first tempo is told from."""
CHANGE_TICKS = 8
"""How many ticks in a row must leave the line on one side; a third of a beat."""
CHANGE_SIGMAS = 2.5
TEMPO_SIGMAS = 3.0
"""Two slopes that differ by this many of their standard errors are two tempos."""
MIN_JITTER_S = 0.0004
MAX_JUMP_S = 0.05
"""Ticks further from the line than this have been held back or left out: the line does not go on over that."""
_UNIFORM = math.sqrt(12.0)
"""Width of an even distribution over its standard deviation."""
DROPOUT_S = 0.5
"""Without a tick for this long the clock is lost: at 20 BPM ticks come every 0.125 s."""
MIN_BPM, MAX_BPM = 20.0, 400.0
SIXTEENTH_TICKS = 6


class ClockState(StrEnum):
    """What the clock does."""

    SILENT = "no clock has been heard"
    FINDING = "listening to the clock"
    FOLLOWING = "following the clock"
    HOLDING = "the clock has dropped out; its last tempo holds"


class ClockFollower:
    """Follows one clock. Times are seconds of any steady clock, the same for all calls."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._line: TempoFit | None = None
        self._jitter_s = MIN_JITTER_S  # what this clock was seen to do, also before the line
        self._strays = 0  # how many ticks in a row have left the line on `_side`, 1 late, -1 early
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
                at_s = max(at_s, self._times[-1])  # two ticks of one period may come in the wrong order
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

    def go_on(self) -> None:
        """Play from where the song is; the next tick is that place."""
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
        """Quarter notes per minute; the last one heard while the clock has dropped out, None before the first."""
        return self._tempo

    @property
    def error_bpm(self) -> float:
        """Standard error of the tempo, as far as the ticks' jitter tells; 0 before there is a tempo."""
        if self._line is None or self._tempo is None:
            return 0.0
        return self._tempo * self._line.slope_error_s / self._line.interval_s

    def state(self, now_s: float) -> ClockState:
        """Return what the clock does at `now_s`."""
        if not self._times:
            return ClockState.SILENT
        if now_s - self._times[-1] > DROPOUT_S:
            return ClockState.HOLDING if self._tempo is not None else ClockState.SILENT
        return ClockState.FOLLOWING if self._line is not None else ClockState.FINDING

    def beat(self, now_s: float) -> float | None:
        """Return the song position at `now_s` in quarter notes; None as long as that cannot be known.

        While the clock is lost it goes on at the last tempo; while the song is stopped it stands still.
        """
        if self._tempo is None or not self._times:
            return None
        beat = self._song_tick / PPQN
        if not self._running or self._stepped:
            return beat
        return beat + max(0.0, now_s - self._smooth_last_s()) * self._tempo / 60.0

    def _smooth_last_s(self) -> float:
        """When the last tick was due: its own time has jitter in it."""
        if self._line is None:
            return self._times[-1]
        return self._line.at(len(self._times) - 1)

    def _restart(self) -> None:
        """Begin to listen anew, with the last tempo held."""
        self._times.clear()
        self._strays = self._side = 0
        self._line = None

    def _watch_for_change(self, at_s: float) -> None:
        """Begin the line anew where the tempo changed, once ticks leave it further than jitter explains."""
        if self._line is None:
            return
        off_s = at_s - self._line.at(len(self._times) - 1)
        limit_s = CHANGE_SIGMAS * max(self._line.jitter_s, self._jitter_s)
        side = 0 if abs(off_s) < limit_s else int(math.copysign(1, off_s))
        self._strays = self._strays + 1 if side and side == self._side else abs(side)
        self._side = side
        if self._strays >= CHANGE_TICKS:
            self._judge(list(self._times))

    def _judge(self, times: list[float]) -> None:
        """Tell a change of tempo, which begins the line anew, from a jump of jitter, which is remembered."""
        split = change_point(times, CHANGE_TICKS)
        before, after = fit(times[:split]), fit(times[split:])
        jump_s = abs(after.at(0) - before.at(split))
        if jump_s <= MAX_JUMP_S and not self._differ(before, split, after, len(times) - split):
            self._jitter_s = max(self._jitter_s, jump_s / _UNIFORM)
            self._strays = 0
            return
        self._restart()
        self._times.extend(times[split:])

    def _differ(self, before: TempoFit, before_ticks: int, after: TempoFit, after_ticks: int) -> bool:
        """Return whether the slopes of two lines differ by more than the clock's known jitter explains."""
        errors = (_slope_error(self._jitter_s, before_ticks), _slope_error(self._jitter_s, after_ticks))
        own = (before.slope_error_s, after.slope_error_s)
        return abs(after.interval_s - before.interval_s) > TEMPO_SIGMAS * max(math.hypot(*errors), math.hypot(*own))


def _slope_error(jitter_s: float, ticks: int) -> float:
    """Return the standard error of the interval that a line through `ticks` ticks with such jitter has."""
    return jitter_s * math.sqrt(12.0 / (ticks**3 - ticks))
