"""The lead player: a motif and what becomes of it, a a' a b in eight bars, with rests to breathe and a cadence.

Strong notes are chord tones, the others move by step along a ladder of allowed notes (the scale, or its five-note
core). The sequence a' is the motif a step or two up or down the ladder; b goes its own way and comes to rest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from engine.music import Key
from engine.music.key import MODES
from engine.sketch.compose.events import Hit, stream
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import EIGHTH, SIXTEENTH, TICKS, Measure
from engine.sketch.compose.harmony import Chord, chord_at
from engine.sketch.compose.rhythm import Cell, Frozen, draw_picks
from engine.sketch.style import Style

PHRASES = ("a", "a'", "a", "b")
WIDEST_LEAP = 9
"""Semitones; wider ones are folded back."""
STEPS = (0, 1, 1, 1, 1, 1, 2, 2)
"""Ladder steps from note to note, as often as they come: mostly small, as sung melodies move (Huron 2006)."""
LIFT = {"A": 0, "B": 3, "C": 5}
"""How many semitones a section's melody lies higher than the first one's."""


def play_lead(
    style: Style,
    key: Key,
    section: Section,
    chords: Sequence[Chord],
    seed: int,
    take: int,
    step: int = 1,
    before: int | None = None,
) -> list[Hit]:
    """Return the melody of `section` over `chords`; `before` is the pitch that it comes from."""
    singer = _Singer(style, key, section, seed, take, step, before)
    hits: list[Hit] = []
    for start in range(0, len(section.measures), 2):
        phrase = PHRASES[start // 2 % 4]
        hits += singer.sing(phrase, section.measures[start : start + 2], chords)
    return hits


def rest_on_chord(hits: Sequence[Hit], chords: Sequence[Chord], end: int, ladder: Sequence[int]) -> list[Hit]:
    """Let the piece's last melody note before `end` be the root or third of its chord, and ring.

    A piece too short for the melody's first note gets one at its start.
    """
    middle = ladder[len(ladder) // 2]
    played = sorted(hit for hit in hits if hit.start < end) or [Hit(0, TICKS, middle, 6)]
    last = played[-1]
    chord = chord_at(chords, last.start)
    near = played[-2].pitch if len(played) > 1 else last.pitch
    within = [note for note in ladder if abs(note - near) <= WIDEST_LEAP]
    pitch = _nearest(within, chord.triad[:2], last.pitch)
    length = max(last.length, min(chord.end, last.start + 2 * TICKS) - last.start)
    return [*played[:-1], last._replace(pitch=pitch, length=length)]


def scale_ladder(style: Style, key: Key) -> list[int]:
    """Return every note of the key in the lead's range, ascending."""
    part = style.parts["lead"]
    return [pitch for pitch in range(part.low, part.high + 1) if pitch % 12 in key.scale]


@dataclass(frozen=True, slots=True)
class _Motif:
    """A rhythm of two measures and a contour: ladder steps above the phrase's first note, note by note."""

    rhythm: Frozen
    contour: tuple[int, ...]


