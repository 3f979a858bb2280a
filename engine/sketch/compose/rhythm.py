"""From written patterns to rhythms: laid over a measure, their open marks settled once for a whole section."""

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

PICKS = 5040
"""Picks are drawn below this number, which every count of alternatives up to 10 divides: all are equally likely."""


HABIT_STEPS = (1, 2, 3, 4, 6, 8)
"""Sixteenths after a stroke at which a player may put one of his own."""


class Cell(NamedTuple):
    """A pattern's mark on a measure; times in ticks, `start` from the piece's start."""

    start: int
    length: int
    symbol: str


class Habit(NamedTuple):
    """A player's own stroke: its mark, and the grid in ticks that it lies on."""

    symbol: str
    step: int


def habit_of(style: Style, symbol: str) -> Habit:
    """Return the habit of a player of `style`: on eighths where those swing, else on sixteenths."""
    swings = style.swing.long_share != Fraction(1, 2) and style.swing.pair_beats >= 1
    return Habit(symbol, EIGHTH if swings else SIXTEENTH)


@lru_cache(maxsize=4096)
def fitting(alternatives: tuple[Pattern, ...], intensity: int) -> tuple[Pattern, ...]:
    """Return the calmer half of `alternatives` for an intensity of 1 or 2, the busier half for 5, else all."""
    if intensity in (3, 4) or len(alternatives) < 3:
        return alternatives
    by_notes = sorted(alternatives, key=lambda pattern: len(pattern.marks))
    half = -(-len(by_notes) // 2)
    return tuple(by_notes[-half:] if intensity == 5 else by_notes[:half])


def lay_pattern(table: Patterns, measure: Measure, pick: int, step: int = 1, intensity: int = 3) -> Iterator[Cell]:
    """Lay alternative number `pick` (modulo how many fit the `intensity`) of `table` over `measure`.

    Where no pattern is written for the measure's meter, every group takes half a bar of 2/4, or of 6/8 if it is
    longer than a beat: the first half on strong groups, the second on weak ones. Marks off the grid of `step` ticks
    are left out.
    """
    if measure.key:
        alternatives = table.get(measure.key)
        if alternatives:
            choices = fitting(alternatives, intensity)
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
    """Spread `pattern` over `span` ticks from `start`, cut at `limit` ticks if that is not 0."""
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
    """Return the first (0) or second (1) half; what is held over the middle ends there."""
    if pattern.steps == 1:  # one note for the whole bar: each half has its own
        return pattern
    middle = pattern.steps // 2
    if which:
        later = (mark for mark in pattern.marks if mark.at >= middle)
        return Pattern(middle, tuple(mark._replace(at=mark.at - middle) for mark in later))
    marks = (mark for mark in pattern.marks if mark.at < middle)
    return Pattern(middle, tuple(mark._replace(hold=min(mark.hold, middle - mark.at)) for mark in marks))


def settle_level(symbol: str, chance: Random) -> str:
    """Settle a mark of the velocity ladder: its level 1–9, or "" if it is an open one and not played."""
    level = level_of(symbol, chance)
    return str(level) if level else ""


def draw_picks(chance: Random, answer: float) -> tuple[int, int]:
    """Draw the alternatives of odd and even measures; with the chance `answer` the even ones get another draw."""
    first, other = chance.randrange(PICKS), chance.randrange(PICKS)
    return first, other if chance.random() < answer else first


def _with_habit(cells: list[Cell], length: int, symbol: str, chance: Random, step: int) -> list[Cell]:
    """Add a stroke soon after one of `cells`, whose starts count from the measure's, or leave one out.

    No two players play just the same.
    """
    starts = {cell.start for cell in cells}
    free = sorted({cell.start + far * SIXTEENTH for cell in cells for far in HABIT_STEPS} - starts)
    places = [at for at in free if at < length and at % step == 0]
    if not places:  # he plays all the time: what is his own is a rest
        left_out = chance.randrange(1, len(cells)) if len(cells) > 2 else len(cells)
        return cells[:left_out] + cells[left_out + 1 :]
    at = chance.choice(places)
    following = min((start for start in starts if start > at), default=length)
    host = max((cell for cell in cells if cell.start < at), key=lambda cell: cell.start)
    held = max(SIXTEENTH, host.start + host.length - at)
    cut = [cell._replace(length=min(cell.length, at - cell.start)) if cell is host else cell for cell in cells]
    return sorted([*cut, Cell(at, min(held, following - at), symbol)])


class Frozen:
    """A rhythm of two measures that stays what it is for a whole section.

    Measures of one shape and parity are the same; a section whose measures differ (7/4 = 4 + 3) has more of them.
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

        `habit` is a stroke of the player's own in every measure; `intensity` is the section's, 1–5.
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
