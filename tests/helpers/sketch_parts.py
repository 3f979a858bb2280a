"""Small pieces for the composer's unit tests: measures, sections, chords and one-pattern styles, all in C major."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from engine.music import Key, Meter
from engine.sketch.compose.arc import KINDS
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import Measure, lay_measures
from engine.sketch.compose.harmony import Chord, build_chord
from engine.sketch.library import load_styles
from engine.sketch.pattern import Pattern, parse_pattern
from engine.sketch.style.model import ChordStep, Style

C_MAJOR = Key("C", "major")
BAR = 3840
"""Ticks of a bar of 4/4."""


def bars(count: int, meter: str = "4/4") -> tuple[Measure, ...]:
    """Return the measures of `count` bars."""
    parsed = Meter.parse(meter)
    return tuple(lay_measures(parsed, parsed.bar_beats * count, {}))


def section(count: int = 2, kind: str = "loop", then: str | None = None, full_measures: int = 8) -> Section:
    """Return a section of `count` bars of 4/4 at the start of a piece, followed by one of the kind `then`."""
    next_kind = KINDS[then] if then else None
    return Section(0, kind, KINDS[kind], 0, bars(count), count, full_measures, next_kind)


def triads(degrees: Sequence[int], ticks: int = BAR) -> list[Chord]:
    """Return the triads of C major on `degrees`, each `ticks` long, one after the other."""
    return [
        build_chord(C_MAJOR, ChordStep(degree), (1, 3, 5), index * ticks, (index + 1) * ticks)
        for index, degree in enumerate(degrees)
    ]


def table(*texts: str, marks: str = "123456789abcdefghi", meter: str = "4/4") -> dict[str, tuple[Pattern, ...]]:
    """Return alternatives for one meter, as a style has them."""
    return {meter: tuple(parse_pattern(text, marks, "test") for text in texts)}


def straight_style(stem: str, low: int = 60, high: int = 84, gate: float = 1.0) -> Style:
    """Return a style without swing whose part `stem` has this range and gate."""
    style = load_styles()["rock"]
    part = replace(style.parts[stem], low=low, high=high, gate=gate)
    swing = replace(style.swing, long_share=Fraction(1, 2))
    return replace(style, swing=swing, parts={**style.parts, stem: part})
