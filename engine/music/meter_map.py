"""Meter maps: from bars to quarter-note beats and back, exactly, where the time signature changes at bar lines.

Bars count from the map's start, from 0. A fraction of a bar is that fraction of this bar's own length: bar 2.5 of
4/4, 4/4, 3/4 is 8 + 1.5 beats. All of it is fractions; with a tempo map the same places are seconds and frames.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from engine.errors import InvalidValue
from engine.music.meter import DENOMINATORS, MAX_NUMERATOR, Meter
from engine.music.tempo import TempoMap

MAX_POINTS = 10_000
MAX_BAR = 1_000_000
ALLOWED = 'a list of {"bar": whole number, "time_signature": text} that starts at bar 0'
Exact = int | float | Fraction

_ROUNDED = Fraction(1, 1_000_000)
_POINT_KEYS = {"bar", "time_signature"}


@dataclass(frozen=True, slots=True)
class MeterPoint:
    """A `meter` from bar number `bar` on, counted from the map's start."""

    bar: int
    meter: Meter


class MeterMap:
    """A meter map from a take's start: bar 0 begins at beat 0.

    Compared by value: a point that repeats the meter before it says nothing and is left out. `points` is never empty
    and its first point is at bar 0. Before bar 0 and after the last point, the nearest meter continues.
    """

    def __init__(self, points: Iterable[MeterPoint]) -> None:
        """Make a map of `points`.

        Raises
        ------
        InvalidValue
            If there are none or too many, the first is not at bar 0, or bars do not rise or exceed 1,000,000.
        """
        given = tuple(points)
        _check_points(given)
        self.points = tuple(p for i, p in enumerate(given) if i == 0 or p.meter != given[i - 1].meter)
        self._bars = [point.bar for point in self.points]
        self._beats = _starts(self.points)

    @classmethod
    def constant(cls, meter: Meter) -> MeterMap:
        """Return a map that stays in `meter`."""
        return cls([MeterPoint(0, meter)])

    @classmethod
    def parse(cls, value: object) -> MeterMap:
        """Read the wire form, a list of `{"bar": int, "time_signature": str}`.

        Raises
        ------
        InvalidValue
            If it is not such a list, or not a valid map.
        """
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise InvalidValue("meter_map", value, ALLOWED)
        return cls(_parse_point(index, entry) for index, entry in enumerate(value))

    @classmethod
    def from_changes(cls, changes: Sequence[tuple[Exact, Meter]], start: Exact = 0) -> MeterMap:
        """Return the map from beat `start` of a song whose meter changes at (beat, meter), in order.

        Each change begins a bar. Bars count from `start`; where they do not fill the way to a change, the rest is a
        bar of its own: from beat 2 of 4/4 with 3/4 from beat 8 on, 4/4, 2/4, 3/4.

        Raises
        ------
        InvalidValue
            If such a rest has no time signature.
        """
        begin = Fraction(start)
        held = [meter for beat, meter in changes if beat <= begin]
        meter = held[-1] if held else changes[0][1]
        points, bar, beat = [MeterPoint(0, meter)], 0, begin
        for at, following in changes:
            if at <= begin or following == meter:
                continue
            whole, rest = divmod(Fraction(at) - beat, meter.bar_beats)
            bar += int(whole)
            if rest:
                points.append(MeterPoint(bar, meter_of_beats(rest, meter)))
                bar += 1
            points.append(MeterPoint(bar, following))
            meter, beat = following, Fraction(at)
        return cls({point.bar: point for point in points}.values())

    def to_json(self) -> list[dict[str, int | str]]:
        """Return the wire form that `parse` reads."""
        return [{"bar": point.bar, "time_signature": str(point.meter)} for point in self.points]

    @property
    def first(self) -> Meter:
        """The meter of the first bar."""
        return self.points[0].meter

    @property
    def is_constant(self) -> bool:
        """True if the meter never changes."""
        return len(self.points) == 1

    @property
    def meters(self) -> tuple[Meter, ...]:
        """The different meters, in order of appearance."""
        return tuple(dict.fromkeys(point.meter for point in self.points))

    @property
    def changes(self) -> list[tuple[Fraction, Meter]]:
        """(beat, meter) of every point, in order; `from_changes` reads them."""
        return [(at, point.meter) for at, point in zip(self._beats, self.points, strict=True)]

    def beats(self, bars: Exact) -> Fraction:
        """Return the beat (quarter notes from the start) at which bar number `bars` begins, or a fraction of it."""
        exact = Fraction(bars)
        index = max(0, bisect_right(self._bars, exact) - 1)
        point = self.points[index]
        return self._beats[index] + (exact - point.bar) * point.meter.bar_beats

    def bars(self, beats: Exact) -> Fraction:
        """Return the number of bars up to `beats` (quarter notes from the start): the inverse of `beats`."""
        exact = Fraction(beats)
        index = max(0, bisect_right(self._beats, exact) - 1)
        point = self.points[index]
        return point.bar + (exact - self._beats[index]) / point.meter.bar_beats

    def position(self, beats: Exact) -> tuple[int, Fraction]:
        """Return the number of the bar at `beats`, from 0, and the quarter notes since it began."""
        bar = int(self.bars(beats) // 1)
        return bar, Fraction(beats) - self.beats(bar)

    def count_at(self, beats: Exact) -> tuple[int, int]:
        """Return what a musician counts at `beats`, both from 0: the bar, and the beat of its own denominator in it.

        A place less than a millionth before a beat is on it.
        """
        bar, into = self.position(Fraction(beats) + _ROUNDED)
        return bar, int(into * self.meter_of_bar(bar).denominator / 4)

    def meter_of_bar(self, bar: Exact) -> Meter:
        """Return the meter of bar number `bar`, from 0."""
        return self.points[max(0, bisect_right(self._bars, bar) - 1)].meter

    def meter_at(self, beats: Exact) -> Meter:
        """Return the meter at `beats`; at a change, the meter after it."""
        return self.points[max(0, bisect_right(self._beats, beats) - 1)].meter

    def bar_starts(self, length_beats: Exact) -> Iterator[Fraction]:
        """Yield the beat of every bar line from 0 up to but not including `length_beats`."""
        bar = 0
        while (at := self.beats(bar)) < length_beats:
            yield at
            bar += 1

    def beat_starts(self, length_beats: Exact) -> Iterator[tuple[Fraction, bool]]:
        """Yield (beat, begins a bar) for every beat of the meters' denominators below `length_beats`."""
        for number, bar_start in enumerate(self.bar_starts(length_beats)):
            meter = self.meter_of_bar(number)
            for count in range(meter.numerator):
                at = bar_start + count * Fraction(4, meter.denominator)
                if at < length_beats:
                    yield at, count == 0

    def next_bar(self, beats: Exact) -> Fraction:
        """Return the first bar line at or after `beats`."""
        return self.beats(-int(-self.bars(beats) // 1))

    def until(self, length_beats: Exact) -> MeterMap:
        """Return the map without the changes at or after `length_beats`."""
        kept = [p for p, at in zip(self.points, self._beats, strict=True) if p.bar == 0 or at < length_beats]
        return self if len(kept) == len(self.points) else MeterMap(kept)

    def from_beat(self, start: Exact) -> MeterMap:
        """Return the same map counted from beat `start`; raises `InvalidValue` as `from_changes` does."""
        return MeterMap.from_changes(self.changes, start)

    def repeated(self, lap_bars: int, bars: int) -> MeterMap:
        """Return a map of `bars` bars, in which the first `lap_bars` of this one come again and again."""
        laps = range(-(-bars // lap_bars))
        points = (MeterPoint(n * lap_bars + p.bar, p.meter) for n in laps for p in self.points if p.bar < lap_bars)
        return MeterMap(point for point in points if point.bar < max(1, bars))

    def exact_seconds(self, bars: Exact, tempo_map: TempoMap) -> Fraction | float:
        """Return the time of bar number `bars` on `tempo_map`, which has the same start."""
        return tempo_map.exact_seconds(self.beats(bars))

    def frames(self, bars: Exact, tempo_map: TempoMap, sample_rate: int) -> int:
        """Return the frame of bar number `bars` on `tempo_map`, rounded once."""
        return tempo_map.frames(self.beats(bars), sample_rate)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MeterMap) and self.points == other.points

    def __hash__(self) -> int:
        return hash(self.points)

    def __repr__(self) -> str:
        return f"MeterMap({self.to_json()})"

    def __str__(self) -> str:
        return ", ".join(f"{point.meter} from bar {point.bar + 1}" for point in self.points)


def meter_of_beats(beats: Fraction, like: Meter) -> Meter:
    """Return the time signature of one bar of `beats` quarter notes, in the denominator of `like` if it has one.

    Raises
    ------
    InvalidValue
        If there is none: not a multiple of a thirty-second note's quarter, or too long.
    """
    for denominator in (like.denominator, *(d for d in DENOMINATORS if d >= 4)):
        numerator = beats * denominator / 4
        if numerator.denominator == 1 and 1 <= numerator <= MAX_NUMERATOR:
            return Meter(int(numerator), denominator)
    raise InvalidValue(
        "meter change", f"{float(beats):g} beats into a bar", f"a number of thirty-second notes after a bar of {like}"
    )


def _starts(points: Sequence[MeterPoint]) -> list[Fraction]:
    starts = [Fraction(0)]
    for before, point in pairwise(points):
        starts.append(starts[-1] + (point.bar - before.bar) * before.meter.bar_beats)
    return starts


def _check_points(points: Sequence[MeterPoint]) -> None:
    if not points or len(points) > MAX_POINTS:
        raise InvalidValue("meter_map", f"{len(points)} points", f"a list of 1–{MAX_POINTS:,} points")
    if points[0].bar != 0:
        raise InvalidValue("meter_map[0].bar", points[0].bar, "0 (the map counts from the request's start)")
    for index in range(1, len(points)):
        before, bar = points[index - 1].bar, points[index].bar
        if not before < bar <= MAX_BAR:
            allowed = f"a whole number above the point before it ({before}), up to {MAX_BAR:,}"
            raise InvalidValue(f"meter_map[{index}].bar", bar, allowed)


def _parse_point(index: int, entry: object) -> MeterPoint:
    if not isinstance(entry, Mapping) or set(entry) != _POINT_KEYS:
        raise InvalidValue(f"meter_map[{index}]", entry, 'made of {"bar": whole number, "time_signature": "3/4"}')
    bar = entry["bar"]
    is_number = isinstance(bar, int | float) and not isinstance(bar, bool)
    if not is_number or not 0 <= bar <= MAX_BAR or bar != int(bar):
        raise InvalidValue(f"meter_map[{index}].bar", bar, f"a whole number from 0 to {MAX_BAR:,}")
    try:
        return MeterPoint(int(bar), Meter.parse(entry["time_signature"]))
    except InvalidValue as error:
        raise InvalidValue(f"meter_map[{index}].time_signature", error.given, error.allowed) from None
