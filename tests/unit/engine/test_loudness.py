"""Loudness against the reference signals of ITU-R BS.1770-4 and EBU Tech 3341."""

import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import sosfreqz

from engine.loudness import LoudnessMeter, gated_power, k_weighting, loudness_of, lufs, power_of
from tests.helpers import mix_ears

RATE = 48_000
RATES = [44_100, 48_000, 96_000]


def sine(seconds: float, peak_dbfs: float, hz: float = 1000.0, rate: int = RATE) -> np.ndarray:
    wave = 10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def sines(rate: int, *parts: tuple[float, float]) -> np.ndarray:
    """Return stereo sines of 1 kHz one after another, each (seconds, peak in dBFS)."""
    return np.concatenate([sine(seconds, peak_dbfs, rate=rate) for seconds, peak_dbfs in parts])


def test_the_filter_at_48_khz_is_the_table_of_the_standard() -> None:
    # ITU-R BS.1770-4, annex 1, tables 1 and 2.
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    assert k_weighting(RATE) == pytest.approx(np.array([shelf, high_pass]), abs=2e-13)


@pytest.mark.parametrize("rate", RATES)
def test_the_filter_has_the_same_response_at_every_rate(rate: int) -> None:
    hz = np.array([20.0, 38.0, 100.0, 997.0, 2000.0, 10_000.0])
    here, table = (20 * np.log10(np.abs(sosfreqz(k_weighting(r), hz, fs=r)[1])) for r in (rate, RATE))
    assert here == pytest.approx(table, abs=0.03)
    assert table[3] == pytest.approx(0.691, abs=0.001)


@pytest.mark.parametrize("rate", RATES)
def test_a_stereo_sine_of_997_hz_at_minus_23_dbfs_reads_minus_23_lufs(rate: int) -> None:
    assert lufs(sine(3.0, -23.0, 997.0, rate), rate) == pytest.approx(-23.0, abs=0.02)


def test_a_full_scale_sine_of_997_hz_on_one_channel_reads_minus_3_01() -> None:
    # ITU-R BS.1770-4, annex 1, after equation 2.
    mono = sine(2.0, 0.0, 997.0)[:, :1]
    assert lufs(mono, RATE) == pytest.approx(-3.01, abs=0.005)
    assert lufs(np.hstack([mono, np.zeros_like(mono)]), RATE) == pytest.approx(-3.01, abs=0.005)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        pytest.param([(20.0, -23.0)], -23.0, id="1"),
        pytest.param([(20.0, -33.0)], -33.0, id="2"),
        pytest.param([(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)], -23.0, id="3 relative gate"),
        pytest.param(
            [(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)], -23.0, id="4 both gates"
        ),
        pytest.param([(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)], -23.0, id="5 nothing gated"),
    ],
)
def test_the_minimum_requirements_of_ebu_tech_3341(parts: list[tuple[float, float]], wanted: float) -> None:
    # Table 1 of the document, whose tolerance is ±0.1 LU.
    assert lufs(sines(RATE, *parts), RATE) == pytest.approx(wanted, abs=0.1)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_quiet_passages_are_gated_at_other_rates(rate: int) -> None:
    parts = ((2.0, -72.0), (3.0, -36.0), (15.0, -23.0), (3.0, -36.0))
    assert lufs(sines(rate, *parts), rate) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 88_200])
def test_noise_reads_as_the_standard_written_out_reads_it(rate: int) -> None:
    noise = np.random.default_rng(3).standard_normal((4 * rate, 2)) * np.array([0.1, 0.02])
    noise[rate : 2 * rate] *= 0.05
    assert lufs(noise, rate) == pytest.approx(mix_ears.lufs(noise, rate), abs=0.06)


def test_the_gates_drop_what_is_below_them() -> None:
    assert gated_power(np.array([1.0, 1.0, 0.05])) == 1.0
    assert gated_power(np.array([1.0, 0.5, 0.25])) == pytest.approx(1.75 / 3)
    assert gated_power(np.array([1.0, power_of(-70.1)])) == 1.0
    assert gated_power(np.array([power_of(-70.1)] * 3)) is None
    # The relative gate counts from what passed the absolute one: with the silence in it, 0.01 would stay.
    assert gated_power(np.array([0.2, 0.01, *[0.0] * 8])) == 0.2
    assert gated_power(np.array([])) is None


@given(st.floats(-120.0, 20.0))
def test_power_and_loudness_are_inverse(loudness_lufs: float) -> None:
    assert loudness_of(power_of(loudness_lufs)) == pytest.approx(loudness_lufs, abs=1e-9)
    assert power_of(-0.691) == 1.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9_000), max_size=6), st.sampled_from([8_000, 11_025]))
def test_blocks_of_any_length_read_as_the_whole(cuts: list[int], rate: int) -> None:
    audio = (0.1 * np.random.default_rng(1).standard_normal((9_000, 2))).astype(np.float32)
    meter = LoudnessMeter(rate)
    for block in np.split(audio, sorted(cuts)):
        meter.add(block)
    assert meter.lufs() == pytest.approx(lufs(audio, rate), abs=1e-9)


def test_silence_and_short_audio_have_no_loudness() -> None:
    assert LoudnessMeter(RATE).lufs() is None
    assert lufs(np.zeros((RATE, 2), np.float32), RATE) is None
    assert lufs(np.zeros((0, 2), np.float32), RATE) is None
    assert lufs(sine(0.399, -23.0), RATE) is None
    assert lufs(sine(0.4, -23.0), RATE) is not None


def test_threads_do_not_touch_each_others_warning_filters() -> None:
    before = list(warnings.filters)
    audio = sine(1.0, -20.0)
    results: list[float | None] = []
    threads = [threading.Thread(target=lambda: results.append(lufs(audio, RATE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len(set(results)) == 1
    assert list(warnings.filters) == before
