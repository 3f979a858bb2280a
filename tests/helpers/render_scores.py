"""Hand-written compositions for the renderer's tests: a whole groove, and single notes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from engine.music import Key, Meter, TempoMap
from engine.score import Note, Part, Score
from engine.sketch.composition import Composition, PartMix
from engine.sketch.render import render

FUNK = ("kit_acoustic", "bass_finger", "clav", "brass")
HOUSE = ("kit_electronic", "bass_synth", "stab", "lead_saw")
ROCK = ("kit_acoustic", "bass_finger", "guitar_drive", "guitar_lead")
LOFI = ("kit_lofi", "bass_sub", "epiano", "vibes")
DREAM = ("kit_electronic", "bass_sub", "pad_warm", "lead_square")
BANDS = {"funk": FUNK, "house": HOUSE, "rock": ROCK, "lofi": LOFI, "dream": DREAM}

MIXES = {
    "drums": PartMix(0.0, 0.0, 0.5, 0.08),
    "bass": PartMix(-2.0, 0.0, 0.0, 0.0, 0.2),
    "chords": PartMix(-6.0, -0.25, 0.5, 0.15, 0.1),
    "lead": PartMix(-5.0, 0.2, 0.4, 0.2),
}
CHORDS = ((28, (64, 67, 71, 74)), (33, (64, 67, 72, 76)), (31, (62, 67, 71, 74)), (38, (62, 66, 69, 72)))
TUNE = (71, 74, 76, 79, 76, 74, 81, 79)


def n(start: float, length: float, pitch: int, velocity: int = 100) -> Note:
    return Note(Fraction(start), Fraction(length), pitch, velocity)


def _drums(bar: int) -> list[Note]:
    notes = [n(4 * bar + s / 4, 0.25, 36, 112) for s in (0, 6, 10)]
    notes += [n(4 * bar + s / 4, 0.25, 38, v) for s, v in ((4, 110), (7, 35), (12, 112), (15, 40))]
    notes += [n(4 * bar + s / 4, 0.25, 42, (96, 50, 76, 50)[s % 4]) for s in range(14)]
    notes.append(n(4 * bar + 3.5, 0.25, 46, 90))
    return notes + ([n(4 * bar, 1, 49, 110)] if bar == 0 else [])


def groove(
    band: Sequence[str] = FUNK, bars: int = 2, tempo_map: TempoMap | None = None, stems: Sequence[str] = tuple(MIXES)
) -> Composition:
    drums, bass, chords, lead = [], [], [], []
    for bar in range(bars):
        root, chord = CHORDS[bar % 4]
        drums += _drums(bar)
        bass += [n(4 * bar + s / 4, 0.375, root + 12 * (s == 11), 105) for s in (0, 3, 6, 8, 11, 14)]
        chords += [n(4 * bar + s / 4, 0.4, p, 90) for s in (2, 5, 9, 13) for p in chord]
        lead += [n(4 * bar + s / 4, 0.5, TUNE[(bar + s) % 8], 96) for s in (0, 3, 6, 10)]
    parts = [Part("drums", band[0], _in_order(drums), is_drums=True)]
    parts += [Part(s, i, _in_order(x)) for s, i, x in zip(MIXES, band, (drums, bass, chords, lead), strict=True)][1:]
    kept = tuple(part for part in parts if part.stem in stems)
    return compose(kept, 4 * bars, tempo_map or TempoMap.constant(120.0), MIXES)


def compose(
    parts: Sequence[Part], beats: float, tempo_map: TempoMap | None = None, mixes: Mapping[str, PartMix] | None = None
) -> Composition:
    used = mixes or {part.stem: PartMix(0.0, 0.0, 0.0, 0.0) for part in parts}
    score = Score(
        tempo_map or TempoMap.constant(120.0), Meter(4, 4), Key("E", "minor"), Fraction(beats), tuple(parts)
    )
    return Composition(score, used, "test")


def solo(instrument: str, notes: Sequence[Note], beats: float = 8, mix: PartMix | None = None) -> Composition:
    """One part that plays `notes`, dry and centred unless `mix` is given."""
    part = Part("solo", instrument, tuple(notes), is_drums=instrument.startswith("kit_"))
    return compose([part], beats, mixes={"solo": mix or PartMix(0.0, 0.0, 0.0, 0.0)})


def twice(composition: Composition) -> Composition:
    """The same piece twice in a row, as one piece."""
    score = composition.score
    lap = score.length_beats
    parts = [
        replace(part, notes=part.notes + tuple(replace(x, start_beats=x.start_beats + lap) for x in part.notes))
        for part in score.parts
    ]
    return replace(composition, score=replace(score, length_beats=2 * lap, parts=tuple(parts)))


def sound(composition: Composition, rate: int = 48_000, seed: int = 1, shift: float = 0.0) -> dict[str, np.ndarray]:
    return render(composition, rate, seed, shift, lambda fraction: None)


def _in_order(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda x: (x.start_beats, x.pitch)))