class _Singer:
    """One section's melody in the making; remembers the note before, so that nothing leaps too far."""

    def __init__(
        self, style: Style, key: Key, section: Section, seed: int, take: int, step: int, before: int | None
    ) -> None:
        name = (seed, "lead", section.letter, take)
        chance = stream(*name)
        part = style.parts["lead"]
        self._gate = part.gate
        self._scale = scale_ladder(style, key)
        self._ladder = _pentatonic(key, self._scale) if style.pentatonic else self._scale
        self._home = part.low + (part.high - part.low) // 3 + LIFT[section.letter] + chance.randint(-2, 2)
        self._last = before
        self._shift = chance.choice((1, 1, -1, -1, 2))
        self._half_answer = chance.random() < 0.5
        self._motifs = {
            letter: _Motif(Frozen(style.lead, draw_picks(chance, 0.7), (*name, letter), step=step), _contour(chance))
            for letter in "ab"
        }

    def sing(self, phrase: str, measures: Sequence[Measure], chords: Sequence[Chord]) -> list[Hit]:
        """Return one phrase, two measures (or what is left of them)."""
        motif = self._motifs[phrase[0]]
        cells: list[Cell] = []
        for parity, measure in enumerate(measures):
            laid = motif.rhythm.measure(measure, parity)
            cells += self._breathe(laid, measure, phrase) if parity else laid
        first = _nearest(self._scale, chord_at(chords, measures[0].start).triad, self._home)
        anchor = _index(self._ladder, first) + (self._shift if phrase == "a'" else 0)
        strong = {measure.start + group.start for measure in measures for group in measure.groups if group.strong}
        hits: list[Hit] = []
        for number, cell in enumerate(cells):
            rung = anchor + motif.contour[number % len(motif.contour)]
            pitch = self._ladder[_reflect(rung, len(self._ladder) - 1)]
            is_last = number == len(cells) - 1
            pitch = self._fit(cell, pitch, cell.start in strong or cell.length > EIGHTH or is_last, chords)
            # After the rest between two phrases a wider leap is easy to sing, and keeps the motif in its place.
            self._last = self._near(pitch, WIDEST_LEAP if number else 12, chord_at(chords, cell.start))
            length = max(SIXTEENTH // 2, round(cell.length * self._gate))
            hits.append(Hit(cell.start, length, self._last, int(cell.symbol)))
        return hits

    def _breathe(self, cells: list[Cell], measure: Measure, phrase: str) -> list[Cell]:
        """Leave room after the call; the answer may go on; the last phrase comes to rest on a long note."""
        middle = measure.start + (measure.middle or measure.length)
        if phrase == "b":
            ahead = [cell for cell in cells if cell.start < middle - EIGHTH][:3]
            kept = [cell._replace(length=min(cell.length, middle - cell.start)) for cell in ahead]
            if middle == measure.end:
                return cells[:1]
            return [*kept, Cell(middle, max(EIGHTH, measure.end - middle - EIGHTH), "7")]
        if phrase == "a'" and not self._half_answer:
            return cells
        return [cell._replace(length=min(cell.length, TICKS)) for cell in cells if cell.start < middle]

    def _fit(self, cell: Cell, pitch: int, is_strong: bool, chords: Sequence[Chord]) -> int:
        return _nearest(self._scale, chord_at(chords, cell.start).triad, pitch) if is_strong else pitch

    def _near(self, pitch: int, widest: int, chord: Chord) -> int:
        """Bring `pitch` within `widest` semitones of the note before: by octaves, or else to a chord tone there."""
        last = pitch if self._last is None else self._last
        while pitch - last > widest:
            pitch -= 12
        while last - pitch > widest:
            pitch += 12
        fits = self._scale[0] <= pitch <= self._scale[-1] and abs(pitch - last) <= widest
        return pitch if fits else _nearest(self._scale, chord.triad, last)


def _contour(chance: Random) -> tuple[int, ...]:
    """A random walk along the ladder that mostly rises first and falls later, the arch of most phrases."""
    height, walk = 0, [0]
    top = chance.randint(3, 6)
    for _ in range(23):
        rising = 0.75 if len(walk) <= top else 0.3
        if abs(height) > 3:
            rising = 0.1 if height > 0 else 0.9
        height += chance.choice(STEPS) * (1 if chance.random() < rising else -1)
        walk.append(height)
    return tuple(walk)


def _pentatonic(key: Key, ladder: Sequence[int]) -> list[int]:
    """Leave out the two degrees that rub: 4 and 7 of major-like modes, 2 and 6 of minor-like ones."""
    left_out = (3, 6) if MODES[key.mode][2] == 4 else (1, 5)
    pitch_classes = {key.scale[degree] for degree in left_out}
    return [pitch for pitch in ladder if pitch % 12 not in pitch_classes]


def _nearest(ladder: Sequence[int], pitch_classes: Sequence[int], pitch: int) -> int:
    """The note of `ladder` nearest to `pitch` that is of `pitch_classes`; the lower one on a tie."""
    return min((note for note in ladder if note % 12 in pitch_classes), key=lambda note: (abs(note - pitch), note))


def _reflect(rung: int, top: int) -> int:
    """Turn back at the ladder's ends: a line that stayed there would stick to one note."""
    rung = abs(rung)
    return max(0, 2 * top - rung) if rung > top else rung


def _index(ladder: Sequence[int], pitch: int) -> int:
    return min(bisect_left(ladder, pitch), len(ladder) - 1)
