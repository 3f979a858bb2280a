"""Tempo automation of a Live set as a tempo map.

Live's automation is a straight line over *beats* between two breakpoints; a ramp of a tempo map is one over *time*.
A line over beats is therefore cut into ramps so short that the difference cannot be heard: where the tempo changes by
the factor r, a ramp differs from the line by ln(r)²/12 of its length, for r = 1.01 by less than 0.00001.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.errors import InvalidValue
from engine.music import TempoMap
from engine.music.tempo import MAX_BPM, MIN_BPM, TempoPoint

MAX_RATIO = 1.01
"""Largest ratio of two tempos within one ramp."""
JUMP_BEATS = 1e-6
"""Length of a jump: a ramp of a tempo map ends at the next point's tempo, so the line's end needs a point too."""


@dataclass(frozen=True, slots=True)
class TempoCurve:
    """Breakpoints (beat, beats per minute) in order; two at the same beat are a jump."""

    breakpoints: tuple[tuple[float, float], ...]

    def bpm_at(self, beat: float) -> float:
        """Return the tempo at `beat`; at a jump, the tempo after it."""
        before, after = self._around(beat)
        if after is None:
            return before[1]
        share = (beat - before[0]) / (after[0] - before[0])
        return before[1] + (after[1] - before[1]) * share

    def map_from(self, beat: float) -> TempoMap:
        """Return the tempo map from `beat` on; its own beats count from there.

        Raises
        ------
        InvalidValue
            If a tempo is outside 20–400, or the map would have too many points.
        """
        line = [(beat, self.bpm_at(beat)), *((at, bpm) for at, bpm in self.breakpoints if at > beat)]
        points: list[TempoPoint] = []
        for (start, bpm), (end, end_bpm) in pairwise(line):
            if end - start > JUMP_BEATS:
                points += _ramps(start - beat, end - beat, _checked(bpm), _checked(end_bpm))
        points.append(TempoPoint(line[-1][0] - beat, _checked(line[-1][1])))
        return TempoMap(_without_repeats(points))

    def _around(self, beat: float) -> tuple[tuple[float, float], tuple[float, float] | None]:
        """Return the last breakpoint at or before `beat`, and the next one (None if there is none).

        Before the first breakpoint, the first one holds.
        """
        before = [point for point in self.breakpoints if point[0] <= beat]
        after = next((point for point in self.breakpoints if point[0] > beat), None)
        if not before:
            return self.breakpoints[0], None
        return before[-1], after


def _ramps(start: float, end: float, bpm: float, end_bpm: float) -> list[TempoPoint]:
    """Return the points of one straight line over beats, up to `JUMP_BEATS` before its end: a jump may follow."""
    if bpm == end_bpm:
        return [TempoPoint(start, bpm)]
    count = max(1, math.ceil(abs(math.log(end_bpm / bpm)) / math.log(MAX_RATIO)))
    last = end - JUMP_BEATS
    steps = [bpm * (end_bpm / bpm) ** (n / count) for n in range(count)]
    ramps = [TempoPoint(start + (last - start) * (one - bpm) / (end_bpm - bpm), one, True) for one in steps]
    return [*ramps, TempoPoint(last, end_bpm)]


def _without_repeats(points: Sequence[TempoPoint]) -> list[TempoPoint]:
    """Return the points without repeats of the same constant tempo."""
    kept = [points[0]]
    for point in points[1:]:
        if point.ramp or kept[-1].ramp or point.bpm != kept[-1].bpm:
            kept.append(point)
    return kept


def _checked(bpm: float) -> float:
    if not MIN_BPM <= bpm <= MAX_BPM:
        raise InvalidValue("tempo automation", bpm, f"{MIN_BPM:g}–{MAX_BPM:g} beats per minute")
    return bpm
