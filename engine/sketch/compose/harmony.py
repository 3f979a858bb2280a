"""Chords: a progression of the style, in the key, or one that the user gave, laid over the measures."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from engine.music import Key
from engine.music.chords import QUALITIES, ChordSymbol
from engine.sketch.compose.events import stream
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import Measure
from engine.sketch.style.model import Progression, Step, Style

TURNAROUND_CHANCE = 0.4
_TURNS = {"locrian": 3, "phrygian": 2}
"""Degree that leads back to the tonic in the modes whose fifth degree has a diminished triad, or is flat itself."""
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord that sounds from `start` to `end` (ticks).

    Attributes:
        tones: pitch classes that are voiced, the root first; a power chord has its root twice.
        triad: pitch classes of root, third and fifth (of what stands in for them in a suspended chord).
        scale: every pitch class that may be played over it, upwards from the root.
        bass: pitch class that the bass takes for the root.
        name: as a lead sheet has it.
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
    """Return the chords of `section`, without gaps; `take` chooses another progression or other colours."""
    chance = stream(seed, "harmony", section.letter, take)
    pool = style.harmony[key.mode]
    first = chance.choice(pool)
    answer = chance.choice(pool) if chance.random() < 0.4 else first
    colour = chance.choice(style.colours)
    turns = chance.random() < TURNAROUND_CHANCE
    chords: list[Chord] = []
    for position, measure in enumerate(section.measures):
        steps = _steps_at(first, answer, position)
        if turns and position == section.size - 1 and len(steps) == 1 and section.size > 4:
            steps = (steps[0], Step(_TURNS.get(key.mode, 5)))
        cuts = [measure.start, measure.end]
        if len(steps) > 1 and measure.middle:
            cuts.insert(1, measure.start + measure.middle)
        for step, start, end in zip(steps, cuts, cuts[1:], strict=False):
            chords.append(build_chord(key, step, colour, start, end))
    return chords


def _steps_at(first: Progression, answer: Progression, position: int) -> tuple[Step, ...]:
    """Return the chords of the measure at `position`: of two short progressions in turn, or one long one."""
    turn = answer if len(first) == len(answer) and position // len(first) % 2 else first
    return turn[position % len(turn)]


def build_chord(key: Key, step: Step, colour: Sequence[int], start: int, end: int) -> Chord:
    """Stack thirds of the scale on a degree, or the chord of the quality that the step says.

    A ninth a semitone above the root (on iii of major) would bite: the first of 5, 7 that is not yet there stands
    in for it.
    """
    scale = key.scale
    pitch = {tone: scale[(step.degree - 1 + tone - 1) % 7] for tone in (1, 3, 5, 7, 8, 9)}
    if step.quality:
        root = pitch[1]
        return chord_of(key, tuple((root + interval) % 12 for interval in QUALITIES[step.quality]), start, end)
    tones = list(colour)
    if 9 in tones and (pitch[9] - pitch[1]) % 12 == 1:
        tones[tones.index(9)] = next(tone for tone in (5, 7) if tone not in tones)
    voiced = tuple(pitch[tone] for tone in tones)
    name = chord_name(pitch[1], (pitch[1], pitch[3], pitch[5]))
    return Chord(start, end, voiced, (pitch[1], pitch[3], pitch[5]), _from_root(scale, pitch[1]), pitch[1], name)


def chord_of(key: Key, tones: Sequence[int], start: int, end: int, bass: int | None = None, name: str = "") -> Chord:
    """Return the chord of the pitch classes `tones`, the root first, whatever the key says about them."""
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
    """Return the pitch classes that go with a chord: the key's, in which its foreign tones displace their neighbours.

    Over E7 in A minor that is A minor with G# in place of G.
    """
    foreign = tones - set(key.scale)
    displaced = {(tone + side) % 12 for tone in foreign for side in (1, -1)} - tones
    return tuple(sorted((set(key.scale) - displaced) | tones))


def _from_root(scale: Sequence[int], root: int) -> tuple[int, ...]:
    return tuple(sorted(scale, key=lambda pitch: (pitch - root) % 12))


def chord_name(root: int, tones: Sequence[int]) -> str:
    """Return a lead sheet's name of the chord: the first quality that has just these tones."""
    intervals = {(tone - root) % 12 for tone in tones}
    quality = next((name for name, wanted in QUALITIES.items() if set(wanted) == intervals), "")
    return _NAMES[root] + quality


def lay_given(
    bars: Sequence[Sequence[ChordSymbol]], key: Key, measures: Sequence[Measure], bar_ticks: int
) -> list[Chord]:
    """Return the user's chords over the whole piece, their bars from the start again when they are used up."""
    chords: list[Chord] = []
    groups = [measure.start + group.start for measure in measures for group in measure.groups]
    for number in range(-(-measures[-1].end // bar_ticks)):
        bar = bars[number % len(bars)]
        first = number * bar_ticks
        inner = groups[bisect_right(groups, first) : bisect_left(groups, first + bar_ticks)]
        cuts = _cuts(first, bar_ticks, len(bar), inner)
        for symbol, start, stop in zip(bar, cuts, cuts[1:], strict=False):
            name = "" if symbol.degree else symbol.text
            if stop > start:
                chords.append(chord_of(key, symbol.tones_in(key), start, stop, symbol.bass, name))
    return chords


def _cuts(start: int, length: int, count: int, groups: Sequence[int]) -> list[int]:
    """Share a bar among `count` chords: at the nearest starts of beat groups where those are enough."""
    cuts = [start]
    for index in range(1, count):
        exact = start + length * index // count
        nearest = min(groups, key=lambda at: abs(at - exact), default=exact)
        cuts.append(nearest if nearest > cuts[-1] and len(groups) >= count - 1 else max(exact, cuts[-1]))
    return [*cuts, start + length]


def chord_at(chords: Sequence[Chord], tick: int) -> Chord:
    """Return the chord that sounds at `tick`: the last one after the end."""
    return chords[max(0, bisect_right(chords, tick, key=lambda chord: chord.start) - 1)]


def chords_within(chords: Sequence[Chord], start: int, end: int) -> list[Chord]:
    """Return the chords that sound between `start` and `end`."""
    return [chord for chord in chords if chord.start < end and chord.end > start]
