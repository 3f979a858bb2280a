"""The form of a piece: its measures grouped into sections, by lyrics tags or by the style, and its felt tempo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.music import Meter, MeterMap
from engine.sketch.compose.arc import KINDS, SectionKind, share_measures, untagged
from engine.sketch.compose.changing_meter import fitting_feel, lay_changing_measures, pulled, section_starts
from engine.sketch.compose.grid import SIXTEENTH, TICKS, Measure, lay_measures, measures_per_bar
from engine.sketch.style.model import Style

FASTEST_STEP_S = 0.09
"""Shortest sixteenth that players keep up for long: above about 166 beats per minute they play eighths."""


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive measures under one letter.

    Attributes:
        index: position among the sections, from 0.
        name: name of its kind ("verse").
        kind: its letter, intensity and rests.
        repeat: number of earlier sections with the same letter.
        complete_measures: number of its measures that end before the piece does.
        full_measures: number of measures of a full section of this style.
        next_kind: the kind of the section that follows, or None at the piece's end.
        leads_to_finale: True for the last section before a last chord, to which its last measure leads with a fill.
    """

    index: int
    name: str
    kind: SectionKind
    repeat: int
    measures: tuple[Measure, ...]
    complete_measures: int
    full_measures: int
    next_kind: SectionKind | None = None
    leads_to_finale: bool = False

    @property
    def letter(self) -> str:
        """Letter of the kind; sections of one letter play the same music."""
        return self.kind.letter

    @property
    def end(self) -> int:
        """End in ticks."""
        return self.measures[-1].end

    def fill_at(self, position: int) -> str:
        """Return "big", "small" or "": the fill that ends the measure at `position` within the section."""
        if position >= self.complete_measures:
            return ""
        if position == self.full_measures - 1 or position == len(self.measures) - 1 >= self.full_measures:
            return "big"
        if self.leads_to_finale and position == self.complete_measures - 1:
            return "big"
        is_last = position == self.complete_measures - 1 and self.complete_measures > 1
        if is_last and self.next_kind is not None and self.next_kind.intensity > self.kind.intensity:
            return "big"
        return "small" if position % 4 == 3 or is_last else ""


@dataclass(frozen=True, slots=True)
class FormPlan:
    """Form of a piece, shared by all parts. Times are in the felt tempo: felt beats = beats × `feel`.

    Attributes:
        end: the piece's length in ticks, rounded up.
        step: finest grid of repeating parts, in ticks.
        feel: 1/2 where the style is played in half time, 2 in double time, else 1.
        length_beats: the piece's length in felt quarter notes, exact.
    """

    measures: tuple[Measure, ...]
    sections: tuple[Section, ...]
    end: int
    step: int
    feel: Fraction
    length_beats: Fraction


def feel_of(tempo: tuple[float, float], bpm: float) -> Fraction:
    """Return the factor 1/2, 1 or 2 that brings `bpm` nearest to the range `tempo`; 1 on a tie."""

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
    meter_map: MeterMap | None = None,
    leads_to_finale: bool = False,
) -> FormPlan:
    """Return the plan of a piece of `length_beats` at a mean tempo of `bpm`.

    `tags` are the kinds of its sections, `energy` is added to the intensity of each, and `feel` None lets the style's
    tempo range decide on half or double time. With `meter_map`, which begins in `meter`, sections begin where a new
    meter does. `leads_to_finale`: a last chord follows, beyond this length.
    """
    meters = meter_map or MeterMap.constant(meter)
    feel = fitting_feel(meters, feel or feel_of(style.tempo, bpm))
    felt_beats = length_beats * feel
    if meters.is_constant:
        measures, begins = lay_measures(meter, felt_beats, style.grouping), [0]
    else:
        measures, begins = lay_changing_measures(meters, felt_beats, feel, style.grouping)
    per_bar = measures_per_bar(meter, style.grouping)
    size = -(-style.section_bars // per_bar) * per_bar if per_bar <= style.section_bars else style.section_bars
    starts = section_starts(begins, len(measures))
    sections = _sections(_stretches(tuple(measures), size, tags, starts), felt_beats, size, energy)
    if leads_to_finale:
        sections = (*sections[:-1], replace(sections[-1], leads_to_finale=True))
    step = 1 if 15.0 / (bpm * float(feel)) >= FASTEST_STEP_S else 2 * SIXTEENTH
    return FormPlan(tuple(measures), sections, -int(-felt_beats * TICKS // 1), step, feel, felt_beats)


def _stretches(
    measures: Sequence[Measure], size: int, tags: Sequence[str], starts: Sequence[int]
) -> list[tuple[str, Sequence[Measure]]]:
    """Return kind and measures of each section; sections longer than `size` measures are split.

    `starts` are the numbers of the measures at which a meter begins that sections begin with.
    """
    if not tags:
        ends = [*starts[1:], len(measures)]
        parts = [
            measures[at : min(at + size, end)]
            for start, end in zip(starts, ends, strict=True)
            for at in range(start, end, size)
        ]
        return list(zip(untagged(len(parts)), parts, strict=True))
    stretches: list[tuple[str, Sequence[Measure]]] = []
    start = 0
    for kind, count in zip(tags, pulled(share_measures(tags, len(measures)), starts[1:]), strict=True):
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
        complete = sum(measure.end <= length_beats * TICKS for measure in part)
        next_kind = kinds[index + 1] if index + 1 < len(kinds) else None
        sections.append(Section(index, name, kind, repeat, tuple(part), complete, size, next_kind))
    return tuple(sections)


def _with_energy(kind: SectionKind, energy: int) -> SectionKind:
    return replace(kind, intensity=min(5, max(1, kind.intensity + energy)))
