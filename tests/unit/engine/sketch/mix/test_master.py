"""The master: loudness, peaks, limiter and compressor, against independent measurements."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import sosfilt

from engine.music import TempoMap
from engine.sketch.mix.loudness import hop_frames, integrated
from engine.sketch.mix.master import CEILING, MixLevels, compressor, limiter, loudness_under, master_curve, unroll
from tests.helpers.mix_ears import RATE, lufs, mix_of, true_peak_db
from tests.helpers.render_scores import BANDS, FUNK, HOUSE, LOFI, MIXES, groove, n, solo, sound


def check_mastered(stems: dict[str, np.ndarray], rate: int = RATE) -> None:
    mix = mix_of(stems)
    assert lufs(mix, rate) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_db(mix) <= -1.0
    assert np.abs(mix).max() < 0.8913
    assert np.abs(mix.mean(axis=0)).max() < 5e-4


@pytest.mark.parametrize("bpm", [62.5, 140.0])
@pytest.mark.parametrize("band", BANDS.values(), ids=BANDS)
def test_every_band_is_loud_enough_and_not_too_loud(band: tuple[str, ...], bpm: float) -> None:
    check_mastered(sound(groove(band, 2, TempoMap.constant(bpm))))


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_loudness_holds_at_other_rates(rate: int) -> None:
    check_mastered(sound(groove(HOUSE, 2), rate), rate)


@pytest.mark.parametrize("stem", MIXES)
def test_single_stems_are_mastered_too(stem: str) -> None:
    check_mastered(sound(groove(FUNK, 2, stems=(stem,))))


def test_a_lone_click_comes_as_near_as_its_length_allows() -> None:
    mix = mix_of(sound(solo("kit_acoustic", [n(0, 0.1, 37, 20)], 8)))
    assert -17.0 < lufs(mix) < -13.7
    assert true_peak_db(mix) <= -1.0


def test_sparse_and_quiet_pieces_are_mastered_too() -> None:
    check_mastered(sound(solo("kit_acoustic", [n(0, 0.1, 38, 20), n(5, 0.1, 36, 1)], 8)))
    check_mastered(sound(solo("bass_sub", [n(0, 0.25, 26, 1), n(30, 2, 28, 127)], 64)))


@pytest.mark.parametrize("frames", [4_800, 12_000, 19_000])
def test_pieces_too_short_for_a_gate_are_as_loud_on_the_loop(frames: int) -> None:
    stems = sound(solo("epiano", [n(0, 0.1, 60), n(0.05, 0.1, 67)], frames / 24_000))
    stem = stems["solo"]
    assert len(stem) == frames
    looped = np.tile(stem, (-(-4 * RATE // frames), 1))
    assert lufs(looped.astype(np.float64)) == pytest.approx(-14.0, abs=0.7)
    assert true_peak_db(looped) <= -1.0


def test_the_mix_has_room_to_breathe() -> None:
    for band in (FUNK, HOUSE, LOFI):
        mix = mix_of(sound(groove(band, 2)))
        crest_db = 20 * np.log10(np.abs(mix).max() / np.sqrt(np.square(mix).mean()))
        assert 10 < crest_db < 16


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), hops=st.integers(1, 400))
def test_the_limiter_holds_every_peak_and_is_smooth(seed: int, hops: int) -> None:
    rng = np.random.default_rng(seed)
    peaks = 10.0 ** rng.uniform(-1.5, 0.6, hops)
    curve = limiter(peaks, RATE)
    highest = np.maximum(curve, np.roll(curve, -1))
    assert (peaks * highest <= CEILING * 1.000001).all()
    assert (curve <= 1.0).all()
    assert np.abs(np.diff(20 * np.log10(curve))).max(initial=0.0) < 7.0
    line = unroll(curve, 0, hops * hop_frames(RATE), RATE)
    assert line[0] == pytest.approx(curve[0])
    assert (line <= np.repeat(highest, hop_frames(RATE)) + 1e-12).all()


def test_what_needs_no_limiting_gets_none() -> None:
    assert np.array_equal(limiter(np.full(50, 0.8), RATE), np.ones(50))


def test_the_sections_are_the_k_filter() -> None:
    from engine.sketch.mix.loudness import k_weighting

    impulse = np.zeros(RATE, np.float32)
    impulse[0] = 1.0
    response_db = 20 * np.log10(np.abs(np.fft.rfft(sosfilt(k_weighting(RATE), impulse))))
    assert response_db[10_000] == pytest.approx(4.0, abs=0.1)
    assert response_db[997] == pytest.approx(0.69, abs=0.05)
    assert response_db[38] == pytest.approx(-6.0, abs=0.5)


HOP = hop_frames(RATE)


def levels(power: np.ndarray, peak: float = 0.1) -> MixLevels:
    return MixLevels(np.full(power.size, peak), power, power.size * HOP, RATE)


def test_a_steady_mix_is_not_compressed_and_silence_neither() -> None:
    assert compressor(levels(np.full(2000, 0.01 * HOP))) == pytest.approx(np.ones(2000))
    assert compressor(levels(np.zeros(2000))) == pytest.approx(np.ones(2000))


def test_bursts_are_compressed_two_to_one() -> None:
    power = np.full(3000, 0.001 * HOP)
    power[1000:1200] *= 100
    measured = levels(power)
    gain_db = 20 * np.log10(compressor(measured))
    over = 10 * np.log10(0.1) - 0.691 - integrated(power, measured.frames, RATE) - 1.0
    assert gain_db.min() == pytest.approx(-over / 2, abs=0.3)
    assert gain_db[990] == pytest.approx(0.0, abs=1e-6)


def test_a_constant_gain_moves_the_loudness_by_its_decibels() -> None:
    measured = levels(np.full(2250, 0.01 * HOP))  # three seconds, which blocks fill evenly
    plain = loudness_under(np.ones(2250), measured)
    assert plain == pytest.approx(-20.691, abs=0.01)
    assert loudness_under(np.full(2250, 0.5), measured) == pytest.approx(plain - 6.0206, abs=1e-3)


@pytest.mark.parametrize(("power", "peak"), [(0.01, 0.3), (1e-5, 0.01), (0.5, 0.9)])
def test_the_master_brings_a_mix_to_its_loudness(power: float, peak: float) -> None:
    ticks: list[int] = []
    measured = levels(np.full(2000, power * HOP), peak)
    curve = master_curve(measured, np.ones(2000), lambda: ticks.append(1))
    assert loudness_under(curve, measured) == pytest.approx(-14.0, abs=0.01)
    assert (measured.peaks * curve).max() <= CEILING * 1.0001
    assert ticks


def test_the_master_of_silence_is_nothing() -> None:
    assert master_curve(levels(np.zeros(100)), np.ones(100), lambda: None) == pytest.approx(np.ones(100))


def test_a_curve_is_straight_between_the_edges_of_hops() -> None:
    curve = np.array([0.0, 1.0, 0.5])
    line = unroll(curve, 0, 3 * HOP, RATE)
    assert line[: HOP + 1] == pytest.approx(np.arange(HOP + 1) / HOP)
    assert line[2 * HOP + HOP // 2] == pytest.approx(0.25), "the last hop goes back to the first edge"
    assert unroll(curve, 1, 5, RATE) == pytest.approx(1.0 - 0.5 * np.arange(5) / HOP)


def test_a_release_is_as_fast_as_asked() -> None:
    peaks = np.zeros(4000)
    peaks[1000] = 10 * CEILING
    curve_db = 20 * np.log10(limiter(peaks, RATE))
    assert curve_db[1000] == pytest.approx(-20.0, abs=0.1)
    assert curve_db[1000 + 187] - curve_db[1000 + 87] == pytest.approx(60.0 * 100 * HOP / RATE, abs=0.01)
    assert (20 * np.log10(limiter(peaks, RATE, 1500.0)))[1000 + 87] == 0.0
