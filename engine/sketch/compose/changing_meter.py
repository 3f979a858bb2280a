"""Pieces whose meter changes: their measures, and the sections that begin where a new meter does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise

from engine.music import Meter, MeterMap
from engine.sketch.compose.grid import TICKS, Measure, lay_exactly, lay_measures

Grouping = Mapping[str, tuple[int, ...]]

FEWEST_MEASURES = 2
"""Measures of one meter that a section may begin or end with; shorter stretches (one bar of 2/4) stay inside."""
PULL = 4
"""Measures by which the border of a tagged section is moved to a change of meter near it."""
_HALF = Fraction(1, 2)
_SHORTEST = 32


def fitting_feel(meters: MeterMap, feel: Fraction) -> Fraction:
    """Return `feel`, or 1 where half a bar of one of the meters has no time signature."""
    has_half = all(meter.denominator < _SHORTEST for meter in meters.meters)
    return feel if meters.is_constant or feel != _HALF or has_half else Fraction(1)


def lay_changing_measures(
    meters: MeterMap, felt_beats: Fraction, feel: Fraction, grouping: Grouping
) -> tuple[list[Measure], list[int]]:
    """Return the measures of a piece of `felt_beats`, and the numbers of those with which a meter begins.

    Every change begins a measure. In half time a measure is one bar, or two short ones, so that each bar line is the
    begin of a beat group; the last measure of the piece may extend past its end.
    """
    measures: list[Measure] = []
    begins: list[int] = []
    for point, following in pairwise([*meters.points, None]):
        assert point is not None
        meter = _felt_meter(point.meter, feel)
        groups = _felt_grouping(grouping) if feel == _HALF else grouping
        start = int(meters.beats(point.bar) * feel * TICKS)
        begins.append(len(measures))
        if following is None or meters.beats(following.bar) * feel >= felt_beats:
            rest = lay_measures(meter, felt_beats - Fraction(start, TICKS), groups)
            measures += [replace(one, index=len(measures) + one.index, start=start + one.start) for one in rest]
            break
        end = int(meters.beats(following.bar) * feel * TICKS)
        measures += lay_exactly(meter, start, end, groups, len(measures))
    return measures, begins


def _felt_meter(meter: Meter, feel: Fraction) -> Meter:
    return Meter(meter.numerator, meter.denominator * 2) if feel == _HALF else meter


def _felt_grouping(grouping: Grouping) -> Grouping:
    """Return the style's groupings for bars that are felt as half as long: those of 7/8 hold for 7/16."""
    halved = {str(_felt_meter(Meter.parse(name), _HALF)): sizes for name, sizes in grouping.items()}
    return {**grouping, **halved}


def section_starts(begins: Sequence[int], count: int) -> list[int]:
    """Return the numbers of the measures at which sections begin: where a meter begins that stays for a while.

    `begins` are those of all meters, `count` is the number of all measures.
    """
    starts = [0]
    for begin, following in pairwise([*begins, count]):
        if begin - starts[-1] >= FEWEST_MEASURES and following - begin >= FEWEST_MEASURES:
            starts.append(begin)
    return starts


def pulled(sizes: Sequence[int], starts: Sequence[int]) -> list[int]:
    """Return the sizes of consecutive sections with each border moved to the nearest of `starts`, if it is near.

    Every section keeps a measure; those that have none stay empty.
    """
    filled = [size for size in sizes if size]
    edges = list(accumulate(filled, initial=0))
    for index in range(1, len(edges) - 1):
        edge = edges[index]
        nearest = min(starts, key=lambda start: abs(start - edge), default=edge)
        if abs(nearest - edge) <= PULL and edges[index - 1] < nearest < edges[index + 1]:
            edges[index] = nearest
    return [end - begin for begin, end in pairwise(edges)] + [0] * (len(sizes) - len(filled))
