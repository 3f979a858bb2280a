"""Written music: notes on the beat grid, by part. What a composer hands to a renderer, and what becomes MIDI."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.music import Key, Meter, TempoMap


@dataclass(frozen=True, slots=True)
class Note:
    """One note.

    Attributes:
        start_beats: quarter-note beats from the take's start, exact; swing is already in it.
        length_beats: how long the key is held, in quarter-note beats, above 0.
        pitch: MIDI note number 0–127 (60 = middle C); in a drum part the General MIDI percussion key.
        velocity: MIDI velocity 1–127.
    """

    start_beats: Fraction
    length_beats: Fraction
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one player plays: one part becomes one stem and one MIDI file.

    Attributes:
        stem: the stem's name ("drums", "bass", "chords", "lead").
        instrument: the renderer's name of the sound.
        notes: in order of start, then pitch.
        is_drums: True if pitches are General MIDI percussion keys.
    """

    stem: str
    instrument: str
    notes: tuple[Note, ...]
    is_drums: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece, `length_beats` quarter notes long, on one tempo map."""

    tempo_map: TempoMap
    meter: Meter
    key: Key
    length_beats: Fraction
    parts: tuple[Part, ...]
