"""Notes while they are being composed, in whole ticks; and how they become the score's exact notes."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from random import Random
from typing import NamedTuple

from engine.score import Note
from engine.sketch.compose.grid import SwungGrid

MAYBE = 0.5
"""Chance of a note that a pattern leaves open."""
_MAYBE_MARKS = "abcdefghi"
JITTER = 4


class Hit(NamedTuple):
    """A note in ticks, not yet swung; `level` is its place on the velocity ladder, 1–9."""

    start: int
    length: int
    pitch: int
    level: int


def stream(*names: object) -> Random:
    """Return the random stream of that name. A text seed gives the same numbers on every system and Python."""
    return Random(":".join(map(str, names)))


def level_of(symbol: str, chance: Random) -> int:
    """Velocity level of a pattern's mark, 0 if it is one of those left open and not played this time."""
    if symbol in _MAYBE_MARKS:
        return _MAYBE_MARKS.index(symbol) + 1 if chance.random() < MAYBE else 0
    return int(symbol)


def velocity_of(level: int, chance: Random) -> int:
    """MIDI velocity 1–127 of a ladder level: 13 a step, with a jitter small enough to keep the steps apart."""
    return min(127, max(1, 13 * min(9, level) + 5 + chance.randint(-JITTER, JITTER)))


def finish(
    hits: Iterable[Hit], grid: SwungGrid, length_beats: Fraction, chance: Random, feel: Fraction = Fraction(1)
) -> tuple[Note, ...]:
    """Turn `hits` into notes of a piece of `length_beats`: swung, in order, and never two at once on one key.

    All that comes in is in felt beats, of which `feel` make one of the notes that go out.

    Of two hits on one key at one time the louder stays; a note ends where the next on its key begins, and with the
    piece.
    """
    loudest: dict[tuple[int, int], Hit] = {}
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
