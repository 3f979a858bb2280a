"""The whole chain on generated music: on the grid, exact, and safe with any input."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

import engine.align.conform as conform_module
from engine.align.conform import Conformed, TargetGrid, conform
from engine.align.track import Beats, track_beats
from engine.align.warpmap import WarpMap
from engine.errors import Cancelled, InvalidValue
from engine.music import Meter, TempoMap, TempoPoint
from tests.helpers.drift_set import drift_case

Audio = NDArray[np.float32]
RATE = 44_100
GRID = TargetGrid(TempoMap.constant(120.0), Meter(4, 4), Fraction(8))


@pytest.fixture(scope="module")
def walked() -> tuple[Conformed, TargetGrid]:
    case = drift_case("walk", 11, RATE, bars=8)
    grid = TargetGrid(TempoMap.constant(case.bpm), case.meter, Fraction(case.length_beats))
    return conform(case.stems, RATE, grid, case.bpm), grid


def test_drifting_music_lands_on_the_grid(walked: tuple[Conformed, TargetGrid]) -> None:
    conformed, grid = walked
    report = conformed.report
    assert report.method == "vocoder"
    assert report.error.verdict == "tight"
    assert report.error.error_ms_median is not None
    assert report.error.error_ms_median < 1.0
    assert report.error.error_ms_p95 is not None
    assert report.error.error_ms_p95 < 3.0
    assert report.error.tempo_measured == pytest.approx(grid.tempo_map.points[0].bpm, rel=1e-3)


@pytest.mark.parametrize(("expected", "verdict"), [(106.0, "tight"), (118.0, "loose")])
def test_the_tempo_before_is_the_clips_own_and_far_from_it_nothing_is_tight(expected: float, verdict: str) -> None:
    case = drift_case("steady", 11, RATE, bars=8)
    stems = case.reference(TempoMap.constant(100.0))
    grid = TargetGrid(TempoMap.constant(expected), case.meter, Fraction(case.length_beats))
    report = conform(stems, RATE, grid, expected).report
    assert report.error.tempo_before == pytest.approx(100.0, rel=2e-4)
    assert report.error.verdict == verdict
    assert any("far from the 118 BPM expected" in notice for notice in report.notices) == (verdict == "loose")


def test_lengths_are_exact_and_stems_are_the_mix(walked: tuple[Conformed, TargetGrid]) -> None:
    conformed, grid = walked
    frames = grid.tempo_map.frames(grid.length_beats, RATE)
    assert {len(stem) for stem in conformed.stems.values()} == {frames}
    assert np.abs(sum(conformed.stems.values()) - conformed.mix).max() < 1e-6


def test_a_tempo_map_in_odd_meter_is_followed() -> None:
    case = drift_case("meter_7_8", 12, RATE, bars=8)
    tempo_map = TempoMap([TempoPoint(0.0, case.bpm, ramp=True), TempoPoint(20.0, case.bpm * 1.06)])
    grid = TargetGrid(tempo_map, case.meter, Fraction(case.length_beats))
    conformed = conform(case.stems, RATE, grid, case.bpm)
    assert len(conformed.mix) == tempo_map.frames(grid.length_beats, RATE)
    assert conformed.report.error.verdict == "tight"


def spoiled(beats: Beats) -> Beats:
    """Return `beats` with every mark and beat moved by up to 60 ms, and no less sure of themselves."""

    def moved(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(times_s + 0.06 * np.sin(2 * np.pi * times_s / 3.0))

    marks = replace(beats.marks, times_s=moved(beats.marks.times_s))
    return replace(beats, times_s=moved(beats.times_s), marks=marks, confidence=np.ones_like(beats.confidence))


def test_a_clip_whose_beats_mislead_is_no_worse_than_uncorrected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conform_module, "track_beats", lambda *args: spoiled(track_beats(*args)))
    case = drift_case("steady", 14, RATE, bars=8)
    grid = TargetGrid(TempoMap.constant(case.bpm), case.meter, Fraction(case.length_beats))
    conformed = conform(case.stems, RATE, grid, case.bpm, ending="one_shot")
    assert conformed.report.method == "copy"
    assert conformed.report.error.verdict == "tight"
    assert conformed.report.error.error_ms_median is not None
    assert conformed.report.error.error_ms_median < 0.5
    assert any("plain tempo" in notice for notice in conformed.report.notices)


def test_beats_that_are_right_are_followed_though_the_tempo_moves(walked: tuple[Conformed, TargetGrid]) -> None:
    assert walked[0].report.model == "smooth"
    assert walked[0].report.notices == ()


def test_music_on_the_grid_is_copied_bit_for_bit() -> None:
    case = drift_case("steady", 11, RATE, bars=8)
    grid = TargetGrid(TempoMap.constant(case.bpm), case.meter, Fraction(case.length_beats))
    conformed = conform(case.stems, RATE, grid, case.bpm, ending="one_shot")
    assert conformed.report.method == "copy"
    middle = slice(RATE, 5 * RATE)
    for name, stem in conformed.stems.items():
        assert np.array_equal(stem[middle], case.stems[name][middle])


def test_a_mix_of_its_own_stays_the_sum_and_a_pitch_shift_keeps_the_grid() -> None:
    case = drift_case("sine", 13, RATE, bars=4)
    grid = TargetGrid(TempoMap.constant(case.bpm), case.meter, Fraction(case.length_beats))
    conformed = conform(case.stems, RATE, grid, case.bpm, mix=case.mix, pitch_semitones=2.0)
    assert len(conformed.mix) == grid.tempo_map.frames(grid.length_beats, RATE)
    assert np.abs(sum(conformed.stems.values()) - conformed.mix).max() < 10 ** (-90 / 20)
    assert conformed.report.error.verdict == "tight"


def test_a_given_map_is_followed_and_nothing_tracked() -> None:
    audio = np.random.default_rng(0).standard_normal((5 * RATE, 2)).astype(np.float32) * 0.1
    conformed = conform({"a": audio}, RATE, GRID, 120.0, warp_map=WarpMap.constant(1.0, 0.25))
    assert conformed.report.beats is None
    assert conformed.report.model == "given"
    start = RATE // 4
    assert np.array_equal(conformed.mix[:RATE], audio[start : start + RATE])


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros((RATE, 2)),
        np.full((RATE, 2), 0.7),
        np.ones((3, 2)),
        np.zeros((0, 1)),
        np.full((RATE, 2), np.nan),
        np.random.default_rng(0).standard_normal((3 * RATE, 2)) * 0.2,
        np.eye(RATE * 6, 1, -RATE),
    ],
    ids=["silence", "dc", "3 frames", "empty", "nan", "noise", "one click"],
)
def test_audio_without_music_still_gives_the_exact_length_and_says_so(audio: NDArray[np.float64]) -> None:
    conformed = conform({"a": audio.astype(np.float32)}, RATE, GRID, 117.0)
    assert len(conformed.mix) == 4 * RATE
    assert np.isfinite(conformed.mix).all()
    assert conformed.report.notices
    assert conformed.report.error.verdict == "could not measure"


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 8), (192_000, 1)])
def test_odd_rates_and_channel_counts_pass(rate: int, channels: int) -> None:
    audio = np.random.default_rng(1).standard_normal((rate, channels)).astype(np.float32) * 0.1
    grid = TargetGrid(TempoMap.constant(120.0), Meter(4, 4), Fraction(4))
    assert conform({"a": audio}, rate, grid, 125.0).mix.shape == (2 * rate, channels)


def test_broken_samples_are_made_silent_and_reported() -> None:
    audio = np.full((RATE, 1), 0.1, np.float32)
    audio[10:12] = np.inf
    report = conform({"voice": audio}, RATE, GRID, 120.0).report
    assert any(notice.startswith("2 samples of voice") for notice in report.notices)


def test_bad_requests_are_named() -> None:
    stereo, mono = np.zeros((10, 2), np.float32), np.zeros((10, 1), np.float32)
    with pytest.raises(InvalidValue, match="stems"):
        conform({}, RATE, GRID, 120.0)
    with pytest.raises(InvalidValue, match="channels"):
        conform({"a": stereo, "b": mono}, RATE, GRID, 120.0)
    with pytest.raises(InvalidValue, match="stem a"):
        conform({"a": stereo[:, 0]}, RATE, GRID, 120.0)
    with pytest.raises(InvalidValue, match="sample_rate"):
        conform({"a": stereo}, 0, GRID, 120.0)
    with pytest.raises(InvalidValue, match="length"):
        conform({"a": stereo}, RATE, TargetGrid(GRID.tempo_map, GRID.meter, Fraction(0)), 120.0)


def test_a_grid_knows_its_bars() -> None:
    assert TargetGrid(TempoMap.constant(120.0), Meter(7, 8), Fraction(14)).bars == 4.0
    assert GRID.bars == 2.0


def test_progress_rises_from_0_to_1_and_a_cancel_comes_out() -> None:
    audio = np.random.default_rng(0).standard_normal((3 * RATE, 1)).astype(np.float32) * 0.1
    fractions: list[float] = []
    conform({"a": audio}, RATE, GRID, 120.0, warp_map=WarpMap.constant(1.001), report=fractions.append)
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(fractions) > 3

    def cancel(fraction: float) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        conform({"a": audio}, RATE, GRID, 120.0, warp_map=WarpMap.constant(1.001), report=cancel)


def test_shorter_stems_are_padded_with_silence() -> None:
    long, short = np.full((4 * RATE, 1), 0.1, np.float32), np.full((RATE, 1), 0.2, np.float32)
    conformed = conform({"a": long, "b": short}, RATE, GRID, 120.0, warp_map=WarpMap.constant())
    assert len(conformed.stems["b"]) == 4 * RATE
    assert np.array_equal(conformed.stems["b"][:RATE], short)
    assert not conformed.stems["b"][RATE : 3 * RATE].any()
