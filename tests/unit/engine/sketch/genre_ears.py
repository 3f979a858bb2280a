"""Listens to MIDI for what tells genres apart: rhythms, drum sounds, swing, chord sizes, registers, who plays at all."""

import math
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from engine.sketch.composition import Composition

Sheet = Mapping[str, Counter[object]]
"""Counts by kind of feature."""


def features(made: Composition) -> Sheet:
    """Count what is played, by the place in the bar (in twenty-fourths of a beat), in no key and at no tempo."""
    sheet: dict[str, Counter[object]] = {
        name: Counter() for name in ("lanes", "players", "swing", "sizes", "registers", "lengths")
    }
    for part in made.score.parts:
        grid = sheet.setdefault(f"{part.stem} grid", Counter())
        sheet["players"][part.stem] += 1
        starts = Counter(note.start_beats for note in part.notes)
        for note in part.notes:
            at = note.start_beats % 4
            grid[(note.pitch if part.is_drums else 0, round(float(at) * 24))] += 1
            sheet["swing"][note.start_beats % Fraction(1)] += 1
            if part.is_drums:
                sheet["lanes"][note.pitch] += 1
            else:
                sheet["sizes"][(part.stem, starts[note.start_beats])] += 1
                sheet["registers"][(part.stem, note.pitch // 4)] += 1
                sheet["lengths"][(part.stem, min(16, round(float(note.length_beats) * 6)))] += 1
    return sheet


def likeness(first: Sheet, second: Sheet) -> float:
    """Mean cosine over the kinds of features that either has."""
    kinds = set(first) | set(second)
    return sum(_cosine(first.get(kind, Counter()), second.get(kind, Counter())) for kind in kinds) / len(kinds)


def _cosine(first: Counter[object], second: Counter[object]) -> float:
    product = sum(math.sqrt(count * second[name]) for name, count in first.items() if name in second)
    return product / math.sqrt(max(1, sum(first.values())) * max(1, sum(second.values())))
