"""Reads a MIDI file that the user supplies as one part of the piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InvalidValue
from engine.midimeters import meters_of_file
from engine.midinotes import DRUM_CHANNEL, notes_by_channel
from engine.music import Meter, MeterMap
from engine.score import Note
from engine.sketch.instruments import STEMS

if TYPE_CHECKING:
    import mido

DRUM_STEMS = ("drums", "percussion")
MAX_BYTES = 4_000_000
MAX_NOTES = 100_000
ALLOWED = '{"stem": one of ' + ", ".join(STEMS) + ', "file": path of a MIDI file}'


@dataclass(frozen=True, slots=True)
class MidiPart:
    """A part supplied by the user: its stem, and its `notes` in order, in quarter notes from the file's start."""

    stem: str
    notes: tuple[Note, ...]

    def repeated_to(self, length_beats: Fraction, meters: MeterMap) -> tuple[Note, ...]:
        """Return the notes for a piece of `length_beats`: from bar line to bar line as needed, and cut at its end."""
        end = max(note.start_beats + note.length_beats for note in self.notes)
        notes: list[Note] = []
        lap = Fraction(0)
        while lap < length_beats:
            for note in self.notes:
                start = note.start_beats + lap
                if start < length_beats:
                    held = min(note.length_beats, length_beats - start)
                    notes.append(Note(start, held, note.pitch, note.velocity))
            lap = meters.next_bar(lap + end)
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
    by_channel = notes_by_channel(_open(path))
    channels = [ch for ch in by_channel if (ch == DRUM_CHANNEL) == (stem in DRUM_STEMS)] or list(by_channel)
    notes = sorted(
        (note for channel in channels for note in by_channel[channel]),
        key=lambda note: (note.start_beats, note.pitch),
    )
    if not 0 < len(notes) <= MAX_NOTES:
        raise InvalidValue("midi_part file", f"{path.name} with {len(notes)} notes", f"one of 1–{MAX_NOTES:,} notes")
    return MidiPart(stem, _without_overlaps(notes))


def read_midi_meters(value: Mapping[str, object]) -> tuple[MeterMap | None, int]:
    """Return the meters that the file of the block's `midi_part` says, and its length in whole bars of them.

    Raises
    ------
    InvalidValue
        If the file is missing, too large, or no MIDI file.
    """
    file = _open(Path(str(value["file"])).expanduser())
    meters = meters_of_file(file)
    ends = [n.start_beats + n.length_beats for notes in notes_by_channel(file).values() for n in notes]
    held = meters or MeterMap.constant(Meter(4, 4))
    return meters, max(1, int(held.bars(held.next_bar(max(ends, default=Fraction(0))))))


def _open(path: Path) -> mido.MidiFile:
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
    return file


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
