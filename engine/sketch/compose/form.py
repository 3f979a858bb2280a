"""The piece's form: measures gathered into sections of about eight bars that alternate A A B A."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.music import Meter
from engine.sketch.compose.grid import SIXTEENTH, TICKS, Measure, lay_measures, measures_per_bar
from engine.sketch.style import Style

FORM = "AABAAACA"
"""Letters of consecutive sections, again from the start when used up: verse and chorus with one bridge."""
SECTION_MEASURES = 8
FASTEST_STEP_S = 0.09
"""Hands do not play sixteenths shorter than this for long: above about 166 beats per minute they play eighths."""


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive measures under one letter.

    Attributes:
        index: from the piece's start.
        repeat: how often this letter was there before.
        whole: how many of the measures the piece plays to their end.
    """

    index: int
    letter: str
    repeat: int
    measures: tuple[Measure, ...]
    whole: int

    def fill_at(self, position: int) -> str:
        """Return "big", "small" or "": the fill that ends the measure at `position` within the section."""
        if position >= self.whole:
            return ""
        if position == SECTION_MEASURES - 1 or position == len(self.measures) - 1 >= SECTION_MEASURES:
            return "big"
        ends_here = position == self.whole - 1 and self.whole > 1
        return "small" if position == SECTION_MEASURES // 2 - 1 or ends_here else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the players share before a note is chosen.

    Attributes:
        end: the piece's length in ticks, rounded up.
        step: the finest step that repeating parts may play, in ticks.
    """

    meter: Meter
    measures: tuple[Measure, ...]
    sections: tuple[Section, ...]
    end: int
    step: int


def make_plan(style: Style, meter: Meter, length_beats: Fraction, bpm: float) -> Plan:
    """Return the plan of a piece of `length_beats` at a mean tempo of `bpm`."""
    measures = tuple(lay_measures(meter, length_beats, style.grouping))
    per_bar = measures_per_bar(meter, style.grouping)
    size = -(-SECTION_MEASURES // per_bar) * per_bar if per_bar <= SECTION_MEASURES else SECTION_MEASURES
    end = -int(-length_beats * TICKS // 1)
    sections: list[Section] = []
    for start in range(0, len(measures), size):
        index = len(sections)
        letter = FORM[index % len(FORM)]
        repeat = sum(section.letter == letter for section in sections)
        part = measures[start : start + size]
        whole = sum(measure.end <= length_beats * TICKS for measure in part)
        sections.append(Section(index, letter, repeat, part, whole))
    step = 1 if 15.0 / bpm >= FASTEST_STEP_S else 2 * SIXTEENTH
    return Plan(meter, measures, tuple(sections), end, step)
