"""A job's complete request: JSON values only, and everything else computed from the block exactly."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.job_spec import JobSpec
from engine.errors import InvalidValue
from engine.music import Key, Meter, TempoMap
from tests.helpers.job_specs import make_spec

RAMPLESS = [{"beat": 0.0, "bpm": 60.0, "ramp": False}, {"beat": 2.0, "bpm": 120.0, "ramp": False}]


def test_a_spec_survives_its_journey_through_one_line_of_json() -> None:
    spec = make_spec(lyrics="[Verse]\nfür Élise ♭", stems=["drums"], tempo_map=RAMPLESS)
    line = spec.to_json()
    assert "\n" not in line
    assert JobSpec.from_json(line) == spec
    assert set(json.loads(line)) == {
        *("engine", "block", "prompt", "start_beat", "start_seconds", "project", "into", "daw", "notices", "base64"),
        *("follows", "song", "origin"),
    }


def test_fields_that_an_older_companion_did_not_store_have_their_defaults() -> None:
    spec = JobSpec.from_json('{"engine": "sketch", "block": {}, "prompt": ""}')
    assert (spec.start_beat, spec.start_seconds, spec.project, spec.into, spec.daw) == (0.0, None, None, None, "")
    assert (spec.notices, spec.base64, spec.follows, spec.song) == ([], False, "", {})


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"engine": "sketch"}', '{"engine": "", "block": {}, "prompt": "", "x": 1}']
)
def test_json_that_is_no_spec_is_a_type_error(text: str) -> None:
    with pytest.raises(TypeError):
        JobSpec.from_json(text)


def test_numbers_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        make_spec(cfg=float("nan")).to_json()


def test_changed_keys_make_a_new_spec_and_leave_the_old_one() -> None:
    spec = make_spec(seed=7, steps=50)
    changed = spec.with_block({"seed": 8, "steps": 20})
    assert (changed.block["seed"], changed.block["steps"], changed.block["tempo"]) == (8, 20, 97.6)
    assert (changed.engine, changed.prompt, changed.start_beat) == (spec.engine, spec.prompt, spec.start_beat)
    assert spec.block["seed"] == 7
    assert changed.with_block({"seed": 7, "steps": 50}) != spec


def test_the_length_is_counted_in_exact_quarter_notes_and_rounded_once() -> None:
    spec = make_spec(bars=4.0, time_signature="7/8", tempo=97.6, sample_rate=48_000)
    assert spec.meter == Meter(7, 8)
    assert spec.length_beats == Fraction(14)  # 4 bars of 7 eighths
    assert spec.frames == 413_115  # 14 · 60 / 97.6 · 48,000 = 413,114.75…


def test_a_tempo_map_wins_over_the_plain_tempo() -> None:
    spec = make_spec(tempo=60.0, tempo_map=RAMPLESS, bars=1.0, sample_rate=48_000)
    assert spec.tempo_map == TempoMap.parse(RAMPLESS)
    assert spec.frames == 3 * 48_000  # two beats of a second, two of half a second
    assert make_spec(tempo=60.0, bars=1.0).tempo_map == TempoMap.constant(60.0)


def test_an_empty_key_is_an_unknown_one() -> None:
    assert make_spec(key="F# minor").key == Key("F#", "minor")
    assert make_spec(key="").key is None


@settings(max_examples=50, deadline=None)
@given(bars=st.floats(0.01, 1_000), numerator=st.integers(1, 32), denominator=st.sampled_from([1, 2, 4, 8, 16, 32]))
def test_no_fraction_of_a_bar_is_lost(bars: float, numerator: int, denominator: int) -> None:
    spec = make_spec(bars=bars, time_signature=f"{numerator}/{denominator}")
    assert spec.length_beats == Fraction(bars) * numerator * 4 / denominator


def test_the_engine_gets_typed_values() -> None:
    block = {"bars": 2.0, "pitch_shift": -2, "stems": ["bass", "drums"], "variations": 3, "lyrics": "la", "seed": 9}
    request = make_spec(**block, sample_rate=44_100).generation_request()
    assert (request.key, request.meter, request.length_beats) == (Key("E", "minor"), Meter(4, 4), Fraction(8))
    assert (request.stems, request.seed, request.variations) == (("bass", "drums"), 9, 3)
    assert (request.lyrics, request.genres, request.sample_rate) == ("la", "funk", 44_100)
    assert repr(request.pitch_shift_semitones) == "-2.0"
    assert request.block["bars"] == 2.0


def test_stems_left_to_the_engine_are_an_empty_tuple() -> None:
    assert make_spec(stems="auto").generation_request().stems == ()


def test_a_wrong_meter_in_an_old_row_is_a_sentence() -> None:
    with pytest.raises(InvalidValue, match="time signature"):
        _ = make_spec(time_signature="4/3").meter
