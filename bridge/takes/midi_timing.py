"""The grid of a MIDI file: tempos, meters and key signature as meta events at ticks.

Standard MIDI File 1.0 (MIDI Association, RP-001): tempos are whole microseconds per quarter note, and there are no
ramps. A ramp becomes steps of an eighth of a beat, each with the mean tempo that ends it at the right time. The
rounding error of one step is corrected in the next, so that errors do not add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import mido

from engine.music import Key, Meter, TempoMap

TICKS_PER_BEAT = 960
RAMP_STEP_TICKS = TICKS_PER_BEAT // 8

_CLOCKS_PER_WHOLE = 96
_MICROSECONDS = 1_000_000
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_FIFTHS_PER_ACCIDENTAL = 7
_MODE_FIFTHS = {
    "lydian": 1,
    "major": 0,
    "mixolydian": -1,
    "dorian": -2,
    "minor": -3,
    "phrygian": -4,
    "locrian": -5,
}
"""Sharps that a mode adds to those of the major key on the same tonic."""
_MAJORS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINORS = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m")
"""Keys with 7 flats to 7 sharps."""
_MOST_ACCIDENTALS = 7


@dataclass(frozen=True, slots=True)
class MidiGrid:
    """The grid that all parts of a take share.

    Attributes:
        tempo_map: from the take's start.
        meters: (beat, meter) in order, the first at beat 0.
        length_beats: the take's length in quarter notes.
        key: None if unknown.
    """

    tempo_map: TempoMap
    meters: Sequence[tuple[Fraction, Meter]]
    length_beats: Fraction
    key: Key | None = None

    @property
    def end(self) -> int:
        """The take's end in ticks."""
        return ticks(self.length_beats)

    def events(self) -> Iterator[tuple[int, object]]:
        """Yield (tick, message) of every meter, key and tempo, those of one kind in order."""
        for beat, meter in self.meters:
            if beat == 0 or ticks(beat) < self.end:
                yield ticks(beat), _time_signature(meter)
        if self.key is not None:
            yield 0, mido.MetaMessage("key_signature", key=key_signature(self.key))
        for tick, tempo in tempo_events(self.tempo_map, self.end):
            yield tick, mido.MetaMessage("set_tempo", tempo=tempo)


def ticks(beats: Fraction) -> int:
    """Return a time in ticks, rounded to the nearest."""
    return round(beats * TICKS_PER_BEAT)


def key_signature(key: Key) -> str:
    """Return the name of the major or minor key with the same accidentals; MIDI knows no other modes.

    A key with more than seven accidentals, as G# major has, gets its enharmonic one's.
    """
    accidentals = {"#": 1, "b": -1}.get(key.tonic[1:], 0)
    fifths = _FIFTHS[key.tonic[0]] + _FIFTHS_PER_ACCIDENTAL * accidentals + _MODE_FIFTHS[key.mode]
    if abs(fifths) > _MOST_ACCIDENTALS:
        fifths -= 12 if fifths > 0 else -12
    return (_MINORS if key.mode == "minor" else _MAJORS)[fifths + _MOST_ACCIDENTALS]


def tempo_events(tempo_map: TempoMap, end: int) -> Iterator[tuple[int, int]]:
    """Yield (tick, microseconds per quarter note) in order, from tick 0 up to but not including `end`."""
    points = tempo_map.points
    edges = [ticks(Fraction(point.beat)) for point in points]
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


def _time_signature(meter: Meter) -> object:
    return mido.MetaMessage(
        "time_signature",
        numerator=meter.numerator,
        denominator=meter.denominator,
        clocks_per_click=_CLOCKS_PER_WHOLE // meter.denominator,
    )
