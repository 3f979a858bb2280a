"""Turns the patterns of a style into rhythms: laid over a measure, with open marks decided once for a section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import NamedTuple

from engine.sketch.compose.events import level_of, stream
from engine.sketch.compose.grid import EIGHTH, SIXTEENTH, TICKS, Measure
from engine.sketch.pattern import Pattern
from engine.sketch.style.model import Patterns, Style

PICK_RANGE = 5040
"""Picks are drawn below this number; every number of alternatives up to 10 divides it, so all are equally likely."""
HABIT_STEPS = (1, 2, 3, 4, 6, 8)
"""Distances in sixteenths after a stroke at which a habit (see `Habit`) may put an extra one."""


class Cell(NamedTuple):
    """A pattern's mark on a measure; times in ticks, `start` from the piece's start."""

    start: int
    length: int
    symbol: str


class Habit(NamedTuple):
    """An extra stroke in every measure that differs from seed to seed: its mark, and its grid in ticks."""

    symbol: str
    step: int


def habit_of(style: Style, symbol: str) -> Habit:
    """Return the habit `symbol` for a part of `style`: on eighths where those swing, else on sixteenths."""
    swings = style.swing.long_share != Fraction(1, 2) and style.swing.pair_beats >= 1
    return Habit(symbol, EIGHTH if swings else SIXTEENTH)


@lru_cache(maxsize=4096)
def fitting_intensity(alternatives: tuple[Pattern, ...], intensity: int) -> tuple[Pattern, ...]:
    """Return the calmer half of `alternatives` for an intensity of 1 or 2, the busier half for 5, else all."""
    if intensity in (3, 4) or len(alternatives) < 3:
        return alternatives
    by_notes = sorted(alternatives, key=lambda pattern: len(pattern.marks))
    half = -(-len(by_notes) // 2)
    return tuple(by_notes[-half:] if intensity == 5 else by_notes[:half])


def lay_pattern(table: Patterns, measure: Measure, pick: int, step: int = 1, intensity: int = 3) -> Iterator[Cell]:
    """Lay alternative number `pick` (modulo the number that fit the `intensity`) of `table` over `measure`.

    If the measure's meter has no written patterns, every group takes half a bar of 2/4, or of 6/8 if it is longer
    than a beat: the first half on strong groups, the second on weak ones. Marks off the grid of `step` ticks are left
    out.
    """
    if measure.pattern_meter:
        alternatives = table.get(measure.pattern_meter)
        if alternatives:
            choices = fitting_intensity(alternatives, intensity)
            pattern = choices[pick % len(choices)]
            yield from _scaled(pattern, measure.start, measure.length, 0, step)
        return
    for group in measure.groups:
        alternatives = table.get("2/4" if group.length <= TICKS else "6/8")
        if alternatives:
            half = _half(alternatives[pick % len(alternatives)], 0 if group.strong else 1)
            span = TICKS if group.length <= TICKS else 6 * SIXTEENTH
            yield from _scaled(half, measure.start + group.start, span, group.length, step)


def _scaled(pattern: Pattern, start: int, span: int, limit: int, step: int) -> Iterator[Cell]:
    """Yield the cells of `pattern` spread over `span` ticks from `start`, cut after `limit` ticks (0 = uncut)."""
    if not pattern.steps:
        return
    unit = span // pattern.steps
    for mark in pattern.marks:
        at, end = mark.at * unit, (mark.at + mark.hold) * unit
        if limit and at >= limit:
            break
        if at % step == 0:
            yield Cell(start + at, (min(end, limit) if limit else end) - at, mark.symbol)


def _half(pattern: Pattern, which: int) -> Pattern:
    """Return the first (0) or second (1) half of `pattern`; notes held over the middle are cut there."""
    if pattern.steps == 1:  # one note for the whole bar: each half has its own
        return pattern
    middle = pattern.steps // 2
    if which:
        later = (mark for mark in pattern.marks if mark.at >= middle)
        return Pattern(middle, tuple(mark._replace(at=mark.at - middle) for mark in later))
    marks = (mark for mark in pattern.marks if mark.at < middle)
    return Pattern(middle, tuple(mark._replace(hold=min(mark.hold, middle - mark.at)) for mark in marks))


def settle_level(symbol: str, chance: Random) -> str:
    """Decide a mark of the velocity ladder: return its level 1–9, or "" for an open mark that is not played."""
    level = level_of(symbol, chance)
    return str(level) if level else ""


def draw_picks(chance: Random, answer: float) -> tuple[int, int]:
    """Draw the alternatives of odd and even measures; with probability `answer` the even ones are drawn again."""
    first, other = chance.randrange(PICK_RANGE), chance.randrange(PICK_RANGE)
    return first, other if chance.random() < answer else first


def _with_habit(cells: list[Cell], length: int, symbol: str, chance: Random, step: int) -> list[Cell]:
    """Add a stroke soon after one of `cells` (starts relative to the measure), or drop one if no step is free."""
    starts = {cell.start for cell in cells}
    free = sorted({cell.start + far * SIXTEENTH for cell in cells for far in HABIT_STEPS} - starts)
    places = [at for at in free if at < length and at % step == 0]
    if not places:  # no free step: the variation is a rest
        left_out = chance.randrange(1, len(cells)) if len(cells) > 2 else len(cells)
        return cells[:left_out] + cells[left_out + 1 :]
    at = chance.choice(places)
    following = min((start for start in starts if start > at), default=length)
    host = max((cell for cell in cells if cell.start < at), key=lambda cell: cell.start)
    held = max(SIXTEENTH, host.start + host.length - at)
    cut = [cell._replace(length=min(cell.length, at - cell.start)) if cell is host else cell for cell in cells]
    return sorted([*cut, Cell(at, min(held, following - at), symbol)])


class FrozenRhythm:
    """A rhythm of two measures that repeats unchanged through a section.

    Measures of equal layout and parity are equal; where layouts alternate (7/4 = 4 + 3) each has its own rhythm.
    """

    def __init__(
        self,
        table: Patterns,
        picks: tuple[int, int],
        name: tuple[object, ...],
        settle: Callable[[str, Random], str] = settle_level,
        step: int = 1,
        habit: Habit | None = None,
        intensity: int = 3,
    ) -> None:
        """Take alternative `picks[0]` of `table` in odd and `picks[1]` in even measures; `name` seeds open marks.

        `habit` is an extra stroke in every measure; `intensity` is the section's, 1–5.
        """
        self._table, self._picks, self._name, self._settle, self._step = table, picks, name, settle, step
        self._habit, self._intensity = habit, intensity
        self._cells: dict[tuple[object, ...], list[Cell]] = {}

    def measure(self, measure: Measure, parity: int) -> list[Cell]:
        """Return the cells of `measure`, the first (0) or second (1) of its pair."""
        shape = (measure.groups, parity)
        if shape not in self._cells:
            chance = stream(*self._name, measure.length, len(measure.groups), parity)
            laid = lay_pattern(self._table, measure, self._picks[parity], self._step, self._intensity)
            settled = (cell._replace(symbol=self._settle(cell.symbol, chance)) for cell in laid)
            cells = [cell._replace(start=cell.start - measure.start) for cell in settled if cell.symbol]
            if self._habit and cells:
                step = max(self._step, self._habit.step)
                cells = _with_habit(cells, measure.length, self._habit.symbol, chance, step)
            self._cells[shape] = cells
        return [cell._replace(start=cell.start + measure.start) for cell in self._cells[shape]]
