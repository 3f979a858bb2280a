"""The chords of a piece: a progression of the style, or the user's own, laid over the measures."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.music import Key
from engine.music.chords import QUALITIES, ChordSymbol
from engine.sketch.compose.events import stream
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import Measure
from engine.sketch.style.model import ChordStep, Progression, Style

TURNAROUND_CHANCE = 0.4
_TURNAROUND_DEGREES = {"locrian": 3, "phrygian": 2}
"""Turnaround degree of the modes whose fifth degree is flat or has a diminished triad; all others use 5."""
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord that sounds from `start` to `end` (ticks).

    Attributes:
        tones: pitch classes that are voiced, the root first; a power chord has its root twice.
        triad: pitch classes of root, third and fifth (or their substitutes in a suspended chord).
        scale: every pitch class that may be played over it, upwards from the root.
        bass: pitch class that the bass plays as its root.
        name: chord symbol.
    """

    start: int
    end: int
    tones: tuple[int, ...]
    triad: tuple[int, int, int]
    scale: tuple[int, ...]
    bass: int
    name: str

    @property
    def root(self) -> int:
        """Pitch class of the root."""
        return self.triad[0]


def lay_harmony(style: Style, key: Key, section: Section, seed: int, take: int) -> list[Chord]:
    """Return the chords of `section`, without gaps; another `take` may draw another progression and colours."""
    chance = stream(seed, "harmony", section.letter, take)
    pool = style.harmony[key.mode]
    first = chance.choice(pool)
    answer = chance.choice(pool) if chance.random() < 0.4 else first
    colour = chance.choice(style.colours)
    turns = chance.random() < TURNAROUND_CHANCE
    chords: list[Chord] = []
    for position, measure in enumerate(section.measures):
        steps = _steps_at(first, answer, position)
        if turns and position == section.full_measures - 1 and len(steps) == 1 and section.full_measures > 4:
            steps = (steps[0], ChordStep(_TURNAROUND_DEGREES.get(key.mode, 5)))
        cuts = [measure.start, measure.end]
        if len(steps) > 1 and measure.middle:
            cuts.insert(1, measure.start + measure.middle)
        for step, start, end in zip(steps, cuts, cuts[1:], strict=False):
            chords.append(build_chord(key, step, colour, start, end))
    return chords


def _steps_at(first: Progression, answer: Progression, position: int) -> tuple[ChordStep, ...]:
    """Return the chord steps of the measure at `position`: the two progressions in turn, if they are equally long."""
    turn = answer if len(first) == len(answer) and position // len(first) % 2 else first
    return turn[position % len(turn)]


def build_chord(key: Key, step: ChordStep, colour: Sequence[int], start: int, end: int) -> Chord:
    """Return the chord of a progression's step: thirds of the scale stacked on its degree, or the quality it names.

    A ninth a semitone above the root (on iii of major) would be dissonant: it is replaced by the first of 5, 7 that
    is not yet in the chord.
    """
    scale = key.scale
    pitch = {tone: scale[(step.degree - 1 + tone - 1) % 7] for tone in (1, 3, 5, 7, 8, 9)}
    if step.quality:
        root = pitch[1]
        return chord_from_tones(
            key, tuple((root + interval) % 12 for interval in QUALITIES[step.quality]), start, end
        )
    tones = list(colour)
    if 9 in tones and (pitch[9] - pitch[1]) % 12 == 1:
        tones[tones.index(9)] = next(tone for tone in (5, 7) if tone not in tones)
    voiced = tuple(pitch[tone] for tone in tones)
    name = chord_name(pitch[1], (pitch[1], pitch[3], pitch[5]))
    return Chord(start, end, voiced, (pitch[1], pitch[3], pitch[5]), _from_root(scale, pitch[1]), pitch[1], name)


def chord_from_tones(
    key: Key, tones: Sequence[int], start: int, end: int, bass: int | None = None, name: str = ""
) -> Chord:
    """Return the chord of the pitch classes `tones`, the root first; they need not be in the key."""
    root, third = tones[0], tones[1]
    fifth = tones[2] if len(tones) > 2 else tones[1]
    voiced = tuple(tones) if len(tones) <= 4 else (tones[0], tones[1], *tones[3:5])
    if len(tones) == 2:
        voiced = (tones[0], tones[1], tones[0])
    used = {*tones} if bass is None else {*tones, bass}
    scale = _from_root(chord_scale(key, used), root)
    shown = name or chord_name(root, tones)
    return Chord(start, end, voiced, (root, third, fifth), scale, root if bass is None else bass, shown)


def chord_scale(key: Key, tones: set[int]) -> tuple[int, ...]:
    """Return the scale for a chord: the key's, with each foreign tone replacing its chromatic neighbours.

    Over E7 in A minor that is A minor with G# instead of G and A.
    """
    foreign = tones - set(key.scale)
    displaced = {(tone + side) % 12 for tone in foreign for side in (1, -1)} - tones
    return tuple(sorted((set(key.scale) - displaced) | tones))


def _from_root(scale: Sequence[int], root: int) -> tuple[int, ...]:
    return tuple(sorted(scale, key=lambda pitch: (pitch - root) % 12))


def chord_name(root: int, tones: Sequence[int]) -> str:
    """Return the chord symbol: the root and the first quality with exactly these tones."""
    intervals = {(tone - root) % 12 for tone in tones}
    quality = next((name for name, tones_of_quality in QUALITIES.items() if set(tones_of_quality) == intervals), "")
    return _NAMES[root] + quality


def lay_given(
    bars: Sequence[Sequence[ChordSymbol]], key: Key, measures: Sequence[Measure], bar_lines: Sequence[int]
) -> list[Chord]:
    """Return the user's chords over the whole piece, repeated from their first bar as often as needed.

    `bar_lines` are the ticks of all bar lines, the last one at the piece's end or after it.
    """
    chords: list[Chord] = []
    groups = [measure.start + group.start for measure in measures for group in measure.groups]
    for number, (first, end) in enumerate(pairwise(bar_lines)):
        bar = bars[number % len(bars)]
        inner = groups[bisect_right(groups, first) : bisect_left(groups, end)]
        cuts = _cuts(first, end - first, len(bar), inner)
        for symbol, start, stop in zip(bar, cuts, cuts[1:], strict=False):
            name = "" if symbol.degree else symbol.text
            if stop > start:
                chords.append(chord_from_tones(key, symbol.tones_in(key), start, stop, symbol.bass, name))
    return chords


def _cuts(start: int, length: int, count: int, groups: Sequence[int]) -> list[int]:
    """Divide a bar among `count` chords: at the nearest starts of beat groups if there are enough of them."""
    cuts = [start]
    for index in range(1, count):
        exact = start + length * index // count
        nearest = min(groups, key=lambda at: abs(at - exact), default=exact)
        cuts.append(nearest if nearest > cuts[-1] and len(groups) >= count - 1 else max(exact, cuts[-1]))
    return [*cuts, start + length]


def chord_at(chords: Sequence[Chord], tick: int) -> Chord:
    """Return the chord that sounds at `tick`; after the end of the piece, the last one."""
    return chords[max(0, bisect_right(chords, tick, key=lambda chord: chord.start) - 1)]


def chords_within(chords: Sequence[Chord], start: int, end: int) -> list[Chord]:
    """Return the chords that sound between `start` and `end`."""
    return [chord for chord in chords if chord.start < end and chord.end > start]
