"""Written music: notes on the beat grid, by part. The composer's output, which is rendered and written as MIDI."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.music import Key, Meter, TempoMap


@dataclass(frozen=True, slots=True)
class Note:
    """One note.

    Attributes:
        start_beats: quarter-note beats from the take's start, exact; swing is already in it.
        length_beats: time from key down to key up in quarter-note beats, above 0.
        pitch: MIDI note number 0–127 (60 = middle C); in a drum part the General MIDI percussion key.
        velocity: MIDI velocity 1–127.
    """

    start_beats: Fraction
    length_beats: Fraction
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Part:
    """The notes of one player. One part becomes one stem and one MIDI file.

    Attributes:
        stem: the stem's name ("drums", "bass", "chords", "lead").
        instrument: name of the instrument in the renderer.
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
