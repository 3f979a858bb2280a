"""Reader of a style file's rhythms: patterns by meter, by drum lane, and fills."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from engine.errors import InvalidValue
from engine.music import Meter
from engine.sketch.checked_table import CheckedTable
from engine.sketch.instruments import DRUM_KEYS
from engine.sketch.pattern import LEVEL_MARKS, Pattern, parse_pattern
from engine.sketch.style.model import Patterns

WRITTEN_METERS = ("4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8", "9/8")
"""Meters that every style must have patterns for; all others are assembled from halves of 2/4 and 6/8 patterns."""

GRID_BEATS = Fraction(1, 12)
"""Unit of which every pattern step is a multiple, in quarter notes."""


def read_rhythms(table: CheckedTable, marks: str) -> Patterns:
    """Return a pitched part's alternatives by meter."""
    rhythms = {meter: _patterns(table.texts(meter), marks, table.name(meter), meter) for meter in WRITTEN_METERS}
    for meter, patterns in rhythms.items():
        if not any(pattern.marks for pattern in patterns):
            raise InvalidValue(table.name(meter), "silence", "a list with at least one note in it")
    table.close()
    return rhythms


def read_drums(table: CheckedTable, needs_kick: bool) -> Mapping[str, Patterns]:
    """Return drum patterns by lane, then by meter; with `needs_kick` every meter must have a kick lane."""
    lanes: dict[str, dict[str, tuple[Pattern, ...]]] = {}
    for meter in WRITTEN_METERS:
        bar = table.table(meter)
        for lane in bar:
            patterns = _patterns(bar.texts(lane), LEVEL_MARKS, bar.name(lane), meter)
            lanes.setdefault(_lane(lane, bar.name(lane)), {})[meter] = patterns
        if needs_kick:
            bar.texts("kick")
    table.close()
    return lanes


def read_fills(table: CheckedTable, size: str) -> tuple[Mapping[str, Pattern], ...]:
    """Return the fills of a size ("small", "big") by lane, in sixteenths."""
    return tuple(
        _fill(CheckedTable(entry, f"{table.name(size)}[{number}].")) for number, entry in enumerate(table.list(size))
    )


def _fill(fill: CheckedTable) -> Mapping[str, Pattern]:
    return {
        _lane(lane, fill.name(lane)): parse_pattern(fill.text(lane), LEVEL_MARKS, fill.name(lane)) for lane in fill
    }


def _patterns(texts: tuple[str, ...], marks: str, name: str, meter: str) -> tuple[Pattern, ...]:
    patterns = tuple(parse_pattern(text, marks, name) for text in texts)
    bar_steps = int(Meter.parse(meter).bar_beats / GRID_BEATS)
    for text, pattern in zip(texts, patterns, strict=True):
        halves = 2 if meter in ("2/4", "6/8") and pattern.steps > 1 else 1
        if pattern.steps and (bar_steps % pattern.steps or pattern.steps % halves):
            raise InvalidValue(name, text, f"as many steps as divide a bar of {meter} evenly")
    return patterns


def _lane(lane: str, name: str) -> str:
    if lane not in DRUM_KEYS:
        raise InvalidValue(name, lane, f"one of {', '.join(DRUM_KEYS)}")
    return lane
