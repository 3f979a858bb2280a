"""Models of time against beats: the simplest that predicts well, the groove's offsets, and robust averages."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.align.fit.time_models import FittedModel, best_model, groove, weighted_median
from engine.align.track import Marks
from engine.align.track.bar_pulses import BarPulses
from tests.helpers.fit_marks import Times, beats_at

FOUR = BarPulses(Fraction(1), 4)
PLACES = np.linspace(0.0, 47.0, 95)


def fitted(curve: Callable[[Times], Times], *, flexible: bool = True, **marks: float) -> FittedModel:
    return best_model(beats_at(curve, **marks).marks, 1.0, FOUR, flexible=flexible)  # type: ignore[arg-type]


def even(beats: Times) -> Times:
    return np.asarray(0.2 + 0.5 * beats)


def speeding_up(beats: Times) -> Times:
    return np.asarray(0.5 * beats - 0.0005 * beats**2)


def wavering(beats: Times) -> Times:
    return np.asarray(0.5 * beats + 0.04 * np.sin(beats / 3.0))


@pytest.mark.parametrize(("curve", "model"), [(even, "constant"), (speeding_up, "linear"), (wavering, "smooth")])
def test_the_simplest_model_that_predicts_the_beats_is_taken(curve: Callable[[Times], Times], model: str) -> None:
    found = fitted(curve)
    assert found.model == model
    assert np.abs(found.curve(PLACES) - curve(PLACES)).max() < 0.001


def test_without_flexibility_only_one_tempo_is_fitted() -> None:
    found = fitted(wavering, flexible=False)
    assert found.model == "constant"
    assert np.abs(np.diff(found.curve(PLACES), 2)).max() < 1e-9


def test_late_off_beats_are_groove_and_do_not_bend_the_curve() -> None:
    found = fitted(even, eighths_late_s=0.04)
    assert np.abs(found.curve(PLACES) - even(PLACES)).max() < 0.0005
    assert found.scale_s < 0.001


def test_unsteady_playing_is_measured_as_spread() -> None:
    found = fitted(even, jitter_s=0.006)
    assert found.spread_s == pytest.approx(0.006, rel=0.4)
    assert fitted(even).spread_s < 0.0005


def test_stray_marks_do_not_pull_the_curve() -> None:
    found = fitted(even, stray=0.2)
    assert np.abs(found.curve(PLACES) - even(PLACES)).max() < 0.002


def test_a_handful_of_marks_gives_one_tempo() -> None:
    places = np.arange(4.0)
    marks = Marks(places, np.zeros(4, np.intp), even(places), np.ones(4))
    found = best_model(marks, 1.0, FOUR)
    assert found.model == "constant"
    np.testing.assert_allclose(found.curve(places), even(places), atol=1e-9)


def test_each_off_beat_place_and_each_frequent_place_in_the_bar_has_an_offset() -> None:
    classes = np.arange(24) % 2  # three bars of eighths
    in_bar = np.arange(24) // 2 % 4
    member, ridge = groove(classes, in_bar, 4)
    assert member.shape == (24, 9)
    assert ridge.tolist() == [0.0, *[1.0] * 8]
    assert member[:, 0].tolist() == classes.tolist()
    assert (member[:, 1:].sum(axis=0) == 3).all()


def test_places_with_fewer_than_three_marks_share_the_offset_of_their_class() -> None:
    classes = np.arange(16) % 2  # two bars
    member, ridge = groove(classes, np.arange(16) // 2 % 4, 4)
    assert member.shape == (16, 1)
    assert ridge.tolist() == [0.0]


@pytest.mark.parametrize(
    ("weights", "median"), [([1.0, 1.0, 1.0], 2.0), ([10.0, 1.0, 1.0], 3.0), ([0.0, 1.0, 0.0], 1.0)]
)
def test_half_of_the_weight_lies_on_either_side_of_the_median(weights: list[float], median: float) -> None:
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array(weights)) == median


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=31).filter(lambda values: len(values) % 2 == 1))
def test_with_equal_weights_it_is_the_usual_median(values: list[float]) -> None:
    assert weighted_median(np.array(values), np.ones(len(values))) == np.median(values)
