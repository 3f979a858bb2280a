"""The bass part: a two-bar line of chord tones, with a walk into the next chord where a phrase ends."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from engine.sketch.compose.events import MAYBE, TickHit, stream
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import EIGHTH, SIXTEENTH, TICKS, Measure
from engine.sketch.compose.harmony import Chord, chord_at
from engine.sketch.compose.rhythm import Cell, FrozenRhythm, draw_picks
from engine.sketch.style.model import Style

LOWEST, HIGHEST = 28, 48
"""Range in MIDI notes: E1, a bass's lowest string, to C3."""
LEVELS = {"R": 8, "r": 5, "3": 6, "5": 6, "7": 6, "8": 7, "n": 6, "x": 2, "w": 7, "N": 7}
WALK_CHANCE = 0.7
ROOT_SWAP_CHANCE = 0.2
PATTERNS = 4


def play_bass(
    style: Style, section: Section, chords: Sequence[Chord], seed: int, take: int, step: int = 1
) -> list[TickHit]:
    """Return the bass line of `section` over `chords`; marks off the grid of `step` ticks are left out."""
    # A seed offers few patterns to choose from: of all patterns the critic would prefer the same ones for every seed.
    picks = draw_picks(stream(seed, "bass", section.letter, "pattern", take % PATTERNS), 0.6)
    line = FrozenRhythm(
        style.bass, picks, (seed, "bass", section.letter, take), _decide, step, intensity=section.kind.intensity
    )
    habit = stream(seed, "bass", section.letter, "habit")
    habits = [(habit.random(), habit.choice("58r3")) for _ in range(2)]
    finger = _BassLineBuilder(chords, style.parts["bass"].gate)
    for position, measure in enumerate(section.measures):
        cells = _with_habit(line.measure(measure, position % 2), measure, *habits[position % 2])
        if section.fill_at(position) and measure.length > 4 * EIGHTH:
            cells = _walked(cells, measure, stream(seed, "bass", "walk", section.letter, take, position))
        if measure.start == 0:
            cells = _from_the_start(cells)
        for cell in cells:
            begins = cell.start in (measure.start, chord_at(chords, cell.start).start)
            finger.play(cell._replace(symbol="R") if begins else cell)
    return finger.hits


def _decide(symbol: str, chance: Random) -> str:
    """Decide an open mark ("?"); now and then swap a tone, so that lines differ from seed to seed."""
    if symbol == "?":
        return chance.choice("r58") if chance.random() < MAYBE else ""
    if symbol in "857" and chance.random() < 0.25:
        return chance.choice("857")
    if symbol == "R" and chance.random() < ROOT_SWAP_CHANCE:
        return chance.choice("58r")
    return symbol


def _with_habit(cells: Sequence[Cell], measure: Measure, place: float, tone: str) -> list[Cell]:
    """Add the seed's own note to a measure: `tone` on the eighth at `place` (0–1), never on the downbeat."""
    eighths = measure.length // EIGHTH
    at = measure.start + EIGHTH * (1 + int(place * (eighths - 1)))
    if eighths < 3:
        return list(cells)
    others = [cell for cell in cells if cell.start != at]
    cut = [c._replace(length=min(c.length, at - c.start)) if c.start < at else c for c in others]
    following = min((cell.start for cell in others if cell.start > at), default=measure.end)
    return sorted([*cut, Cell(at, min(EIGHTH, following - at), tone)])


def _walked(cells: Sequence[Cell], measure: Measure, chance: Random) -> list[Cell]:
    """Lead into the next phrase: replace the last beat by a fifth, octave or root and a step into the new root."""
    if chance.random() >= WALK_CHANCE:
        return list(cells)
    start = measure.end - 2 * EIGHTH
    kept = [cell._replace(length=min(cell.length, start - cell.start)) for cell in cells if cell.start < start]
    first = chance.choice("58R")
    return [*kept, Cell(start, EIGHTH, first), Cell(start + EIGHTH, EIGHTH, "n")]


def _from_the_start(cells: list[Cell]) -> list[Cell]:
    """Add a root on the piece's first beat to a line that would start later: the tonic sounds at once."""
    if cells and cells[0].start == 0:
        return cells
    first = min((cell.start for cell in cells), default=TICKS)
    return [Cell(0, min(TICKS, first), "R"), *cells]


class _BassLineBuilder:
    """Turns marks into notes in order; pitches count from the root's lowest position on the instrument."""

    def __init__(self, chords: Sequence[Chord], gate: float) -> None:
        self._chords, self._gate = chords, gate
        self.hits: list[TickHit] = []

    def play(self, cell: Cell) -> None:
        chord = chord_at(self._chords, cell.start)
        length = max(SIXTEENTH // 2, round(cell.length * self._gate))
        pitch = self._pitch(chord, chord_at(self._chords, chord.end), cell.symbol)
        self.hits.append(TickHit(cell.start, length, pitch, LEVELS[cell.symbol]))

    def _pitch(self, chord: Chord, following: Chord, symbol: str) -> int:
        root, goal = _lowest(chord.bass), _lowest(following.bass)
        if symbol == "8":
            return root + 12 if root + 12 <= HIGHEST else root
        if symbol in "35":
            tone = root + (chord.triad[1 if symbol == "3" else 2] - root) % 12
            return tone if tone < HIGHEST - 2 else tone - 12
        if symbol == "7":
            return _step(chord.scale, root, -1)
        if symbol == "N":
            return goal if goal % 12 in chord.scale else root
        if symbol == "n":
            return _step(chord.scale, goal, 1 if root > goal or goal - 2 < LOWEST else -1)
        if symbol == "w":
            return self._walk(chord, root, goal)
        return root

    def _walk(self, chord: Chord, root: int, goal: int) -> int:
        """Step along the scale towards the next root, or away from it where it is already reached."""
        last = self.hits[-1].pitch if self.hits else root
        towards = 1 if goal > last or (goal == last and last + 12 <= HIGHEST) else -1
        stepped = _step(chord.scale, last, towards)
        return stepped if LOWEST <= stepped <= HIGHEST else _step(chord.scale, last, -towards)


def _step(scale: Sequence[int], pitch: int, direction: int) -> int:
    """Return the next note of `scale` above (1) or below (−1) `pitch`, an octave up if below `LOWEST`."""
    moved = next(pitch + direction * far for far in range(1, 13) if (pitch + direction * far) % 12 in scale)
    return moved + 12 if moved < LOWEST else moved


def _lowest(pitch_class: int) -> int:
    return LOWEST + (pitch_class - LOWEST) % 12
