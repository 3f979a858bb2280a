"""Accents: places on the beat path, weights at places, phases where attacks cluster, and changes of harmony."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.track.accents import (
    Accents,
    accents_of,
    at_places,
    beat_phases,
    harmonic_change,
    moments,
    positions,
    wrapped,
)
from engine.align.track.analysis import CHROMA_HOPS, LEAD_HOPS, Analysis, analyse
from engine.align.track.attacks import TrackedAttacks


@settings(deadline=None)
@given(st.lists(st.floats(0.2, 2.0), min_size=2, max_size=20), st.floats(-5.0, 40.0))
def test_positions_and_moments_are_inverse(gaps: list[float], place: float) -> None:
    beats_s = np.cumsum(gaps)
    assert positions(moments(np.array([place]), beats_s), beats_s)[0] == pytest.approx(place, abs=1e-6)


@settings(deadline=None)
@given(st.floats(-100.0, 100.0))
def test_wrapped_goes_the_short_way(phase: float) -> None:
    assert -0.5 <= wrapped(phase) <= 0.5
    turns = phase - float(wrapped(phase))
    assert turns == pytest.approx(round(turns), abs=1e-9)


def made(position: list[float], strength: list[float]) -> Accents:
    """Return attacks at `position` on a path of ten beats, two in a second."""
    at, weight = np.array(position), np.array(strength)
    return Accents(at, weight, weight, weight, at * 0.5, np.arange(10) * 0.5)


def test_places_outside_the_beats_go_on_at_the_outermost_period() -> None:
    beats_s = np.array([1.0, 2.0, 4.0])
    times_s = np.array([0.0, 1.5, 3.0, 6.0])
    places = np.array([-1.0, 0.5, 1.5, 3.0])
    np.testing.assert_allclose(positions(times_s, beats_s), places)
    np.testing.assert_allclose(moments(places, beats_s), times_s)


def test_each_place_gets_the_greatest_weight_near_it() -> None:
    accents = made([0.05, 0.95, 1.02, 2.5], [1.0, 2.0, 3.0, 9.0])
    np.testing.assert_array_equal(at_places(accents, accents.strength, np.array([0.0, 1.0, 2.0])), [1.0, 3.0, 0.0])
    np.testing.assert_array_equal(at_places(accents, accents.strength, np.array([2.0, 0.0, 1.0])), [0.0, 1.0, 3.0])
    np.testing.assert_array_equal(at_places(accents, accents.strength, np.array([1.0])), [3.0])


def test_no_attacks_weigh_nothing() -> None:
    assert at_places(made([], []), np.empty(0), np.array([0.0, 1.0])).tolist() == [0.0, 0.0]


def test_phases_are_where_attacks_cluster_the_strongest_first() -> None:
    phases = beat_phases(made([0.0, 1.0, 2.0, 0.5, 1.5, 2.34], [1.0, 1.0, 1.0, 0.6, 0.6, 0.4]))
    np.testing.assert_allclose(wrapped(phases[:3] - [0.0, 0.5, 0.34]), 0.0, atol=1e-9)
    assert ((phases >= 0.0) & (phases <= 1.0)).all()
    assert len(beat_phases(made([0.0, 0.5], [1.0, 1.0]), most=1)) == 1


def test_a_phase_is_the_weighted_mean_of_its_cluster() -> None:
    phases = beat_phases(made([0.24, 1.26, 2.25], [1.0, 3.0, 1.0]))
    assert phases[0] == pytest.approx((0.24 + 3 * 0.26 + 0.25) / 5)


def test_low_and_middle_weights_tell_a_kick_from_a_hat() -> None:
    rate = 22_050
    audio = np.zeros((4 * rate, 1), np.float32)
    ring = np.exp(-np.arange(rate // 10) / (0.03 * rate))
    kick = (np.cos(2 * np.pi * 60 * np.arange(rate // 10) / rate) * ring).astype(np.float32)
    hat = np.diff(np.random.default_rng(0).standard_normal(rate // 10 + 1)).astype(np.float32) * ring[: rate // 10]
    for beat in range(1, 7):
        start = beat * rate // 2
        audio[start : start + rate // 10, 0] += 0.5 * (kick if beat % 2 else 0.2 * hat.astype(np.float32))
    analysis = analyse([audio], rate)
    accents = accents_of(analysis, np.ones(len(analysis.attacks.times_s)), np.arange(8) * 0.5)
    kicks = at_places(accents, accents.low, np.array([1.0, 3.0, 5.0]))
    hats = at_places(accents, accents.low, np.array([2.0, 4.0, 6.0]))
    assert kicks.min() > 0.8
    assert hats.max() < 0.1


def test_harmony_changes_by_the_distance_of_its_pitch_classes() -> None:
    lead = LEAD_HOPS // CHROMA_HOPS
    pulse = (np.arange(lead + 10 * 5) - lead) // 5  # five columns a pulse at 200 hops a second
    chroma = np.eye(12, dtype=np.float32)[np.where(pulse < 4, 0, 7)]
    analysis = Analysis(
        np.zeros((1, 1), np.float32),
        chroma,
        TrackedAttacks(np.empty(0), np.empty(0), np.empty(0, np.intp)),
        200.0,
        5.0,
    )
    change = harmonic_change(analysis, made([], []), np.array([2.0, 4.0, 7.0]))
    np.testing.assert_allclose(change, [0.0, 1.0, 0.0], atol=1e-6)
