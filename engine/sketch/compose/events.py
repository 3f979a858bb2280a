"""Notes during composition, in whole ticks, and their conversion to the score's exact notes; random streams."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from random import Random
from typing import NamedTuple

from engine.score import Note
from engine.sketch.compose.grid import SwungGrid

MAYBE = 0.5
"""Chance that an open mark of a pattern is played."""
_MAYBE_MARKS = "abcdefghi"
JITTER = 4


class TickHit(NamedTuple):
    """A note in ticks, before swing; `level` is its step on the velocity ladder, 1–9."""

    start: int
    length: int
    pitch: int
    level: int


def stream(*names: object) -> Random:
    """Return the random stream named `names`; a text seed gives the same numbers on every system and Python."""
    return Random(":".join(map(str, names)))


def level_of(symbol: str, chance: Random) -> int:
    """Return the velocity level 1–9 of a pattern's mark, or 0 for an open mark that is not played this time."""
    if symbol in _MAYBE_MARKS:
        return _MAYBE_MARKS.index(symbol) + 1 if chance.random() < MAYBE else 0
    return int(symbol)


def velocity_of(level: int, chance: Random) -> int:
    """Return the MIDI velocity 1–127 of a ladder level: 13 a step, with a jitter that keeps the steps apart."""
    return min(127, max(1, 13 * min(9, level) + 5 + chance.randint(-JITTER, JITTER)))


def score_notes(
    hits: Iterable[TickHit], grid: SwungGrid, length_beats: Fraction, chance: Random, feel: Fraction = Fraction(1)
) -> tuple[Note, ...]:
    """Turn `hits` into the notes of a piece of `length_beats`: swung, in order, without overlaps on one key.

    Input times and `length_beats` are in beats of the felt tempo; output times are divided by `feel`.

    Of two hits on one key at one time the louder is kept; a note ends at the next one on its key, or at the piece's
    end.
    """
    loudest: dict[tuple[int, int], TickHit] = {}
    for hit in hits:
        other = loudest.get((hit.start, hit.pitch))
        if other is None or hit.level > other.level:
            loudest[(hit.start, hit.pitch)] = hit
    notes: list[Note] = []
    following: dict[int, int] = {}
    for hit in sorted(loudest.values(), key=lambda hit: (hit.start, hit.pitch), reverse=True):
        start = grid.beats(hit.start)
        if start >= length_beats:
            continue
        end = min(hit.start + hit.length, following.get(hit.pitch, hit.start + hit.length))
        following[hit.pitch] = hit.start
        held = min(grid.beats(end), length_beats) - start
        notes.append(Note(start / feel, held / feel, hit.pitch, velocity_of(hit.level, chance)))
    return tuple(reversed(notes))
