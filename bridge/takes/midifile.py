"""Writes MIDI files of stems whose notes are known: format 0, so that a DAW imports them as one item on one track.

Standard MIDI File 1.0 (MIDI Association, RP-001): tempos are whole microseconds per quarter note, and there are no
ramps. A ramp becomes steps of an eighth of a beat, each with the mean tempo that ends it at the right time. The
rounding error of one step is corrected in the next, so that errors do not add up.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import mido

from bridge.takes.staging import write_file
from engine.midinotes import DRUM_CHANNEL
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.score import Note

TICKS_PER_BEAT = 960
RAMP_STEP_TICKS = TICKS_PER_BEAT // 8

_CLOCKS_PER_WHOLE = 96
_MICROSECONDS = 1_000_000
_META, _NOTE_OFF, _NOTE_ON = 0, 1, 2
MidiEvent = tuple[int, int, object]
"""Tick, sort rank at that tick, message."""


def write_midi(
    path: Path,
    notes: Iterable[Note],
    *,
    tempo_map: TempoMap,
    meter: Meter,
    length_beats: Fraction,
    name: str,
    key: Key | None = None,
    is_drums: bool = False,
    meter_map: MeterMap | None = None,
) -> None:
    """Write `notes` to `path`, under a temporary name first; the file ends at `length_beats` exactly.

    Notes that begin at the end or later are left out, longer ones end there, and a note ends where the same pitch
    begins again. Times are rounded to the nearest of 960 ticks per quarter note. The key signature is written where
    MIDI has one (major and minor). `meter_map`, which begins in `meter`, has the changes of meter.

    Raises
    ------
    OSError
        If it cannot be written; no file is left then.
    """
    end = _ticks(length_beats)
    track = mido.MidiTrack()
    tick = 0
    meters = meter_map or MeterMap.constant(meter)
    events = [*_head_events(name, tempo_map, meters, key, end), *_note_events(notes, end, is_drums)]
    for at, _rank, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=at - tick))  # type: ignore[attr-defined]  # mido has no types
        tick = at
    track.append(mido.MetaMessage("end_of_track", time=end - tick))
    midi = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    midi.tracks.append(track)
    encoded = io.BytesIO()
    midi.save(file=encoded)
    write_file(path, [encoded.getvalue()])


def tempo_events(tempo_map: TempoMap, end: int) -> Iterator[tuple[int, int]]:
    """Yield (tick, microseconds per quarter note) in order, from tick 0 up to but not including `end`."""
    points = tempo_map.points
    edges = [_ticks(Fraction(point.beat)) for point in points]
    for index, point in enumerate(points):
        start, stop = edges[index], min(edges[index + 1], end) if index + 1 < len(points) else end
        if start >= stop:  # of two points within one tick the later one applies
            continue
        if point.ramp and index + 1 < len(points) and points[index + 1].bpm != point.bpm:
            yield from _ramp_events(tempo_map, start, stop)
        else:
            yield start, round(60 * _MICROSECONDS / point.bpm)


def _ramp_events(tempo_map: TempoMap, start: int, stop: int) -> Iterator[tuple[int, int]]:
    begin = _microseconds(tempo_map, start)
    elapsed = Fraction(0)
    for tick in range(start, stop, RAMP_STEP_TICKS):
        beats = Fraction(min(RAMP_STEP_TICKS, stop - tick), TICKS_PER_BEAT)
        target = Fraction(_microseconds(tempo_map, min(tick + RAMP_STEP_TICKS, stop)) - begin)
        tempo = round((target - elapsed) / beats)
        elapsed += tempo * beats
        yield tick, tempo


def _microseconds(tempo_map: TempoMap, tick: int) -> float:
    return tempo_map.seconds(Fraction(tick, TICKS_PER_BEAT)) * _MICROSECONDS


def _head_events(name: str, tempo_map: TempoMap, meters: MeterMap, key: Key | None, end: int) -> Iterator[MidiEvent]:
    yield 0, _META, mido.MetaMessage("track_name", name=name)
    yield from meter_events(meters, end)
    signature = _key_signature(key)
    if signature is not None:
        yield 0, _META, signature
    for tick, tempo in tempo_events(tempo_map, end):
        yield tick, _META, mido.MetaMessage("set_tempo", tempo=tempo)


def meter_events(meters: MeterMap, end: int) -> Iterator[MidiEvent]:
    """Yield the time signatures in order, from tick 0 up to but not including `end`."""
    for point in meters.points:
        at = _ticks(meters.beats(point.bar))
        if at == 0 or at < end:
            message = mido.MetaMessage(
                "time_signature",
                numerator=point.meter.numerator,
                denominator=point.meter.denominator,
                clocks_per_click=_CLOCKS_PER_WHOLE // point.meter.denominator,
            )
            yield at, _META, message


def _key_signature(key: Key | None) -> object:
    if key is None or key.mode not in ("major", "minor"):
        return None
    try:
        signature: object = mido.MetaMessage("key_signature", key=key.tonic + ("m" if key.mode == "minor" else ""))
    except ValueError:  # more than seven accidentals, as G# major has
        return None
    return signature


def _note_events(notes: Iterable[Note], end: int, is_drums: bool) -> Iterator[MidiEvent]:
    channel = DRUM_CHANNEL if is_drums else 0
    for start, stop, pitch, velocity in _monophonic_pitches(notes, end):
        yield start, _NOTE_ON, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
        yield stop, _NOTE_OFF, mido.Message("note_off", channel=channel, note=pitch, velocity=0)


def _monophonic_pitches(notes: Iterable[Note], end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (start, stop, pitch, velocity) in ticks, no two of one pitch sounding at once.

    A note-off ends every note of its pitch, so overlapping notes of one pitch would cut each other short.
    """
    by_pitch: dict[int, dict[int, tuple[int, int]]] = {}
    for note in notes:
        start = _ticks(note.start_beats)
        if start >= end:
            continue
        stop = min(end, max(start + 1, _ticks(note.start_beats + note.length_beats)))
        starts = by_pitch.setdefault(note.pitch, {})
        other_stop, other_velocity = starts.get(start, (0, 0))
        starts[start] = (max(stop, other_stop), max(note.velocity, other_velocity))
    for pitch, starts in sorted(by_pitch.items()):
        order = sorted(starts)
        for start, following in zip(order, [*order[1:], end], strict=True):
            stop, velocity = starts[start]
            yield start, min(stop, following), pitch, velocity


def _ticks(beats: Fraction) -> int:
    return round(beats * TICKS_PER_BEAT)
