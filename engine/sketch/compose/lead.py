"""The lead part: a motif developed as a a' a b in eight bars, with rests between phrases and a cadence.

Strong notes are chord tones, the others move by step along a ladder of allowed notes (the scale, or its pentatonic
core). The sequence a' is the motif moved up or down the ladder by a step or two; b has its own motif and a long note.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from engine.music import Key
from engine.music.key import MODES
from engine.sketch.compose.events import TickHit, stream
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import EIGHTH, SIXTEENTH, TICKS, Measure
from engine.sketch.compose.harmony import Chord, chord_at
from engine.sketch.compose.rhythm import Cell, FrozenRhythm, draw_picks
from engine.sketch.style.model import Style

PHRASES = ("a", "a'", "a", "b")
WIDEST_LEAP = 9
"""Widest leap in semitones; wider ones are moved by octaves."""
STEPS = (0, 1, 1, 1, 1, 1, 2, 2)
"""Ladder steps from note to note, weighted by repetition: mostly small, as in sung melodies (Huron 2006)."""
PICKUP_CHANCE = 0.5
SOLO_INTENSITY, SOLO_LIFT = 4, 7


def play_lead(
    style: Style,
    key: Key,
    section: Section,
    chords: Sequence[Chord],
    seed: int,
    take: int,
    step: int = 1,
    before: int | None = None,
) -> list[TickHit]:
    """Return the melody of `section` over `chords`; `before` is the last pitch of the section before."""
    builder = _MelodyBuilder(style, key, section, seed, take, step, before)
    hits: list[TickHit] = []
    for start in range(0, len(section.measures), 2):
        phrase = PHRASES[start // 2 % 4]
        hits += builder.play_phrase(phrase, section.measures[start : start + 2], chords)
    if section.next_kind is not None and stream(seed, "lead", "pickup", section.index).random() < PICKUP_CHANCE:
        hits = _cut_before(hits, section.end - 2 * EIGHTH) + builder.pick_up(section.end, chords)
    return hits


def end_on_chord_tone(hits: Sequence[TickHit], chords: Sequence[Chord], end: int, pitches: range) -> list[TickHit]:
    """Make the last melody note before tick `end` the root or third of its chord, and lengthen it.

    If no note starts before `end`, one is put at the piece's start. `pitches` is the melody's range.
    """
    middle = pitches[len(pitches) // 2]
    played = sorted(hit for hit in hits if hit.start < end) or [TickHit(0, TICKS, middle, 6)]
    last = played[-1]
    chord = chord_at(chords, last.start)
    near = played[-2].pitch if len(played) > 1 else last.pitch
    within = [note for note in pitches if abs(note - near) <= WIDEST_LEAP]
    pitch = _nearest(within, chord.triad[:2], last.pitch)
    length = max(last.length, min(chord.end, last.start + 2 * TICKS) - last.start)
    return [*played[:-1], last._replace(pitch=pitch, length=length)]


def _cut_before(hits: Sequence[TickHit], tick: int) -> list[TickHit]:
    """Return the hits that start before `tick`, cut there."""
    return [hit._replace(length=min(hit.length, tick - hit.start)) for hit in hits if hit.start < tick]


@dataclass(frozen=True, slots=True)
class _Motif:
    """A rhythm of two measures and a contour: ladder steps above the phrase's first note, note by note."""

    rhythm: FrozenRhythm
    contour: tuple[int, ...]


