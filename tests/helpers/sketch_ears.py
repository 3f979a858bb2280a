"""Analyses for the composer's tests, independent of the composer."""

from collections import defaultdict
from fractions import Fraction
from functools import lru_cache

from engine.music import Key, Meter, TempoMap
from engine.score import Note, Part
from engine.sketch.compose import compose
from engine.sketch.composition import Composition

STYLES = ("funk", "house", "lofi", "rock")
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
E_MINOR = Key("E", "minor")
KICK, CRASH = 36, 49
DRUMS_ALLOWED = {36, 37, 38, 39, *range(41, 56), 56, *range(60, 71), 73, 75, 76, 77, 80, 81}

# Key profiles from the Kostka–Payne corpus: D. Temperley, Music and Probability (2007), figure 6.2 and p. 85.
TEMPERLEY = {
    "major": (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
    "minor": (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
}


@lru_cache(maxsize=512)
def play(
    genres: str = "funk",
    key: Key | None = E_MINOR,
    meter: str = "4/4",
    bars: Fraction | int = 8,
    seed: int = 1,
    bpm: float = 105.0,
    stems: tuple[str, ...] = (),
) -> Composition:
    """Return a composition, kept for further calls: it cannot be changed."""
    m = Meter.parse(meter)
    return compose(genres, key, m, TempoMap.constant(bpm), m.bar_beats * Fraction(bars), stems, seed)


def part(composition: Composition, stem: str) -> Part:
    return next(part for part in composition.score.parts if part.stem == stem)


def notes(composition: Composition, stem: str) -> tuple[Note, ...]:
    return part(composition, stem).notes


def what_is_played(composition: Composition, stem: str) -> frozenset[tuple[Fraction, int]]:
    return frozenset((note.start_beats, note.pitch) for note in notes(composition, stem))


def bar_of(composition: Composition, stem: str, bar: int) -> set[tuple[Fraction, int]]:
    """The starts of notes within bar number `bar` (from 1), and their pitches."""
    beats = composition.score.meter.bar_beats
    start = (bar - 1) * beats
    played = what_is_played(composition, stem)
    return {(at - start, pitch) for at, pitch in played if start <= at < start + beats}


def voicings(composition: Composition) -> list[tuple[Fraction, list[int]]]:
    chords: dict[Fraction, list[int]] = defaultdict(list)
    for note in notes(composition, "chords"):
        chords[note.start_beats].append(note.pitch)
    return [(start, sorted(pitches)) for start, pitches in sorted(chords.items())]


def heard_key(composition: Composition) -> tuple[int, str]:
    """The tonic (pitch class) and mode by Temperley's profiles, correlated with the sounding time."""
    sounding = [0.0] * 12
    for played in composition.score.parts:
        for note in () if played.is_drums else played.notes:
            sounding[note.pitch % 12] += float(note.length_beats)
    scores = {
        (tonic, mode): _correlation(sounding, [profile[(pitch - tonic) % 12] for pitch in range(12)])
        for mode, profile in TEMPERLEY.items()
        for tonic in range(12)
    }
    return max(scores, key=lambda candidate: scores[candidate])


def _correlation(first: list[float], second: list[float]) -> float:
    a, b = sum(first) / 12, sum(second) / 12
    product = sum((x - a) * (y - b) for x, y in zip(first, second, strict=True))
    return product / (sum((x - a) ** 2 for x in first) * sum((y - b) ** 2 for y in second)) ** 0.5
