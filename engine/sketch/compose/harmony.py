"""Chords: a progression of the style, in the key, laid over the measures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from engine.music import Key
from engine.sketch.compose.events import stream
from engine.sketch.compose.form import Section
from engine.sketch.style import Progression, Style


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord that sounds from `start` to `end` (ticks).

    Attributes:
        degree: 1–7.
        tones: pitch classes that are voiced, the root first.
        triad: pitch classes of root, third and fifth.
    """

    start: int
    end: int
    degree: int
    tones: tuple[int, ...]
    triad: tuple[int, int, int]

    @property
    def root(self) -> int:
        """Pitch class of the root."""
        return self.triad[0]


def lay_harmony(style: Style, key: Key, section: Section, seed: int, take: int) -> list[Chord]:
    """Return the chords of `section`, without gaps; `take` chooses another progression or other colours."""
    chance = stream(seed, "harmony", section.letter, take)
    pool = style.harmony[key.mode]
    first = chance.choice(pool)
    answer = chance.choice(pool) if chance.random() < 0.4 else first
    colour = chance.choice(style.colours)
    chords: list[Chord] = []
    for position, measure in enumerate(section.measures):
        progression: Progression = answer if position % 8 >= 4 else first
        degrees = progression[position % 4]
        cuts = [measure.start, measure.end]
        if len(degrees) > 1 and measure.middle:
            cuts.insert(1, measure.start + measure.middle)
        for degree, start, end in zip(degrees, cuts, cuts[1:], strict=False):
            chords.append(build_chord(key, degree, colour, start, end))
    return chords


def build_chord(key: Key, degree: int, colour: Sequence[int], start: int, end: int) -> Chord:
    """Stack thirds of the scale on `degree`.

    A ninth a semitone above the root (on iii of major) would bite: the first of 5, 7 that is not yet there stands
    in for it.
    """
    scale = key.scale
    pitch = {tone: scale[(degree - 1 + tone - 1) % 7] for tone in (1, 3, 5, 7, 9)}
    tones = list(colour)
    if 9 in tones and (pitch[9] - pitch[1]) % 12 == 1:
        tones[tones.index(9)] = next(tone for tone in (5, 7) if tone not in tones)
    return Chord(start, end, degree, tuple(pitch[tone] for tone in tones), (pitch[1], pitch[3], pitch[5]))


def chord_at(chords: Sequence[Chord], tick: int) -> Chord:
    """Return the chord that sounds at `tick`: the last one after the end."""
    return chords[max(0, bisect_right(chords, tick, key=lambda chord: chord.start) - 1)]
