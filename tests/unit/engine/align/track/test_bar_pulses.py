"""Bars in pulses: of one length as before, and of several, each counted one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.align.track import track_beats
from engine.align.track.bar_pulses import BarPulses
from engine.music import Meter, MeterMap, MeterPoint
from tests.helpers.drift_synth import DriftNote, mixed, render

SONG = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4)), MeterPoint(6, Meter(4, 4))])
RATE = 22_050


@given(st.integers(-40, 80), st.integers(1, 16))
def test_bars_of_one_length_repeat(pulse: int, first: int) -> None:
    bars = BarPulses(Fraction(1), first)
    assert bars.place(np.array([pulse]))[0] == pulse % first
    assert bars.length_at(np.array([pulse]))[0] == first == bars.longest
    assert bars.to_downbeat(pulse + 0.25) == abs((pulse + 0.25 + first / 2) % first - first / 2)


def test_bars_of_several_lengths_are_those_of_the_map() -> None:
    bars = BarPulses.of(Meter(4, 4), SONG)
    assert (bars.pulse_beats, bars.first, bars.longest) == (1, 4, 4)
    pulses = np.arange(-5, 32)
    downbeats = [int(pulse) for pulse in pulses if bars.place(np.array([pulse]))[0] == 0]
    assert downbeats == [-4, 0, 4, 8, 11, 14, 17, 20, 24, 28]
    assert bars.length_at(np.array([-1, 7, 8, 19, 20, 31])).tolist() == [4, 4, 3, 3, 4, 4]
    assert [bars.to_downbeat(at) for at in (7.75, 9.5, 12.75, 22.0, 30.5)] == [0.25, 1.5, 1.25, 2.0, 1.5]


@pytest.mark.parametrize(
    ("second", "pulse", "first"), [("3/4", 1, 4), ("7/8", Fraction(1, 2), 8), ("5/16", Fraction(1, 2), 8)]
)
def test_the_pulse_is_as_fine_as_the_bars_need(second: str, pulse: Fraction, first: int) -> None:
    bars = BarPulses.of(Meter(4, 4), MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(1, Meter.parse(second))]))
    assert (bars.pulse_beats, bars.first) == (pulse, first)


def test_music_in_two_meters_is_tracked_after_a_pick_up_in_the_bars_of_the_map() -> None:
    length = SONG.beats(8)
    notes = [DriftNote("drums", "hat", float(half) / 2, level=0.4) for half in range(-4, int(length * 2))]
    for number, line in enumerate(SONG.bar_starts(length)):
        beats = SONG.meter_of_bar(number).numerator
        root = 36 + (0, 5, 7, 2)[number % 4]
        notes.append(DriftNote("drums", "kick", float(line)))
        notes.append(DriftNote("bass", "bass", float(line), beats * 0.9, root))
        notes.append(DriftNote("keys", "pluck", float(line), beats * 0.9, root + 24))
        notes += [DriftNote("drums", "snare", float(line) + beat, level=0.5) for beat in range(1, beats)]
    stems = render(notes, lambda beat: 1.2 + beat * 60 / 118.5, 1.2 + float(length) * 60 / 118.5, RATE, 1)
    beats = track_beats(mixed(stems), RATE, 120.0, Meter(4, 4), SONG)
    assert beats.times_s[beats.first_downbeat] == pytest.approx(1.2, abs=0.01)
    assert beats.tempo_bpm == pytest.approx(118.5, rel=2e-3)
    assert beats.bar_lines.tolist() == [0, 4, 8, 11, 14, 17, 20, 24]
