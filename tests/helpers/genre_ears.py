"""Features of MIDI that distinguish genres: rhythms, drum sounds, swing, chords, registers, players."""

import math
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from engine.sketch.composition import Composition

Sheet = Mapping[str, Mapping[object, float]]
"""Feature vectors of length 1, by kind of feature."""


def features(made: Composition) -> Sheet:
    """Count the notes by position in the bar (in twenty-fourths of a beat), independent of key and tempo."""
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
    return {kind: _unit(counts) for kind, counts in sheet.items()}


def likeness(first: Sheet, second: Sheet) -> float:
    """The mean cosine similarity over the kinds of features that either has."""
    kinds = set(first) | set(second)
    return sum(_product(first.get(kind, {}), second.get(kind, {})) for kind in kinds) / len(kinds)


def _unit(counts: Counter[object]) -> dict[object, float]:
    """The square roots of the shares, so that many repetitions of one feature do not dominate the others."""
    total = max(1, sum(counts.values()))
    return {name: math.sqrt(count / total) for name, count in counts.items()}


def _product(first: Mapping[object, float], second: Mapping[object, float]) -> float:
    return sum(value * second[name] for name, value in first.items() if name in second)
