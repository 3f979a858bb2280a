"""Reads a MIDI file that the user supplies as one part of the piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engine.errors import InvalidValue
from engine.midinotes import DRUM_CHANNEL, notes_by_channel
from engine.score import Note
from engine.sketch.instruments import STEMS

DRUM_STEMS = ("drums", "percussion")
MAX_BYTES = 4_000_000
MAX_NOTES = 100_000
ALLOWED = '{"stem": one of ' + ", ".join(STEMS) + ', "file": path of a MIDI file}'


@dataclass(frozen=True, slots=True)
class MidiPart:
    """A part supplied by the user: its stem, and its `notes` in order, in quarter notes from the file's start."""

    stem: str
    notes: tuple[Note, ...]

    def repeated_to(self, length_beats: Fraction, bar_beats: Fraction) -> tuple[Note, ...]:
        """Return the notes for a piece of `length_beats`: repeated in whole bars as needed, and cut at its end."""
        end = max(note.start_beats + note.length_beats for note in self.notes)
        lap = max(1, -int(-end // bar_beats)) * bar_beats
        notes: list[Note] = []
        for number in range(-int(-length_beats // lap)):
            for note in self.notes:
                start = note.start_beats + number * lap
                if start < length_beats:
                    held = min(note.length_beats, length_beats - start)
                    notes.append(Note(start, held, note.pitch, note.velocity))
        return tuple(notes)


def read_midi_part(value: object) -> MidiPart:
    """Read the block's `midi_part`, `{"stem", "file"}`, and the notes of its file.

    Drums and percussion are taken from channel 10 and all other parts from the other channels; if the file has no
    notes there, from whatever channels it has.

    Raises
    ------
    InvalidValue
        If `value` has another form, or the file is missing, too large, no MIDI file, or without notes.
    """
    if not isinstance(value, Mapping) or set(value) != {"stem", "file"} or value["stem"] not in STEMS:
        raise InvalidValue("midi_part", value, ALLOWED)
    if not isinstance(value["file"], str) or not value["file"]:
        raise InvalidValue("midi_part", value, ALLOWED)
    stem, path = str(value["stem"]), Path(value["file"]).expanduser()
    by_channel = _notes_by_channel(path)
    channels = [ch for ch in by_channel if (ch == DRUM_CHANNEL) == (stem in DRUM_STEMS)] or list(by_channel)
    notes = sorted(
        (note for channel in channels for note in by_channel[channel]),
        key=lambda note: (note.start_beats, note.pitch),
    )
    if not 0 < len(notes) <= MAX_NOTES:
        raise InvalidValue("midi_part file", f"{path.name} with {len(notes)} notes", f"one of 1–{MAX_NOTES:,} notes")
    return MidiPart(stem, _without_overlaps(notes))


def _notes_by_channel(path: Path) -> dict[int, list[Note]]:
    """Return the notes of the file at `path` by channel (0–15)."""
    import mido

    if not path.is_file():
        raise InvalidValue("midi_part file", str(path), "a file that is there")
    if path.stat().st_size > MAX_BYTES:
        raise InvalidValue("midi_part file", str(path), f"a MIDI file of up to {MAX_BYTES:,} bytes")
    try:
        file = mido.MidiFile(path, clip=True)
    except (OSError, EOFError, ValueError, IndexError, KeyError, mido.KeySignatureError) as error:
        raise InvalidValue("midi_part file", str(path), "a MIDI file that can be read") from error
    if file.ticks_per_beat <= 0 or file.type == 2:
        raise InvalidValue("midi_part file", str(path), "a MIDI file of type 0 or 1 that counts in ticks a beat")
    return notes_by_channel(file)


def _without_overlaps(notes: list[Note]) -> tuple[Note, ...]:
    """Cut each note where the next one of its pitch begins; of two that begin together keep the louder."""
    kept: list[Note] = []
    following: dict[int, Fraction] = {}
    for note in sorted(notes, key=lambda note: (note.start_beats, note.pitch, note.velocity), reverse=True):
        limit = following.get(note.pitch)
        if limit == note.start_beats:
            continue
        following[note.pitch] = note.start_beats
        held = note.length_beats if limit is None else min(note.length_beats, limit - note.start_beats)
        kept.append(Note(note.start_beats, held, note.pitch, note.velocity))
    return tuple(reversed(kept))
