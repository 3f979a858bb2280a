"""Writes MIDI files of parts whose notes are known, with General MIDI instruments.

One part is a file of format 0, so that a DAW imports it as one item on one track. A song is a file of format 1: a
track with tempo, meter and key, then a track for each part.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mido

from bridge.takes.midi_timing import TICKS_PER_BEAT, MidiGrid, ticks
from bridge.takes.staging import write_file
from engine.contract import Stem
from engine.midinotes import DRUM_CHANNEL
from engine.score import Note

_MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
_META, _PROGRAM, _NOTE_OFF, _NOTE_ON = 0, 1, 2, 3
_USUAL_PROGRAMS = {"bass": 33, "guitar": 27, "strings": 48, "pad": 89, "lead": 80, "arp": 90, "vocals": 52}
"""General MIDI programs by stem where the engine does not say what plays; a piano is meant by all others."""
_PIANO = _STANDARD_KIT = 0

MidiEvent = tuple[int, int, object]
"""Tick, sort rank at that tick, message."""


@dataclass(frozen=True, slots=True)
class InstrumentPart:
    """One part: its name, notes, channel (from 0) and General MIDI program."""

    name: str
    notes: tuple[Note, ...]
    channel: int
    program: int


def midi_parts(stems: Sequence[Stem]) -> list[InstrumentPart | None]:
    """Return the part of each stem, None where its notes are unknown; drums are on channel 10, all others apart.

    Drums and percussion share a channel, and so the kit of the first of them. With more melodic parts than the other
    fifteen channels, the last ones share theirs with the first.
    """
    parts: list[InstrumentPart | None] = []
    kit = next((_program(stem) for stem in stems if stem.notes is not None and stem.is_drums), _STANDARD_KIT)
    melodic = 0
    for stem in stems:
        if stem.notes is None:
            parts.append(None)
            continue
        channel = DRUM_CHANNEL if stem.is_drums else _MELODIC_CHANNELS[melodic % len(_MELODIC_CHANNELS)]
        melodic += not stem.is_drums
        parts.append(InstrumentPart(stem.name, stem.notes, channel, kit if stem.is_drums else _program(stem)))
    return parts


def write_midi(path: Path, part: InstrumentPart, grid: MidiGrid) -> None:
    """Write one part to `path`, under a temporary name first; the file ends at the grid's end exactly.

    Notes that begin at the end or later are left out, longer ones end there, and a note ends where the same pitch
    begins again. Times are rounded to the nearest of 960 ticks per quarter note.

    Raises
    ------
    OSError
        If it cannot be written; no file is left then.
    """
    _save(path, 0, [_track([*_head(part.name, grid), *_part_events(part, grid.end)], grid.end)])


def write_song(path: Path, title: str, parts: Iterable[InstrumentPart], grid: MidiGrid) -> None:
    """Write all parts to `path`, each on a track of its own after one with tempo, meter and key.

    Raises
    ------
    OSError
        If it cannot be written; no file is left then.
    """
    tracks = [_track(_head(title, grid), grid.end)]
    tracks += [_track([_name_event(part.name), *_part_events(part, grid.end)], grid.end) for part in parts]
    _save(path, 1, tracks)


def _save(path: Path, kind: int, tracks: Iterable[mido.MidiTrack]) -> None:
    midi = mido.MidiFile(type=kind, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    midi.tracks.extend(tracks)
    encoded = io.BytesIO()
    midi.save(file=encoded)
    write_file(path, [encoded.getvalue()])


def _track(events: Iterable[MidiEvent], end: int) -> mido.MidiTrack:
    track = mido.MidiTrack()
    tick = 0
    for at, _rank, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=at - tick))  # type: ignore[attr-defined]  # mido has no types
        tick = at
    track.append(mido.MetaMessage("end_of_track", time=end - tick))
    return track


def _head(name: str, grid: MidiGrid) -> Iterator[MidiEvent]:
    yield _name_event(name)
    for tick, message in grid.events():
        yield tick, _META, message


def _name_event(name: str) -> MidiEvent:
    return 0, _META, mido.MetaMessage("track_name", name=name)


def _part_events(part: InstrumentPart, end: int) -> Iterator[MidiEvent]:
    channel = part.channel
    yield 0, _PROGRAM, mido.Message("program_change", channel=channel, program=part.program)
    for start, stop, pitch, velocity in _monophonic_pitches(part.notes, end):
        yield start, _NOTE_ON, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
        yield stop, _NOTE_OFF, mido.Message("note_off", channel=channel, note=pitch, velocity=0)


def _program(stem: Stem) -> int:
    if stem.program is not None:
        return stem.program
    return _STANDARD_KIT if stem.is_drums else _USUAL_PROGRAMS.get(stem.name, _PIANO)


def _monophonic_pitches(notes: Iterable[Note], end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (start, stop, pitch, velocity) in ticks, no two of one pitch sounding at once.

    A note-off ends every note of its pitch, so overlapping notes of one pitch would cut each other short.
    """
    by_pitch: dict[int, dict[int, tuple[int, int]]] = {}
    for note in notes:
        start = ticks(note.start_beats)
        if start >= end:
            continue
        stop = min(end, max(start + 1, ticks(note.start_beats + note.length_beats)))
        starts = by_pitch.setdefault(note.pitch, {})
        other_stop, other_velocity = starts.get(start, (0, 0))
        starts[start] = (max(stop, other_stop), max(note.velocity, other_velocity))
    for pitch, starts in sorted(by_pitch.items()):
        order = sorted(starts)
        for start, following in zip(order, [*order[1:], end], strict=True):
            stop, velocity = starts[start]
            yield start, min(stop, following), pitch, velocity
