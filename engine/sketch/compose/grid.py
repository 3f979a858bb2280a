"""The composer's time grid: whole ticks, measures of beat groups for any meter, and swing.

A *measure* is the unit of patterns, chords and phrases. Usually it is a bar. Bars above 8 beats are split (7/4 of
quarters becomes 4 + 3), bars under 2 beats are joined, so that phrases in 1/32 and 32/4 have a usual length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import cycle, pairwise
from typing import NamedTuple

from engine.music import Meter
from engine.sketch.style.model import Swing

TICKS = 960
"""Ticks per quarter-note beat: whole numbers for sixteenths, triplets and one bar of every meter."""
SIXTEENTH = TICKS // 4
EIGHTH = TICKS // 2
_DOTTED = 3 * EIGHTH


class BeatGroup(NamedTuple):
    """A beat group, with the kick (`strong`) or the backbeat; times in ticks from the measure's start."""

    start: int
    length: int
    strong: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; `start` in ticks, `pattern_meter` the meter whose written patterns fit, or "" for none."""

    index: int
    start: int
    groups: tuple[BeatGroup, ...]
    pattern_meter: str

    @property
    def length(self) -> int:
        """Length in ticks."""
        return self.groups[-1].start + self.groups[-1].length

    @property
    def end(self) -> int:
        """End in ticks from the piece's start."""
        return self.start + self.length

    @property
    def middle(self) -> int:
        """Group start nearest to the measure's middle, in ticks from its start; 0 if there is only one group."""
        return min((group.start for group in self.groups), key=lambda at: (abs(2 * at - self.length), at))


def lay_measures(meter: Meter, length_beats: Fraction, grouping: Mapping[str, tuple[int, ...]]) -> list[Measure]:
    """Return the measures that cover a piece of `length_beats`; the last one may extend past its end."""
    layouts = _measure_layouts(meter, grouping)
    end = length_beats * TICKS
    measures: list[Measure] = []
    start = 0
    for groups, key in cycle(layouts):
        if start >= end:
            break
        measures.append(Measure(len(measures), start, groups, key))
        start = measures[-1].end
    return measures


def lay_exactly(
    meter: Meter, start: int, end: int, grouping: Mapping[str, tuple[int, ...]], index: int
) -> list[Measure]:
    """Return the measures from tick `start` to `end`, where another meter begins; the last one is cut there.

    `index` is the number of the first one.
    """
    laid = lay_measures(meter, Fraction(end - start, TICKS), grouping)
    measures = [replace(one, index=index + one.index, start=start + one.start) for one in laid]
    last = measures[-1]
    if last.end > end:
        sizes = [min(group.length, end - last.start - group.start) for group in last.groups]
        kept = tuple(size for size in sizes if size > 0)
        measures[-1] = replace(
            last, groups=_with_accents(kept), pattern_meter=_written_layouts(grouping).get(kept, "")
        )
    return measures


def measures_per_bar(meter: Meter, grouping: Mapping[str, tuple[int, ...]]) -> int:
    """Return the number of measures after which the layout repeats: above 1 only for bars that are split."""
    return len(_measure_layouts(meter, grouping))


def _measure_layouts(
    meter: Meter, grouping: Mapping[str, tuple[int, ...]]
) -> list[tuple[tuple[BeatGroup, ...], str]]:
    bar = int(meter.bar_beats * TICKS)
    sizes = _bar_groups(meter, grouping)
    if bar < 2 * TICKS:
        if bar < 3 * SIXTEENTH:  # groups of whole bars, about a beat long; four groups are a measure
            sizes = [bar * round(TICKS / bar)] * 4
        while sum(sizes) < 2 * TICKS:
            sizes = sizes * 2
    written = _written_layouts(grouping)
    return [(_with_accents(part), written.get(tuple(part), "")) for part in _split_bar(sizes)]


def _written_layouts(grouping: Mapping[str, tuple[int, ...]]) -> dict[tuple[int, ...], str]:
    """Return the meters that styles have patterns for, by their group lengths in ticks."""
    sevens = tuple(EIGHTH * size for size in grouping.get("7/8", (2, 2, 3)))
    quarters = {(TICKS,) * number: f"{number}/4" for number in (2, 3, 4, 5)}
    return quarters | {(_DOTTED,) * 2: "6/8", (_DOTTED,) * 3: "9/8", (_DOTTED,) * 4: "12/8", sevens: "7/8"}


