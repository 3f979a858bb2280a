"""Pieces composed from what a user gives: chords, seeds of stems, a part as a MIDI file."""

from collections.abc import Sequence
from pathlib import Path

import mido

from engine.music import Key, Meter, TempoMap
from engine.sketch.compose import STEMS, compose, read_wishes
from engine.sketch.composition import Composition

E_MINOR = Key("E", "minor")
FOUR_FOUR = Meter(4, 4)


def make(
    block: dict[str, object], key: Key | None = E_MINOR, bars: int = 8, genres: str = "pop", meter: Meter = FOUR_FOUR
) -> Composition:
    wishes = read_wishes(block)
    return compose(genres, key, meter, TempoMap.constant(100), bars * meter.bar_beats, STEMS, 7, wishes)


def sounding(made: Composition, stem: str, start: float, end: float) -> set[int]:
    part = next(part for part in made.score.parts if part.stem == stem)
    return {note.pitch % 12 for note in part.notes if start <= note.start_beats < end}


def write_midi(path: Path, notes: Sequence[tuple[float, float, int]], channel: int = 0) -> Path:
    """Write `notes` (start and length in beats, pitch) with an odd division."""
    events = [(start, 1, pitch) for start, _, pitch in notes] + [
        (start + held, 0, pitch) for start, held, pitch in notes
    ]
    track, now = mido.MidiTrack(), 0
    for at, is_on, pitch in sorted(events):
        tick = round(at * 96)
        kind = "note_on" if is_on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80 * is_on, time=tick - now))
        now = tick
    file = mido.MidiFile(ticks_per_beat=96)
    file.tracks.append(track)
    file.save(path)
    return path
