"""The piece's form: measures gathered into sections, from the lyrics' tags or by the style; and how fast it feels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.music import Meter
from engine.sketch.compose.arc import KINDS, Kind, share_measures, untagged
from engine.sketch.compose.grid import SIXTEENTH, TICKS, Measure, lay_measures, measures_per_bar
from engine.sketch.style.model import Style

FASTEST_STEP_S = 0.09
"""Hands do not play sixteenths shorter than this for long: above about 166 beats per minute they play eighths."""


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive measures under one letter.

    Attributes:
        index: from the piece's start.
        name: what it is ("verse").
        kind: its letter, intensity and rests.
        repeat: how often this letter was there before.
        whole: how many of the measures the piece plays to their end.
        size: how many measures a full section of this style has.
        then: the kind that follows, or None at the piece's end.
    """

    index: int
    name: str
    kind: Kind
    repeat: int
    measures: tuple[Measure, ...]
    whole: int
    size: int
    then: Kind | None = None

    @property
    def letter(self) -> str:
        """Sections of one letter play the same music."""
        return self.kind.letter

    @property
    def end(self) -> int:
        """End in ticks."""
        return self.measures[-1].end

    def fill_at(self, position: int) -> str:
        """Return "big", "small" or "": the fill that ends the measure at `position` within the section."""
        if position >= self.whole:
            return ""
        if position == self.size - 1 or position == len(self.measures) - 1 >= self.size:
            return "big"
        is_last = position == self.whole - 1 and self.whole > 1
        if is_last and self.then is not None and self.then.intensity > self.kind.intensity:
            return "big"
        return "small" if position % 4 == 3 or is_last else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the players share before a note is chosen. Times are felt ones: `feel` of them make one on the clock.

    Attributes:
        end: the piece's length in ticks, rounded up.
        step: the finest step that repeating parts may play, in ticks.
        feel: 1/2 where the style is played in half time, 2 in double time, else 1.
        length_beats: the piece's length in felt quarter notes, exact.
    """

    meter: Meter
    measures: tuple[Measure, ...]
    sections: tuple[Section, ...]
    end: int
    step: int
    feel: Fraction
    length_beats: Fraction


def feel_of(tempo: tuple[float, float], bpm: float) -> Fraction:
    """Return 1/2, 1 or 2: what `bpm` is multiplied by to come nearest to the range `tempo`; 1 on a tie."""

    def outside(feel: Fraction) -> float:
        felt = bpm * float(feel)
        return max(tempo[0] / felt, felt / tempo[1], 1.0)

    return min((Fraction(1), Fraction(1, 2), Fraction(2)), key=outside)


def make_plan(
    style: Style,
    meter: Meter,
    length_beats: Fraction,
    bpm: float,
    tags: Sequence[str] = (),
    energy: int = 0,
    feel: Fraction | None = None,
) -> Plan:
    """Return the plan of a piece of `length_beats` at a mean tempo of `bpm`.

    `tags` are the kinds of its sections, `energy` is added to the intensity of each, and `feel` None leaves to the
    style whether it is played in half or double time.
    """
    feel = feel or feel_of(style.tempo, bpm)
    felt_beats = length_beats * feel
    measures = tuple(lay_measures(meter, felt_beats, style.grouping))
    per_bar = measures_per_bar(meter, style.grouping)
    size = -(-style.section_bars // per_bar) * per_bar if per_bar <= style.section_bars else style.section_bars
    sections = _sections(_stretches(measures, size, tags), felt_beats, size, energy)
    step = 1 if 15.0 / (bpm * float(feel)) >= FASTEST_STEP_S else 2 * SIXTEENTH
    return Plan(meter, measures, sections, -int(-felt_beats * TICKS // 1), step, feel, felt_beats)


def _stretches(measures: Sequence[Measure], size: int, tags: Sequence[str]) -> list[tuple[str, Sequence[Measure]]]:
    """Return kinds and measures of the sections; what is longer than `size` becomes several."""
    if not tags:
        starts = range(0, len(measures), size)
        return list(zip(untagged(len(starts)), (measures[at : at + size] for at in starts), strict=True))
    stretches: list[tuple[str, Sequence[Measure]]] = []
    start = 0
    for kind, count in zip(tags, share_measures(tags, len(measures)), strict=True):
        for at in range(start, start + count, size):
            stretches.append((kind, measures[at : min(at + size, start + count)]))
        start += count
    return stretches


def _sections(
    stretches: Sequence[tuple[str, Sequence[Measure]]], length_beats: Fraction, size: int, energy: int
) -> tuple[Section, ...]:
    sections: list[Section] = []
    kinds = [_with_energy(KINDS[name], energy) for name, _ in stretches]
    for index, (kind, (name, part)) in enumerate(zip(kinds, stretches, strict=True)):
        repeat = sum(section.letter == kind.letter for section in sections)
        whole = sum(measure.end <= length_beats * TICKS for measure in part)
        then = kinds[index + 1] if index + 1 < len(kinds) else None
        sections.append(Section(index, name, kind, repeat, tuple(part), whole, size, then))
    return tuple(sections)


def _with_energy(kind: Kind, energy: int) -> Kind:
    return replace(kind, intensity=min(5, max(1, kind.intensity + energy)))
