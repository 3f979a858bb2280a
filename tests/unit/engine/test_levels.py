"""Sample peaks, decibels, and the error of a sum of stems."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.levels import SILENCE_DB, decibels, peak, peak_db, sum_error_db


def test_peak_is_of_the_largest_sample_of_either_sign() -> None:
    assert peak_db(np.array([[0.25, -0.5]], np.float32)) == pytest.approx(-6.0206, abs=1e-4)


@pytest.mark.parametrize("audio", [np.zeros((10, 2), np.float32), np.zeros((0, 2), np.float32)])
def test_silence_has_the_floor_as_its_peak(audio: np.ndarray) -> None:
    assert peak_db(audio) == SILENCE_DB == -144.0


def test_peaks_below_the_floor_read_as_the_floor() -> None:
    assert peak_db(np.full((4, 2), 1e-9, np.float32)) == -144.0


def test_an_equal_sum_has_no_error() -> None:
    stems = [np.full((5, 2), 0.25, np.float32), np.full((5, 2), 0.5, np.float32)]
    assert sum_error_db(stems, np.full((5, 2), 0.75, np.float32)) == -144.0


def test_a_missing_stem_is_the_error_of_the_sum() -> None:
    stems = [np.full((5, 2), 0.25, np.float32)]
    assert sum_error_db(stems, np.full((5, 2), 0.75, np.float32)) == pytest.approx(-6.0206, abs=1e-4)


def test_the_linear_peak_is_of_either_sign_and_keeps_what_is_no_number() -> None:
    assert peak(np.array([[0.25, -0.5]], np.float32)) == 0.5
    assert peak(np.array([[0.75, -0.5]], np.float32)) == 0.75
    assert peak(np.zeros((0, 2), np.float32)) == 0.0
    assert math.isnan(peak(np.array([[0.25, np.nan]], np.float32)))


@pytest.mark.parametrize(("level", "db"), [(1.0, 0.0), (0.1, -20.0), (2.0, 6.0206), (0.0, -144.0), (1e-12, -144.0)])
def test_decibels(level: float, db: float) -> None:
    assert decibels(level) == pytest.approx(db, abs=1e-4)


@given(st.floats(0.0, 1e6))
def test_decibels_are_finite(level: float) -> None:
    assert SILENCE_DB <= decibels(level) <= 120.0


def test_without_stems_the_error_is_the_mix() -> None:
    assert sum_error_db([], np.full((5, 2), 0.5, np.float32)) == pytest.approx(-6.0206, abs=1e-4)


def test_the_sum_is_in_double_precision() -> None:
    # In float32, 1 + 2^-30 is 1: the small stem would be lost and the error read 0.
    stems = [np.ones((4, 1), np.float32), np.full((4, 1), 2.0**-20, np.float32)] + [
        np.full((4, 1), 2.0**-26, np.float32)
    ] * 64
    assert sum_error_db(stems, np.full((4, 1), 1.0 + 2.0**-19, np.float32)) == -144.0
