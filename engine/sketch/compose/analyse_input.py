"""Analysis of the user's chords and notes: their key, and the chords that fit a given part."""

from __future__ import annotations

from collections.abc import Sequence

from engine.music import Key
from engine.music.chords import ChordSymbol
from engine.music.key import MODES
from engine.sketch.compose.critic import key_lead
from engine.sketch.compose.events import TickHit
from engine.sketch.compose.grid import Measure
from engine.sketch.compose.harmony import Chord, build_chord
from engine.sketch.style.model import ChordStep

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
FOREIGN = 0.8
"""Penalty for a note outside a chord; a note of the chord scores 1."""
DIMINISHED = 0.15
"""Handicap of diminished triads: the share of a measure by which one has to fit better than any other chord."""


def key_of_chords(bars: Sequence[Sequence[ChordSymbol]]) -> Key:
    """Return the major or minor key of a progression: the one that has most of its tones, and its first or last chord
    as tonic.
    """
    symbols = [symbol for bar in bars for symbol in bar]
    if any(symbol.degree for symbol in symbols):
        minor = any(symbol.degree == 1 and 3 in symbol.intervals for symbol in symbols)
        return Key("A", "minor") if minor else Key("C", "major")

    def fit(key: Key) -> float:
        tones = [tone for symbol in symbols for tone in symbol.tones_in(key)]
        score = sum(tone in key.scale for tone in tones) / len(tones)
        for symbol, weight in ((symbols[0], 0.3), (symbols[-1], 0.15)):
            is_tonic = symbol.root == key.pitch_class and (3 in symbol.intervals) == (key.mode == "minor")
            score += weight if is_tonic else 0.0
        return score

    return max((Key(tonic, mode) for mode in ("major", "minor") for tonic in TONICS), key=fit)


def key_of_notes(hits: Sequence[TickHit]) -> Key:
    """Return the major or minor key with the highest lead over all others in the critic's key profiles."""
    keys = [Key(tonic, mode) for mode in ("major", "minor") for tonic in TONICS]
    return max(keys, key=lambda key: key_lead(hits, key))


def chords_under(
    hits: Sequence[TickHit], key: Key, measures: Sequence[Measure], colour: Sequence[int]
) -> list[Chord]:
    """Return the best-fitting diatonic chord of every measure; a measure without notes keeps the chord before it."""
    chords: list[Chord] = []
    degree = 1
    by_start = sorted(hits)
    for measure in measures:
        here = [hit for hit in by_start if hit.start < measure.end and hit.start + hit.length > measure.start]
        if here:
            degree = max(range(1, 8), key=lambda option: _fit(here, key, option, measure))
        chords.append(build_chord(key, ChordStep(degree), colour, measure.start, measure.end))
    return chords


def _fit(hits: Sequence[TickHit], key: Key, degree: int, measure: Measure) -> float:
    triad = [key.scale[(degree - 1 + third) % 7] for third in (0, 2, 4)]
    score = 0.0
    for hit in hits:
        length = min(hit.start + hit.length, measure.end) - max(hit.start, measure.start)
        weight = length * (1.5 if hit.start <= measure.start else 1.0)
        score += weight * (1.0 if hit.pitch % 12 in triad else -FOREIGN)
    lowest = min(hits, key=lambda hit: (max(hit.start, measure.start), hit.pitch))
    score += measure.length * 0.5 if lowest.pitch % 12 == triad[0] else 0.0
    is_diminished = (triad[2] - triad[0]) % 12 == 6 and MODES[key.mode][4] != 6
    return score - measure.length * DIMINISHED if is_diminished else score
