"""Beats as data: the pulse of each meter, places in quarter notes, and clips without beats."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.align.track.beats import no_beats, pulse_of
from engine.music import Meter
from engine.music.meter import DENOMINATORS, MAX_NUMERATOR
from tests.helpers.fit_marks import beats_at


@pytest.mark.parametrize(
    ("meter", "pulse", "count"),
    [
        ("4/4", 1, 4),
        ("5/4", 1, 5),
        ("2/2", 1, 4),
        ("1/1", 1, 4),
        ("6/8", Fraction(1, 2), 6),
        ("7/8", Fraction(1, 2), 7),
        ("7/16", Fraction(1, 4), 7),
        ("6/16", Fraction(1, 2), 3),
        ("32/32", Fraction(1, 2), 8),
    ],
)
def test_pulses_fill_the_bar(meter: str, pulse: Fraction | int, count: int) -> None:
    parsed = Meter.parse(meter)
    assert pulse_of(parsed) == (pulse, count)
    assert pulse * count == parsed.bar_beats


@given(st.integers(1, MAX_NUMERATOR), st.sampled_from(DENOMINATORS))
def test_every_meter_has_a_pulse_of_an_eighth_to_a_quarter_note_unless_its_bar_is_odd(
    numerator: int, denominator: int
) -> None:
    meter = Meter(numerator, denominator)
    pulse, count = pulse_of(meter)
    assert pulse * count == meter.bar_beats
    assert pulse <= 1
    assert pulse >= Fraction(1, 2) or count % 2


def test_places_count_from_the_first_downbeat_in_quarter_notes() -> None:
    beats = replace(beats_at(lambda places: 0.5 * places, count=5), first_downbeat=2, pulse_beats=Fraction(1, 2))
    assert beats.beats.tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]


def test_trust_is_the_mean_confidence() -> None:
    beats = replace(beats_at(lambda places: 0.5 * places, count=4), confidence=np.array([1.0, 0.5, 0.5, 0.0]))
    assert beats.trust == 0.5


def test_a_clip_without_beats_keeps_what_is_known_of_it() -> None:
    beats = no_beats(Meter(6, 8), 96.0, 0.25, 3.0)
    assert (beats.pulse_beats, beats.bar_pulses) == (Fraction(1, 2), 6)
    assert (beats.requested_bpm, beats.first_sound_s, beats.length_s) == (96.0, 0.25, 3.0)
    assert (beats.tempo_bpm, beats.first_downbeat, beats.trust) == (None, -1, 0.0)
    assert len(beats.times_s) == len(beats.beats) == len(beats.marks.times_s) == 0
