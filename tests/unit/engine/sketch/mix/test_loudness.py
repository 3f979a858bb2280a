"""The mixer's loudness: the power of hops, and the same reading as of the meter for whole files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import sosfilt

from engine import loudness
from engine.sketch.mix.loudness import SILENT_LUFS, Weigher, hop_frames, hop_sums, integrated, k_weighting
from tests.helpers.mix_ears import RATE, lufs


@settings(max_examples=20, deadline=None)
@given(tenths=st.integers(4, 30), rate=st.sampled_from([22_050, 44_100, 48_000, 96_000]), seed=st.integers(0, 99))
def test_loudness_agrees_with_the_standard_written_out(tenths: int, rate: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = tenths * rate // 10  # whole steps: a last block that is not complete would be counted here
    gain = np.repeat(10.0 ** rng.uniform(-3, 0, frames // 5_000 + 1), 5_000)[:frames, None]
    audio = (0.1 * gain * rng.standard_normal((frames, 2))).astype(np.float32)
    weigher, hop = Weigher(rate), hop_frames(rate)
    split = frames // 2 // hop * hop
    power = np.concatenate([weigher.weigh(audio[:split]), weigher.weigh(audio[split:])])
    assert integrated(power, frames, rate) == pytest.approx(lufs(audio.astype(np.float64), rate), abs=0.12)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_hops_read_as_the_meter_for_whole_files_does(rate: int) -> None:
    rng = np.random.default_rng(5)
    audio = (0.1 * rng.standard_normal((2 * rate, 2))).astype(np.float32)
    audio[rate // 2 : rate] *= 0.01
    here = integrated(Weigher(rate).weigh(audio), len(audio), rate)
    assert here == pytest.approx(loudness.lufs(audio, rate), abs=0.005)


def test_the_sections_are_the_k_filter() -> None:
    impulse = np.zeros(RATE, np.float32)
    impulse[0] = 1.0
    response_db = 20 * np.log10(np.abs(np.fft.rfft(sosfilt(k_weighting(RATE), impulse))))
    assert response_db[10_000] == pytest.approx(4.0, abs=0.1)
    assert response_db[997] == pytest.approx(0.69, abs=0.05)
    assert response_db[38] == pytest.approx(-6.0, abs=0.5)
    assert k_weighting(RATE).dtype == np.float32


@pytest.mark.parametrize(("rate", "frames"), [(48_000, 64), (44_100, 59), (96_000, 128), (8_000, 11), (3_000, 8)])
def test_a_hop_is_a_750th_of_a_second_and_at_least_8_frames(rate: int, frames: int) -> None:
    assert hop_frames(rate) == frames


def test_hops_are_summed_and_the_last_may_be_short() -> None:
    values = np.arange(1, 8, dtype=np.float32)
    assert hop_sums(values, 3).tolist() == [6.0, 15.0, 7.0]
    assert hop_sums(values[:6], 3).tolist() == [6.0, 15.0]
    assert hop_sums(values[:2], 3).tolist() == [3.0]


def test_silence_is_minus_70_and_a_short_sound_is_weighed_without_a_gate() -> None:
    assert integrated(np.zeros(1_000), 64_000, RATE) == SILENT_LUFS == -70.0
    # Ten hops of 64 frames with a mean square of 0.01: −0.691 − 20.
    assert integrated(np.full(10, 0.64), 640, RATE) == pytest.approx(-20.691)
    assert integrated(np.zeros(10), 640, RATE) == pytest.approx(-120.691)


def test_a_chunk_continues_where_the_last_one_ended() -> None:
    audio = np.random.default_rng(2).standard_normal((1_280, 2)).astype(np.float32)
    whole, parts = Weigher(RATE).weigh(audio), Weigher(RATE)
    assert np.array_equal(np.concatenate([parts.weigh(audio[:640]), parts.weigh(audio[640:])]), whole)
    assert len(whole) == 20
