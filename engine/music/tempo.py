"""Tempo maps: from quarter-note beats to seconds to frames, exactly.

Between two points the tempo is constant or, with `ramp`, moves linearly *in time* (as the DAWs' own linear ramps
do). For a ramp from `b0` to `b1` beats per minute over `n` beats the mean tempo is `(b0 + b1) / 2`, so it lasts
`120 n / (b0 + b1)` seconds; inside it, `60 x = b0 t + a t² / 2` with `a = (b1 - b0) / duration` gives the time `t`
of its beat `x`. Point-to-point times are kept as fractions, so constant tempos are exact to the frame however long
the piece is.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import InvalidValue

MIN_BPM = 20.0
MAX_BPM = 400.0
MAX_POINTS = 10_000
MAX_BEAT = 1e6
"""Last quarter note of a tempo map: weeks of music, and far below the numbers at which floats lose precision."""
Beats = float | Fraction

_POINT_KEYS = {"beat", "bpm", "ramp"}


def check_bpm(value: object, name: str = "tempo") -> float:
    """Return `value` as beats per minute.

    Raises
    ------
    InvalidValue
        If it is not a finite number from 20 to 400.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not MIN_BPM <= value <= MAX_BPM:
        raise InvalidValue(name, value, f"{MIN_BPM:g}–{MAX_BPM:g} beats per minute")
    return float(value)


@dataclass(frozen=True, slots=True)
class TempoPoint:
    """A tempo `bpm` from `beat` on (quarter notes from the map's start); with `ramp` it moves to the next point's."""

    beat: float
    bpm: float
    ramp: bool = False


@dataclass(frozen=True, slots=True)
class _Segment:
    """One segment of the map: its start in beats and seconds, and its tempo at both ends."""

    beat: Fraction
    seconds: Fraction
    bpm: Fraction
    end_bpm: Fraction
    duration_s: Fraction | None  # None in the last, endless one

    def seconds_at(self, beats: Fraction) -> Fraction | float:
        """Time of `beats` (absolute) in seconds: a fraction where the tempo is constant, a float inside a ramp."""
        into = beats - self.beat
        if self.duration_s is None or self.end_bpm == self.bpm:
            return self.seconds + into * 60 / self.bpm
        acceleration = float((self.end_bpm - self.bpm) / self.duration_s)
        start = float(self.bpm)
        x = float(into)
        root = math.sqrt(max(0.0, start * start + 120.0 * acceleration * x))
        return float(self.seconds) + 120.0 * x / (start + root)

    def beats_at(self, seconds: float) -> float:
        """Beat (absolute) at `seconds` (absolute)."""
        t = seconds - float(self.seconds)
        if self.duration_s is None or self.end_bpm == self.bpm:
            return float(self.beat) + t * float(self.bpm) / 60.0
        acceleration = float((self.end_bpm - self.bpm) / self.duration_s)
        return float(self.beat) + (float(self.bpm) * t + acceleration * t * t / 2.0) / 60.0


