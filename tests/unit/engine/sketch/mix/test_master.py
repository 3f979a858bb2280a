"""The master: loudness, peaks, limiter and compressor, against independent measurements."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import sosfilt

from engine.music import TempoMap
from engine.sketch.mix.loudness import Weigher, hop_frames, integrated
from engine.sketch.mix.master import CEILING, limiter, unroll
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
@given(seconds=st.floats(0.41, 4.0), rate=st.sampled_from([22_050, 44_100, 48_000, 96_000]), seed=st.integers(0, 99))
def test_loudness_agrees_with_pyloudnorm(seconds: float, rate: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate)
    gain = np.repeat(10.0 ** rng.uniform(-3, 0, frames // 5_000 + 1), 5_000)[:frames, None]
    audio = (0.1 * gain * rng.standard_normal((frames, 2))).astype(np.float32)
    weigher, hop = Weigher(rate), hop_frames(rate)
    split = frames // 2 // hop * hop
    power = np.concatenate([weigher.weigh(audio[:split]), weigher.weigh(audio[split:])])
    assert integrated(power, frames, rate) == pytest.approx(lufs(audio.astype(np.float64), rate), abs=0.12)


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
