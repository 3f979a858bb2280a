"""The notes in a MIDI file, by channel, and its instrument."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.score import Note

if TYPE_CHECKING:
    import mido

DRUM_CHANNEL = 9
"""The tenth channel, counted from 0: General MIDI percussion."""


def notes_by_channel(file: mido.MidiFile) -> dict[int, list[Note]]:
    """Return the notes of all tracks, times in quarter notes from the file's start, exact.

    A note without its own end lasts until the same key is struck again, or to the end of its track.
    """
    by_channel: dict[int, list[Note]] = defaultdict(list)
    for track in file.tracks:
        tick = 0
        sounding: dict[tuple[int, int], tuple[int, int]] = {}
        for message in track:
            tick += message.time
            if message.type in ("note_on", "note_off"):
                name = (message.channel, message.note)
                if name in sounding:
                    _close(by_channel, name, sounding.pop(name), tick, file.ticks_per_beat)
                if message.type == "note_on" and message.velocity:
                    sounding[name] = (tick, message.velocity)
        for name, begun in sounding.items():
            _close(by_channel, name, begun, tick, file.ticks_per_beat)
    return by_channel


def first_program(file: mido.MidiFile) -> int | None:
    """Return the program of the first program change in the file, None without one."""
    changes = (message for track in file.tracks for message in track if message.type == "program_change")
    return next((int(change.program) for change in changes), None)


def _close(
    by_channel: dict[int, list[Note]], name: tuple[int, int], begun: tuple[int, int], tick: int, ticks_per_beat: int
) -> None:
    start, velocity = begun
    length = max(1, tick - start)
    note = Note(Fraction(start, ticks_per_beat), Fraction(length, ticks_per_beat), name[1], velocity)
    by_channel[name[0]].append(note)
