import threading
import warnings

import numpy as np
import pyloudnorm
import pytest

from engine.levels import SILENCE_DB, lufs, peak_db, sum_error_db

RATE = 48000


def sine(seconds: float, peak_dbfs: float, hz: float = 1000.0, rate: int = RATE) -> np.ndarray:
    wave = 10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave, wave], axis=1).astype(np.float32)


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


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_a_stereo_sine_at_minus_23_dbfs_reads_minus_23_lufs(rate: int) -> None:
    # EBU Tech 3341, minimum requirements test signal 1: ±0.1 LU.
    assert lufs(sine(3.0, -23.0, rate=rate), rate) == pytest.approx(-23.0, abs=0.1)


def test_quiet_passages_are_gated() -> None:
    # EBU Tech 3341, test signal 3: the quiet tone lies 13 LU below, so the relative gate drops it.
    audio = np.concatenate([sine(10.0, -36.0), sine(60.0, -23.0), sine(10.0, -36.0)])
    assert lufs(audio, RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 88200])
def test_loudness_agrees_with_pyloudnorms_meter(rate: int) -> None:
    noise = np.random.default_rng(3).standard_normal((4 * rate, 2)) * np.array([0.1, 0.02])
    noise[rate : 2 * rate] *= 0.05
    assert lufs(noise, rate) == pytest.approx(pyloudnorm.Meter(rate).integrated_loudness(noise), abs=0.02)


def test_silence_and_short_audio_have_no_loudness() -> None:
    assert lufs(np.zeros((RATE, 2), np.float32), RATE) is None
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
    assert len(set(results)) == 1
    assert list(warnings.filters) == before
