"""Tempo and position out of MIDI clock: 24 ticks a quarter note, start, stop, continue and song position.

The tempo is the slope of a straight line through the times of the last ticks (least squares, the best estimate there
is for jitter that is independent from tick to tick). The line reaches back as far as the clock was steady, up to
`MAX_WINDOW_S`; when ticks leave it by more than their own jitter explains, it begins anew at the change.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

PPQN = 24
MAX_WINDOW_S = 8.0
MIN_TICKS = 12
"""Half a beat: what the first tempo is told from."""
CHANGE_TICKS = 8
"""How many ticks in a row must leave the line on one side; a third of a beat."""
CHANGE_SIGMAS = 2.5
MIN_JITTER_S = 0.0004
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


@dataclass(frozen=True, slots=True)
class _Line:
    """Tick number n is expected at `start_s + n * interval_s`; `jitter_s` is the ticks' scatter about it."""

    start_s: float
    interval_s: float
    jitter_s: float


class ClockFollower:
    """Follows one clock. Times are seconds of any steady clock, the same for all calls."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._line: _Line | None = None
        self._strays = 0  # how many ticks in a row have left the line on `_side`, 1 late, -1 early
        self._side = 0
        self._tempo: float | None = None
        self._song_tick = 0
        self._running = False
        self._stepped = False

    def tick(self, at_s: float) -> None:
        """Take one clock message."""
        if self._times and (at_s - self._times[-1] > DROPOUT_S or at_s < self._times[-1]):
            self._restart()
        self._times.append(at_s)
        if self._running:
            self._song_tick += 0 if self._stepped else 1
            self._stepped = False
        self._watch_for_change(at_s)
        while len(self._times) > MIN_TICKS and at_s - self._times[0] > MAX_WINDOW_S:
            self._times.popleft()
        if len(self._times) >= MIN_TICKS:
            self._line = _fit(list(self._times))
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
        return self._line.start_s + (len(self._times) - 1) * self._line.interval_s

    def _restart(self) -> None:
        """Begin to listen anew, with the last tempo held."""
        self._times.clear()
        self._strays = self._side = 0
        self._line = None

    def _watch_for_change(self, at_s: float) -> None:
        """Begin the line anew where the tempo changed, once ticks leave it further than jitter explains."""
        if self._line is None:
            return
        number = len(self._times) - 1
        off_s = at_s - (self._line.start_s + number * self._line.interval_s)
        limit_s = CHANGE_SIGMAS * max(self._line.jitter_s, MIN_JITTER_S)
        side = 0 if abs(off_s) < limit_s else int(math.copysign(1, off_s))
        self._strays = self._strays + 1 if side and side == self._side else abs(side)
        self._side = side
        if self._strays == CHANGE_TICKS:
            times = list(self._times)
            self._restart()
            self._times.extend(times[_change_point(times) :])


def _fit(times: list[float]) -> _Line:
    """Return the least-squares line through (n, times[n])."""
    count = len(times)
    middle = (count - 1) / 2.0
    mean = math.fsum(times) / count
    spread = count * (count * count - 1) / 12.0
    interval = math.fsum((number - middle) * (time - mean) for number, time in enumerate(times)) / spread
    start = mean - middle * interval
    squares = math.fsum((time - start - number * interval) ** 2 for number, time in enumerate(times))
    return _Line(start, interval, math.sqrt(squares / max(1, count - 2)))


def _change_point(times: list[float]) -> int:
    """Return the index that splits `times` into two straight lines with the least squared errors in all."""
    points = [(float(number), time - times[0]) for number, time in enumerate(times)]
    head, tail = _Sums(), _Sums()
    for x, y in points:
        tail.add(x, y, 1)
    best, split = math.inf, len(times) - CHANGE_TICKS
    for number, (x, y) in enumerate(points[:-CHANGE_TICKS], start=1):
        head.add(x, y, 1)
        tail.add(x, y, -1)
        errors = head.squared_error() + tail.squared_error()
        if number >= 3 and errors < best:
            best, split = errors, number
    return split


class _Sums:
    """Running sums for the squared error of a straight line through points."""

    def __init__(self) -> None:
        self.n = self.x = self.y = self.xx = self.xy = self.yy = 0.0

    def add(self, x: float, y: float, weight: int) -> None:
        self.n += weight
        self.x += weight * x
        self.y += weight * y
        self.xx += weight * x * x
        self.xy += weight * x * y
        self.yy += weight * y * y

    def squared_error(self) -> float:
        sxx = self.xx - self.x * self.x / self.n
        sxy = self.xy - self.x * self.y / self.n
        syy = self.yy - self.y * self.y / self.n
        return max(0.0, syy - sxy * sxy / sxx) if sxx > 0.0 else 0.0
