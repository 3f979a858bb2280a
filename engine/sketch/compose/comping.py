"""The chord and pad parts: a two-bar rhythm fixed for a section, and voice leading with the least movement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise, product

from engine.sketch.compose.events import TickHit, stream
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import SIXTEENTH
from engine.sketch.compose.harmony import Chord, chord_at
from engine.sketch.compose.rhythm import Cell, FrozenRhythm, draw_picks, habit_of
from engine.sketch.style.model import Style

Voicing = tuple[int, ...]
HABIT = "4"
"""Symbol (velocity level) of the extra stroke that differs from seed to seed."""
_MUDDY_BELOW = 55
"""Below this note (G3) intervals under a minor third are muddy (the "low interval limit" of arrangers)."""


def play_chords(
    style: Style,
    section: Section,
    chords: Sequence[Chord],
    seed: int,
    take: int,
    step: int = 1,
    before: Voicing | None = None,
    stem: str = "chords",
) -> tuple[list[TickHit], list[Voicing]]:
    """Return the chord part (or the `stem` "pad") of `section`, and the voicings of `chords`.

    `before` is the last voicing of the section before.
    """
    part = style.parts[stem]
    chance = stream(seed, stem, section.letter)
    centre = (part.low + part.high) / 2 + chance.randint(-3, 3)
    voicings: list[Voicing] = []
    voicing = before
    for chord in chords:
        voicing = lead_voices(voicing, chord.tones, part.low, part.high, centre)
        voicings.append(voicing)
    # As with the bass, the patterns depend on the seed alone; a take decides the open marks and the extra stroke.
    patterns = style.pad if stem == "pad" else style.chords
    intensity = section.kind.intensity
    name = (seed, stem, section.letter, take)
    rhythm = FrozenRhythm(
        patterns, draw_picks(chance, 0.5), name, step=step, habit=habit_of(style, HABIT), intensity=intensity
    )
    by_start = dict(zip((chord.start for chord in chords), voicings, strict=True))
    hits: list[TickHit] = []
    for position, measure in enumerate(section.measures):
        for cell in rhythm.measure(measure, position % 2):
            for start, length in _cut_at_chords(cell, chords):
                held = max(SIXTEENTH // 2, round(length * part.gate))
                voiced = by_start[chord_at(chords, start).start]
                hits += [TickHit(start, held, pitch, int(cell.symbol)) for pitch in voiced]
    return hits, voicings


def strike_at_start(hits: list[TickHit], first: Voicing, end: int) -> list[TickHit]:
    """Return `hits`, or the voicing `first` on the first beat if no hit starts before the piece's end, tick `end`."""
    if any(hit.start < end for hit in hits):
        return hits
    return [TickHit(0, end, pitch, 6) for pitch in first]


def _cut_at_chords(cell: Cell, chords: Sequence[Chord]) -> list[tuple[int, int]]:
    """Return starts and lengths of a held mark, which is struck again at each chord change."""
    end = cell.start + cell.length
    cuts = [cell.start, *(chord.start for chord in chords if cell.start < chord.start < end), end]
    return [(start, stop - start) for start, stop in pairwise(cuts)]


@lru_cache(maxsize=4096)
def lead_voices(before: Voicing | None, tones: tuple[int, ...], low: int, high: int, centre: float) -> Voicing:
    """Return pitches from `low` to `high`, one of each pitch class of `tones`, nearest to the voicing before.

    The cost is the sum of the voices' moves in semitones, plus some for mud, for bare minor ninths, for more than a
    tenth between the outer voices, and for drifting from `centre`. A power chord (its root twice) is moved as it is.
    """
    if tones[0] == tones[-1]:
        roots = range(low + (tones[0] - low) % 12, high - 11, 12)
        root = min(roots, key=lambda pitch: (abs(pitch + 6 - centre), pitch))
        return (root, root + (tones[1] - tones[0]) % 12, root + 12)
    places = [range(low + (tone - low) % 12, high + 1, 12) for tone in tones]
    options = {tuple(sorted(choice)) for choice in product(*places)}
    return min(options, key=lambda option: (_cost(option, before, centre), option))


def _cost(option: Voicing, before: Voicing | None, centre: float) -> float:
    cost = 0.25 * abs(sum(option) / len(option) - centre)
    cost += max(0, option[-1] - option[0] - 16) * 1.5
    for lower, upper in pairwise(option):
        cost += 3.0 if lower < _MUDDY_BELOW and upper - lower < 3 else 0.0
        cost += 1.0 if upper - lower == 1 else 0.0
    cost += 3.0 * sum((upper - lower) % 12 == 1 and upper - lower > 12 for lower, upper in combinations(option, 2))
    if before is not None and len(before) == len(option):
        cost += sum(abs(now - then) for now, then in zip(option, before, strict=True))
    elif before is not None:
        cost += abs(option[0] - before[0]) + abs(option[-1] - before[-1])
    return cost