def _bar_groups(meter: Meter, grouping: Mapping[str, tuple[int, ...]]) -> list[int]:
    """Return a bar's group lengths in ticks: quarters, twos and threes of eighths, threes and fours of sixteenths."""
    number, unit = meter.numerator, 4 * TICKS // meter.denominator
    if str(meter) in grouping:
        return [size * unit for size in grouping[str(meter)]]
    if meter.denominator <= 4:
        return [TICKS] * (number * unit // TICKS)
    if meter.denominator == 8:
        return [size * unit for size in _twos_and_threes(number)]
    quarter = TICKS // unit
    if number % (3 * quarter // 4) == 0:
        return [3 * SIXTEENTH] * (number // (3 * quarter // 4))
    count = max(1, -(-number // quarter))
    return [unit * (number // count + (index < number % count)) for index in range(count)]


def _twos_and_threes(number: int) -> list[int]:
    """Return group sizes for `number` eighths: most threes first, then twos; 7 is 2 + 2 + 3 as in most songs."""
    if number == 7:
        return [2, 2, 3]
    if number < 2 or number == 4:
        return [number] if number < 2 else [2, 2]
    threes = max(count for count in range(number // 3 + 1) if (number - 3 * count) % 2 == 0)
    return [3] * threes + [2] * ((number - 3 * threes) // 2)


def _split_bar(sizes: Sequence[int]) -> list[Sequence[int]]:
    """Split a bar above 8 beats, or of more than 5 quarters, into measures of 3, 4 or 5 groups."""
    if sum(sizes) <= 8 * TICKS and (len(sizes) <= 5 or any(size != TICKS for size in sizes)):
        return [sizes]
    count = -(-len(sizes) // 4)
    cuts = [0]
    for index in range(count):
        cuts.append(cuts[-1] + len(sizes) // count + (index < len(sizes) % count))
    return [sizes[start:end] for start, end in pairwise(cuts)]


def _with_accents(sizes: Sequence[int]) -> tuple[BeatGroup, ...]:
    """Return strong and weak groups in turn; of an odd number the last is weak, to set off the next downbeat."""
    groups: list[BeatGroup] = []
    start = 0
    for index, size in enumerate(sizes):
        lonely = len(sizes) > 1 and len(sizes) % 2 == 1 and index == len(sizes) - 1
        groups.append(BeatGroup(start, size, index % 2 == 0 and not lonely))
        start += size
    return tuple(groups)


class SwungGrid:
    """Converts straight ticks to exact beats on the style's swung grid."""

    def __init__(self, measures: Iterable[Measure], swing: Swing) -> None:
        """Lay the grid over `measures`."""
        self._pair = int(swing.pair_beats * TICKS)
        self._long_share = swing.long_share
        groups = [(measure.start + group.start, group.length) for measure in measures for group in measure.groups]
        self._starts = [start for start, _ in groups]
        # Where pairs do not fill a group (three sixteenths in 15/16) swing would move its end, so it stays straight.
        self._swings = [swing.long_share != Fraction(1, 2) and length % self._pair == 0 for _, length in groups]
        self._offsets: dict[int, Fraction] = {}

    def beats(self, tick: int) -> Fraction:
        """Return the swung position of straight `tick`, in quarter-note beats."""
        index = bisect_right(self._starts, tick) - 1
        if not self._swings[index]:
            return Fraction(tick, TICKS)
        into = (tick - self._starts[index]) % self._pair
        return Fraction(tick - into, TICKS) + self._swung_offset(into)

    def _swung_offset(self, into: int) -> Fraction:
        """Return the swung offset in beats of a position `into` ticks after a pair's start, linear in each half."""
        if into not in self._offsets:
            place = Fraction(into, self._pair)
            if 2 * into <= self._pair:
                share = 2 * place * self._long_share
            else:
                share = 1 - 2 * (1 - place) * (1 - self._long_share)
            self._offsets[into] = share * Fraction(self._pair, TICKS)
        return self._offsets[into]
