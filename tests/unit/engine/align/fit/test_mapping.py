from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.fit import fit_map
from engine.align.track import track_beats
from engine.music import Meter, TempoMap, TempoPoint
from tests.helpers.drift_set import DRUMLESS, KINDS, drift_case
from tests.helpers.fit_marks import Times, beats_at

STEADY = TempoMap.constant(120.0)
STEPS_AND_RAMPS = TempoMap(
    [TempoPoint(0.0, 120.0), TempoPoint(7.5, 90.0, True), TempoPoint(20.0, 140.0), TempoPoint(33.3, 60.0)]
)
PLACES = np.arange(0.0, 47.5, 0.37)


def even(bpm: float, start_s: float = 0.0) -> Callable[[Times], Times]:
    return lambda beats: start_s + beats * 60.0 / bpm


def wave(beats: Times) -> Times:
    return np.asarray(beats * 0.5 + 0.04 * np.sin(beats / 3.0))


def bow(beats: Times) -> Times:
    return np.asarray(beats * 0.5 + 0.0005 * beats**2)


def error_ms(curve: Callable[[Times], Times], found_map: object, tempo_map: TempoMap = STEADY) -> Times:
    target_s = np.array([tempo_map.seconds(place) for place in PLACES])
    return np.abs(found_map.to_target(curve(PLACES)) - target_s) * 1000.0  # type: ignore[attr-defined]


@settings(max_examples=20, deadline=None)
@given(bpm=st.floats(100.0, 140.0), start_s=st.floats(0.0, 3.0), stray=st.floats(0.0, 0.15), seed=st.integers(0, 999))
def test_one_tempo_is_fitted_exactly_whatever_strays(bpm: float, start_s: float, stray: float, seed: int) -> None:
    curve = even(bpm, start_s)
    fit = fit_map(beats_at(curve, stray=stray, seed=seed), STEADY)
    assert error_ms(curve, fit.map).max() < 0.5
    assert fit.residual_ms is not None
    assert fit.notices == ()


@pytest.mark.parametrize(
    ("curve", "model"), [(even(120.0), "identity"), (even(118.0), "constant"), (bow, "linear"), (wave, "smooth")]
)
def test_the_simplest_model_that_explains_the_beats_is_taken(curve: Callable[[Times], Times], model: str) -> None:
    fit = fit_map(beats_at(curve), STEADY)
    assert fit.model == model
    assert error_ms(curve, fit.map).max() < 1.0


@pytest.mark.parametrize("seed", range(4))
def test_unsteady_playing_is_kept_and_not_followed(seed: int) -> None:
    fit = fit_map(beats_at(even(118.0), jitter_s=0.006, seed=seed), STEADY)
    assert fit.model in ("constant", "linear")
    assert error_ms(even(118.0), fit.map).max() < 4.0
    assert fit.residual_ms == pytest.approx(6.0, rel=0.4)


def test_swing_is_kept() -> None:
    fit = fit_map(beats_at(wave, eighths_late_s=0.04), STEADY)
    assert error_ms(wave, fit.map).max() < 1.0


def test_a_clip_on_the_grid_is_not_moved_at_all() -> None:
    fit = fit_map(beats_at(even(120.0), jitter_s=0.002), STEADY)
    times_s = np.linspace(0.0, 24.0, 100)
    np.testing.assert_array_equal(fit.map.to_target(times_s), times_s)


@pytest.mark.parametrize("curve", [even(117.0, 0.8), wave])
def test_steps_and_ramps_of_the_project_are_met(curve: Callable[[Times], Times]) -> None:
    fit = fit_map(beats_at(curve), STEPS_AND_RAMPS)
    assert error_ms(curve, fit.map, STEPS_AND_RAMPS).max() < 1.0


@pytest.mark.parametrize("bars", [1, 12, 100])
def test_the_map_covers_shorter_and_longer_projects(bars: int) -> None:
    fit = fit_map(beats_at(even(118.0)), STEPS_AND_RAMPS, bars)
    end_s = STEPS_AND_RAMPS.seconds(bars * 4)
    assert fit.map.to_source(np.array([end_s]))[0] == pytest.approx(bars * 4 * 60.0 / 118.0, abs=0.002)


def test_beats_that_cannot_be_trusted_bend_nothing() -> None:
    unsure = fit_map(beats_at(wave, confidence=0.4), STEADY)
    assert unsure.model in ("constant", "identity")
    ratio = fit_map(beats_at(wave, bpm=100.0, confidence=0.2, first_sound_s=0.25), STEADY)
    assert ratio.residual_ms is None
    assert "100 BPM" in ratio.notices[0]
    np.testing.assert_allclose(ratio.map.to_target(np.array([0.25, 1.45])), [0.0, 1.0], atol=1e-9)


def test_a_wild_curve_is_refused() -> None:
    fit = fit_map(beats_at(lambda beats: np.asarray(beats * 0.5 + 0.4 * np.sin(beats / 2.0))), STEADY)
    slopes = np.diff(fit.map.target_s) / np.diff(fit.map.source_s)
    assert np.abs(slopes / np.median(slopes) - 1.0).max() < 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_tracked_clips_land_on_the_grid(kind: str) -> None:
    case = drift_case(kind, 11, bars=8)
    grid = TempoMap.constant(case.bpm)
    beats = track_beats(case.mix, case.sample_rate, case.bpm, case.meter)
    fit = fit_map(beats, grid, case.bars)
    off_ms = np.abs(fit.map.to_target(case.beats_s) - case.beats * 60.0 / case.bpm) * 1000.0
    if kind == "pads":
        assert fit.model != "smooth"
        return
    most_ms = 5.0 if kind in DRUMLESS else 3.0 if kind == "jitter" else 1.0
    assert np.median(off_ms) < most_ms
    assert np.quantile(off_ms, 0.95) < most_ms + 2.0
    assert off_ms[0] < 8.0
    if kind == "steady":
        assert fit.model == "identity"


def test_silence_goes_by_the_known_ratio() -> None:
    beats = track_beats(np.zeros((48_000, 2), np.float32), 48_000, 96.0, Meter(4, 4))
    fit = fit_map(beats, STEADY, 4)
    assert fit.residual_ms is None
    assert fit.map.to_target(np.array([0.0, 10.0])) == pytest.approx([0.0, 8.0])
    assert fit_map(beats, TempoMap.constant(96.0), 4).model == "identity"