class TempoMap:
    """A tempo map from a take's start: beat 0 is second 0.

    Compared by value. `points` is never empty and its first point lies at beat 0.
    """

    def __init__(self, points: Iterable[TempoPoint]) -> None:
        """Make a map of `points`.

        Raises
        ------
        InvalidValue
            If there are none or too many, the first is not at beat 0, beats do not rise or exceed 1,000,000, or a
            tempo is not 20–400.
        """
        self.points: tuple[TempoPoint, ...] = tuple(points)
        _check_points(self.points)
        self._segments = _segments(self.points)
        self._starts_beats = [segment.beat for segment in self._segments]
        self._starts_s = [float(segment.seconds) for segment in self._segments]

    @classmethod
    def constant(cls, bpm: float) -> TempoMap:
        """Return a map that stays at `bpm`."""
        return cls([TempoPoint(0.0, bpm)])

    @classmethod
    def parse(cls, value: object) -> TempoMap:
        """Read the wire form, a list of `{"beat": float, "bpm": float, "ramp": bool}`.

        Raises
        ------
        InvalidValue
            If it is not such a list, or not a valid map.
        """
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise InvalidValue("tempo_map", value, 'a list of {"beat", "bpm", "ramp"}')
        return cls(_parse_point(entry) for entry in value)

    def to_json(self) -> list[dict[str, float | bool]]:
        """Return the wire form that `parse` reads."""
        return [{"beat": p.beat, "bpm": p.bpm, "ramp": p.ramp} for p in self.points]

    @property
    def is_constant(self) -> bool:
        """True if the tempo never changes."""
        return all(point.bpm == self.points[0].bpm for point in self.points)

    def exact_seconds(self, beats: Beats) -> Fraction | float:
        """Time of `beats` in seconds, as a fraction unless it lies inside a ramp."""
        exact = beats if isinstance(beats, Fraction) else Fraction(beats)
        index = max(0, bisect_right(self._starts_beats, exact) - 1)
        return self._segments[index].seconds_at(exact)

    def seconds(self, beats: Beats) -> float:
        """Time of `beats` (quarter notes from the start) in seconds."""
        return float(self.exact_seconds(beats))

    def beats(self, seconds: float) -> float:
        """Quarter-note beat at `seconds`."""
        index = max(0, bisect_right(self._starts_s, seconds) - 1)
        return self._segments[index].beats_at(seconds)

    def frames(self, beats: Beats, sample_rate: int) -> int:
        """Frame of `beats`: `round(seconds(beats) * sample_rate)`, ties to even, without floating-point drift."""
        return round(self.exact_seconds(beats) * sample_rate)

    def bpm_at(self, beats: Beats) -> float:
        """Tempo at `beats`, in beats per minute."""
        exact = beats if isinstance(beats, Fraction) else Fraction(beats)
        segment = self._segments[max(0, bisect_right(self._starts_beats, exact) - 1)]
        if segment.duration_s is None:
            return float(segment.bpm)
        into_s = float(segment.seconds_at(exact)) - float(segment.seconds)
        return float(segment.bpm) + float(segment.end_bpm - segment.bpm) * into_s / float(segment.duration_s)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TempoMap) and self.points == other.points

    def __hash__(self) -> int:
        return hash(self.points)

    def __repr__(self) -> str:
        return f"TempoMap({self.to_json()})"


def _decimal(value: float) -> Fraction:
    """Return the decimal as typed by the user: 97.6 becomes 488/5, not the nearest binary fraction."""
    return Fraction(repr(float(value)))


def _segments(points: Sequence[TempoPoint]) -> list[_Segment]:
    segments: list[_Segment] = []
    seconds = Fraction(0)
    for point, following in zip(points, [*points[1:], None], strict=True):
        bpm = _decimal(point.bpm)
        beat = Fraction(point.beat)
        if following is None:
            segments.append(_Segment(beat, seconds, bpm, bpm, None))
            break
        end_bpm = _decimal(following.bpm) if point.ramp else bpm
        duration_s = 120 * (Fraction(following.beat) - beat) / (bpm + end_bpm)
        segments.append(_Segment(beat, seconds, bpm, end_bpm, duration_s))
        seconds += duration_s
    return segments


def _check_points(points: Sequence[TempoPoint]) -> None:
    if not points or len(points) > MAX_POINTS:
        raise InvalidValue("tempo_map", f"{len(points)} points", f"a list of 1–{MAX_POINTS} points")
    if points[0].beat != 0:
        raise InvalidValue("tempo_map[0].beat", points[0].beat, "0 (the map counts from the request's start)")
    for index, point in enumerate(points):
        check_bpm(point.bpm, f"tempo_map[{index}].bpm")
        if index and not points[index - 1].beat < point.beat <= MAX_BEAT:
            raise InvalidValue(
                f"tempo_map[{index}].beat",
                point.beat,
                f"a number above the point before it ({points[index - 1].beat:g}), up to {MAX_BEAT:,.0f}",
            )


def _parse_point(entry: object) -> TempoPoint:
    if not isinstance(entry, Mapping) or not {"beat", "bpm"} <= set(entry) <= _POINT_KEYS:
        raise InvalidValue("tempo_map", entry, 'made of {"beat": number, "bpm": number, "ramp": true or false}')
    beat, ramp = entry["beat"], entry.get("ramp", False)
    if isinstance(beat, bool) or not isinstance(beat, int | float) or not abs(beat) <= MAX_BEAT:
        raise InvalidValue("tempo_map beat", beat, f"a number of quarter-note beats up to {MAX_BEAT:,.0f}")
    if not isinstance(ramp, bool):
        raise InvalidValue("tempo_map ramp", ramp, "true or false")
    return TempoPoint(float(beat), check_bpm(entry["bpm"], "tempo_map bpm"), ramp)
