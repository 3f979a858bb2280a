"""Band levels, their rises, and pitch classes, with values worked out from the window's formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.align.track.bands import band_edges, band_powers, hop_frames, pitch_classes, rises, window_frames

RATE = 48_000


def sine(hz: float, seconds: float = 0.5, level: float = 1.0) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.mark.parametrize(("rate", "hop", "window"), [(48_000, 240, 1024), (51_200, 256, 1024), (51_300, 256, 2048)])
def test_hops_are_5_ms_and_windows_a_power_of_two_of_at_least_20_ms(rate: int, hop: int, window: int) -> None:
    assert hop_frames(rate) == hop
    assert window_frames(rate) == window


def test_a_hop_is_a_frame_at_least() -> None:
    assert hop_frames(50) == 1


@given(st.integers(4_000, 384_000))
def test_band_edges_rise_from_above_dc_to_below_the_nyquist_bin(rate: int) -> None:
    edges = band_edges(rate)
    assert edges[0] >= 1
    assert (np.diff(edges) > 0).all()
    assert edges[-1] <= window_frames(rate) // 2


def test_a_full_scale_sine_has_the_power_of_a_hann_window_in_its_own_band() -> None:
    # On a bin's centre: (A/2)² and a quarter of that in each bin beside it.
    hz = 75 * RATE / 1024
    powers = band_powers(sine(hz), RATE, 4_800, 3)
    edges = band_edges(RATE)
    band = int(np.searchsorted(edges, 75, side="right")) - 1
    assert powers.shape == (3, len(edges) - 1)
    np.testing.assert_allclose(powers.sum(axis=1), 0.25 * 1.5, rtol=1e-3)
    assert (powers[:, band] > 0.99 * powers.sum(axis=1)).all()


def test_power_goes_with_the_square_of_the_level() -> None:
    loud, soft = (band_powers(sine(1_000, level=level), RATE, 4_800, 1) for level in (1.0, 0.1))
    np.testing.assert_allclose(soft.sum(), 0.01 * loud.sum(), rtol=1e-4)


def test_a_step_from_silence_rises_by_1_over_two_hops() -> None:
    powers = np.zeros((1_000, 2), np.float32)
    powers[500:, 0] = 0.25
    rise = rises(powers)
    np.testing.assert_allclose(rise[500:502, 0], 1.0, atol=1e-5)
    assert not rise[:500].any()
    assert not rise[502:].any()
    assert not rise[:, 1].any()


def test_steady_and_falling_levels_do_not_rise() -> None:
    falling = np.linspace(1.0, 0.1, 200, dtype=np.float32)[:, None]
    assert not rises(falling).any()
    assert not rises(np.full((50, 3), 0.3, np.float32)).any()
    assert rises(np.zeros((5, 3), np.float32)).shape == (5, 3)


@pytest.mark.parametrize(("hz", "pitch_class"), [(440.0, 0), (880.0, 0), (466.16, 1), (261.63, 3), (415.30, 11)])
def test_pitch_classes_count_semitones_from_a(hz: float, pitch_class: int) -> None:
    chroma = pitch_classes(sine(hz, 1.0), RATE, np.array([RATE // 2]))
    assert chroma.shape == (1, 12)
    assert int(np.argmax(chroma[0])) == pitch_class
    assert np.linalg.norm(chroma[0]) == pytest.approx(1.0, abs=1e-6)


def test_silence_has_no_pitch_class() -> None:
    assert not pitch_classes(np.zeros(RATE, np.float32), RATE, np.array([0, RATE // 2])).any()
