"""The mix: loudness, peaks, balance, stereo; each against a measure of its own."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.music import TempoMap
from engine.score import Part
from engine.sketch.composition import PartMix
from engine.sketch.mix.loudness import hop_frames
from engine.sketch.mix.master import CEILING, limiter, unroll
from engine.sketch.mix.peaks import PAD_FRAMES, between_peaks
from tests.helpers.mix_ears import RATE, lufs, mix_of, true_peak_db
from tests.helpers.render_scores import BANDS, FUNK, HOUSE, LOFI, MIXES, compose, groove, n, solo, sound


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


def spectrum_db(audio: np.ndarray) -> np.ndarray:
    """Power by octave bands from 63 Hz to 16 kHz relative to all, dB."""
    power = (np.abs(np.fft.rfft(audio, axis=0)) ** 2).sum(axis=1)
    hz = np.fft.rfftfreq(len(audio), 1 / RATE)
    centres = 62.5 * 2.0 ** np.arange(9)
    bands = [power[(hz >= c / 2**0.5) & (hz < c * 2**0.5)].sum() for c in centres]
    return np.asarray(10 * np.log10(np.array(bands) / power.sum() + 1e-12))


@pytest.mark.parametrize("band", [BANDS[name] for name in ("funk", "house", "rock", "lofi")])
def test_the_spectrum_falls_gently_and_the_stereo_is_neither_mono_nor_torn(band: tuple[str, ...]) -> None:
    mix = mix_of(sound(groove(band, 4)))
    bands = spectrum_db(mix)
    slope = np.polyfit(np.arange(7), bands[1:8], 1)[0]
    assert -4.0 < slope < -1.5
    assert 10 * np.log10(np.sum(10 ** (bands[7:] / 10))) < -14
    assert 0.3 < np.corrcoef(mix.T)[0, 1] < 0.96


def test_parts_stand_to_each_other_as_their_levels_say() -> None:
    parts = [Part(name, "epiano", (n(0, 2, 60), n(4, 2, 62))) for name in ("a", "b")]
    mixes = {"a": PartMix(0.0, 0.0, 0.0, 0.0), "b": PartMix(-9.0, 0.0, 0.0, 0.0)}
    stems = sound(compose(parts, 8, mixes=mixes))
    assert lufs(stems["a"]) - lufs(stems["b"]) == pytest.approx(9.0, abs=0.1)


def test_unlike_instruments_are_balanced_by_loudness() -> None:
    parts = [Part("a", "bass_sub", (n(0, 8, 31),)), Part("b", "lead_saw", (n(0, 8, 79),))]
    stems = sound(compose(parts, 8))
    assert lufs(stems["a"]) - lufs(stems["b"]) == pytest.approx(0.0, abs=0.75)


def test_pan_goes_to_its_side_and_bass_stays_mono() -> None:
    left = sound(solo("clav", [n(0, 1, 64)], mix=PartMix(0.0, -0.8, 0.0, 0.0)))["solo"]
    assert np.square(left[:, 0]).sum() > 20 * np.square(left[:, 1]).sum()
    wide = sound(solo("bass_synth", [n(i, 1, 28 + i) for i in range(8)], mix=PartMix(0.0, 0.6, 1.0, 0.3)))["solo"]
    sides = np.abs(np.fft.rfft(np.stack([wide.sum(axis=1), wide[:, 0] - wide[:, 1]]), axis=1)) ** 2
    hz = np.fft.rfftfreq(len(wide), 1 / RATE)
    assert sides[1, hz < 90].sum() < 0.03 * sides[0, hz < 90].sum()
    assert sides[1, hz > 300].sum() > 0.1 * sides[0, hz > 300].sum()


def test_width_widens_and_0_is_mono() -> None:
    def correlation(width: float) -> float:
        stem = sound(solo("lead_saw", [n(i, 1, 60 + i) for i in range(8)], mix=PartMix(0.0, 0.0, width, 0.0)))["solo"]
        return float(np.corrcoef(stem.T)[0, 1])

    assert correlation(0.0) > 0.99999
    assert correlation(0.0) > correlation(0.4) > correlation(0.9) > -0.3


def test_the_room_rings_after_the_sound() -> None:
    def tail(send: float) -> float:
        stem = sound(solo("kit_electronic", [n(0, 0.1, 37)], mix=PartMix(0.0, 0.0, 0.3, send)))["solo"]
        return float(np.square(stem[9_600:24_000]).sum() / np.square(stem).sum())

    assert tail(0.0) < 1e-6 < tail(0.1) < tail(0.5)


def test_ducked_parts_dip_under_the_kick() -> None:
    composition = groove(HOUSE, 2)
    kicks = replace(
        composition.score.parts[0], notes=tuple(x for x in composition.score.parts[0].notes if x.pitch == 36)
    )
    pad = Part("chords", "pad_warm", (n(0, 8, 60), n(0, 8, 64)))
    mixes = {"drums": PartMix(), "chords": PartMix(0.0, 0.0, 0.3, 0.0, duck=0.8)}
    stems = sound(compose([kicks, pad], 8, mixes=mixes))
    kick = 96_000
    under = np.square(stems["chords"][kick + 500 : kick + 1900]).mean()
    after = np.square(stems["chords"][kick + 20_000 : kick + 24_000]).mean()
    assert 10 * np.log10(after / under) > 8


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


def test_peaks_between_samples_are_found() -> None:
    # A quarter of the rate, 45° off: every sample is at 0.7071 of the true peak.
    wave = np.sin(2 * np.pi * np.arange(512) / 4 + np.pi / 4).astype(np.float32)
    padded = np.stack([wave, np.zeros_like(wave)], axis=1)
    found = between_peaks(padded, 64, np.array([1, 3]))
    assert found == pytest.approx([1.0, 1.0], abs=0.02)
    assert PAD_FRAMES < 64
    assert between_peaks(padded, 64, np.array([], np.intp)).size == 0
