"""The end of a piece that does not loop: on the downbeat of the last bar the band plays a chord that dies away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.music import Key, Meter, MeterMap, TempoMap
from engine.score import Note
from engine.sketch.compose.bass import HIGHEST, LOWEST
from engine.sketch.compose.comping import lead_voices
from engine.sketch.compose.events import TickHit, stream, velocity_of
from engine.sketch.compose.grid import TICKS
from engine.sketch.compose.harmony import Chord, build_chord
from engine.sketch.instruments import DRUM_KEYS
from engine.sketch.style.model import ChordStep, Style

LEAST_S = 1.2
"""Shortest time for the last chord to die away; where the last bar is shorter, the chord comes a bar earlier."""
_HELD = Fraction(3, 5)
"""Share of the finale for which keys are held; what follows is their release and the room."""
_FADE_FROM = Fraction(1, 4)
"""Share of the finale after which everything fades."""
_LEVELS: Mapping[str, int] = {"bass": 8, "chords": 7, "pad": 6, "lead": 7, "arp": 6}
_RECENT_BEATS = 16
"""A part that has rested for longer does not come back for the last chord."""
_ALWAYS = ("bass", "chords", "pad", "drums")


@dataclass(frozen=True, slots=True)
class Finale:
    """The last bar of a piece, in quarter notes: `start` is its downbeat, `end` the end of the piece."""

    start: Fraction
    end: Fraction

    @property
    def fade_start(self) -> Fraction:
        """The beat from which everything fades."""
        return self.start + _FADE_FROM * (self.end - self.start)

    @property
    def held(self) -> Fraction:
        """The length of its notes."""
        return _HELD * (self.end - self.start)


def place_finale(meters: MeterMap, length: Fraction, tempo_map: TempoMap, feel: Fraction) -> Finale | None:
    """Return the finale of a piece of `length` quarter notes, or None if that is too short for one.

    It starts with the last bar that leaves time for the chord to die away, but not before the middle of the piece. In
    half time (`feel` 1/2) the band plays two bars as one.
    """
    bars = 1 / min(feel, Fraction(1))
    last_s = tempo_map.seconds(length) - LEAST_S
    number = -(-meters.bars(length) // bars) - 1
    while number > 0 and tempo_map.seconds(meters.beats(number * bars)) > last_s:
        number -= 1
    start = meters.beats(number * bars)
    return Finale(start, length) if start and 2 * start >= length else None


def short_fade_start(meter: Meter, length: Fraction) -> Fraction:
    """Return the beat from which a piece without a finale fades: its last quarter, at most its last bar."""
    return length - min(length / 4, meter.bar_beats)


def home_chord(style: Style, key: Key, start: int, end: int) -> Chord:
    """Return the chord on the key's first degree as the style plays it (a blues' is a seventh chord)."""
    steps = (step for progression in style.harmony[key.mode] for bar in progression for step in bar)
    step = next((step for step in steps if step.degree == 1), ChordStep(1))
    return build_chord(key, step, style.colours[0], start, end)


def last_notes(
    stem: str, style: Style, chord: Chord, finale: Finale, feel: Fraction, played: Sequence[TickHit], seed: int
) -> list[Note]:
    """Return what `stem` plays on the finale's downbeat, after the hits `played` before it in felt ticks.

    It depends on no other part. Parts that have rested for some bars rest on.
    """
    before = sorted(hit for hit in played if hit.start < finale.start * feel * TICKS)
    recent = finale.start * feel * TICKS - _RECENT_BEATS * TICKS
    if stem not in _ALWAYS and not any(hit.start >= recent for hit in before):
        return []
    chance = stream(seed, stem, "finale")
    notes = [
        Note(finale.start, finale.held, pitch, velocity_of(level, chance))
        for pitch, level in _struck(stem, style, chord, before)
    ]
    return sorted(notes, key=lambda note: note.pitch)


def _struck(stem: str, style: Style, chord: Chord, before: Sequence[TickHit]) -> list[tuple[int, int]]:
    """Return pitch and velocity level of the stem's last notes."""
    if stem == "drums":
        return [(DRUM_KEYS["kick"], 9), (DRUM_KEYS["crash"], max(4, style.crash_level))]
    if stem == "percussion":
        return [(before[-1].pitch, 6)]
    part = style.parts[stem]
    level = _LEVELS[stem]
    if stem in ("chords", "pad"):
        latest = [hit.pitch for hit in before if hit.start == before[-1].start] if before else []
        voicing = tuple(sorted(latest)) or None
        centre = (part.low + part.high) / 2
        return [(pitch, level) for pitch in lead_voices(voicing, chord.tones, part.low, part.high, centre)]
    low, high = (LOWEST, HIGHEST) if stem == "bass" else (part.low, part.high)
    near = before[-1].pitch if before else (low + high) // 2
    goals = (chord.bass,) if stem == "bass" else chord.triad[:2]
    options = [pitch for pitch in range(low, high + 1) if pitch % 12 in goals]
    return [(min(options, key=lambda pitch: (abs(pitch - near), pitch)), level)]