class _MelodyBuilder:
    """Builds the melody of one section; keeps track of the note before, to limit leaps."""

    def __init__(
        self, style: Style, key: Key, section: Section, seed: int, take: int, step: int, before: int | None
    ) -> None:
        name = (seed, "lead", section.letter, take)
        chance = stream(*name)
        part = style.parts["lead"]
        self._gate = part.gate
        self._range = range(part.low, part.high + 1)
        self._scale = [pitch for pitch in self._range if pitch % 12 in key.scale]
        self._ladder = _pentatonic(key, self._scale) if style.pentatonic else self._scale
        self._home = part.low + (part.high - part.low) // 3 + section.kind.lift + chance.randint(-2, 2)
        self._last = before
        self._shift = chance.choice((1, 1, -1, -1, 2))
        is_solo = section.kind.lift >= SOLO_LIFT and section.kind.intensity == SOLO_INTENSITY
        self._is_solo = is_solo
        self._half_answer = chance.random() < 0.5
        rush = 5 if is_solo else 3
        self._motifs = {
            letter: _Motif(
                FrozenRhythm(style.lead, draw_picks(chance, 0.7), (*name, letter), step=step, intensity=rush),
                _contour(chance),
            )
            for letter in "ab"
        }

    def play_phrase(self, phrase: str, measures: Sequence[Measure], chords: Sequence[Chord]) -> list[TickHit]:
        """Return the notes of one phrase over two measures (or one at the section's end)."""
        motif = self._motifs[phrase[0]]
        cells: list[Cell] = []
        for parity, measure in enumerate(measures):
            laid = motif.rhythm.measure(measure, parity)
            cells += self._breathe(laid, measure, phrase) if parity else laid
        first = _nearest(self._range, chord_at(chords, measures[0].start).triad, self._home)
        anchor = _rung_of(self._ladder, first) + (self._shift if phrase == "a'" else 0)
        strong = {measure.start + group.start for measure in measures for group in measure.groups if group.strong}
        hits: list[TickHit] = []
        for number, cell in enumerate(cells):
            rung = anchor + motif.contour[number % len(motif.contour)]
            pitch = self._ladder[_reflect(rung, len(self._ladder) - 1)]
            is_last = number == len(cells) - 1
            pitch = self._fit(cell, pitch, cell.start in strong or cell.length > EIGHTH or is_last, chords)
            # After the rest between two phrases a wider leap is easy to sing, and keeps the motif in its register.
            hits.append(self._note(cell, pitch, WIDEST_LEAP if number else 12, chords))
        return hits

    def pick_up(self, end: int, chords: Sequence[Chord]) -> list[TickHit]:
        """Return two eighths that lead from the last note over the bar line at tick `end`."""
        ahead = chord_at(chords, end - 2 * EIGHTH)
        goal = self._nearest_home(ahead)
        below = [note for note in self._scale if note < goal and note % 12 in ahead.scale][-2:]
        cells = [Cell(end - EIGHTH * (len(below) - index), EIGHTH, "6") for index in range(len(below))]
        return [self._note(cell, pitch, 12, chords) for cell, pitch in zip(cells, below, strict=True)]

    def _nearest_home(self, chord: Chord) -> int:
        return _nearest(self._range, chord.triad, self._home)

    def _note(self, cell: Cell, pitch: int, widest: int, chords: Sequence[Chord]) -> TickHit:
        """Return the hit for `pitch`, moved near the note before; it ends at the next chord if foreign to it."""
        chord = chord_at(chords, cell.start)
        pitch = self._within_leap(pitch, widest, chord)
        if pitch % 12 not in chord.scale:
            pitch = _nearest(self._range, chord.triad, pitch)
        self._last = pitch
        length = max(SIXTEENTH // 2, round(cell.length * self._gate))
        stays = pitch % 12 in chord_at(chords, chord.end).scale
        return TickHit(cell.start, length if stays else min(length, chord.end - cell.start), pitch, int(cell.symbol))

    def _breathe(self, cells: list[Cell], measure: Measure, phrase: str) -> list[Cell]:
        """Shorten a phrase's second measure: a rest after a call, a long note in phrase b, else no change."""
        middle = measure.start + (measure.middle or measure.length)
        if phrase == "b":
            ahead = [cell for cell in cells if cell.start < middle - EIGHTH][:3]
            kept = [cell._replace(length=min(cell.length, middle - cell.start)) for cell in ahead]
            if middle == measure.end:
                return cells[:1]
            return [*kept, Cell(middle, max(EIGHTH, measure.end - middle - EIGHTH), "7")]
        if (phrase != "b" and self._is_solo) or (phrase == "a'" and not self._half_answer):
            return cells
        return [cell._replace(length=min(cell.length, TICKS)) for cell in cells if cell.start < middle]

    def _fit(self, cell: Cell, pitch: int, is_strong: bool, chords: Sequence[Chord]) -> int:
        return _nearest(self._range, chord_at(chords, cell.start).triad, pitch) if is_strong else pitch

    def _within_leap(self, pitch: int, widest: int, chord: Chord) -> int:
        """Return `pitch` moved by octaves to within `widest` semitones of the note before, or a near chord tone."""
        last = pitch if self._last is None else self._last
        while pitch - last > widest:
            pitch -= 12
        while last - pitch > widest:
            pitch += 12
        fits = self._scale[0] <= pitch <= self._scale[-1] and abs(pitch - last) <= widest
        return pitch if fits else _nearest(self._range, chord.triad, last)


def _contour(chance: Random) -> tuple[int, ...]:
    """Return a random walk along the ladder that mostly rises first and falls later, the arch of most phrases."""
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
    """Return `ladder` without the two most dissonant degrees: 4 and 7 of major modes, 2 and 6 of minor ones."""
    left_out = (3, 6) if MODES[key.mode][2] == 4 else (1, 5)
    pitch_classes = {key.scale[degree] for degree in left_out}
    return [pitch for pitch in ladder if pitch % 12 not in pitch_classes]


def _nearest(ladder: Sequence[int], pitch_classes: Sequence[int], pitch: int) -> int:
    """Return the note of `ladder` nearest to `pitch` whose pitch class is in `pitch_classes`; the lower on a tie."""
    return min((note for note in ladder if note % 12 in pitch_classes), key=lambda note: (abs(note - pitch), note))


def _reflect(rung: int, top: int) -> int:
    """Return `rung` reflected at the ladder's ends 0 and `top`, so that a line does not stick to one note there."""
    rung = abs(rung)
    return max(0, 2 * top - rung) if rung > top else rung


def _rung_of(ladder: Sequence[int], pitch: int) -> int:
    return min(bisect_left(ladder, pitch), len(ladder) - 1)
