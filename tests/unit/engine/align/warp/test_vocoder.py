"""The phase vocoder of one band: an unstretched copy, shared rotations, peaks, and rigid intervals."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.align.warp.lock import LockedMap, locked
from engine.align.warp.vocoder import OVERLAP, BandVocoder, Rotation, _guides, _lifted, nearest_peaks
from engine.align.warpmap import WarpMap
from tests.helpers.warp_sounds import Audio

RATE, WINDOW = 8_000.0, 256
NOTHING = np.empty(0)


def reader(audio: Audio) -> tuple[Audio, object]:
    """Return `audio` [shape=(channels, frames)] and a function that reads it, silence outside."""
    silence = np.zeros((len(audio), 20_000), np.float32)
    endless = np.concatenate([silence, audio, silence], axis=1)
    return audio, lambda start, stop: endless[:, 20_000 + start : 20_000 + stop]


def run(audio: Audio, lock: LockedMap, frames: int) -> Audio:
    vocoder = BandVocoder(reader(audio)[1], RATE, lock, WINDOW)  # type: ignore[arg-type]
    blocks = list(islice(vocoder.blocks(), frames // 1_500 + 3))
    return np.concatenate(blocks, axis=1)[:, :frames]


def noise(channels: int, frames: int = 8_000) -> Audio:
    return (0.1 * np.random.default_rng(1).standard_normal((channels, frames))).astype(np.float32)


def unlocked(stretch: float, start_s: float = 0.0) -> LockedMap:
    return locked(WarpMap.constant(stretch, start_s), NOTHING, 0.01)


def test_without_stretch_the_source_comes_back_in_place() -> None:
    audio = noise(2)
    np.testing.assert_allclose(run(audio, unlocked(1.0), 8_000), audio, atol=1e-5)


def test_a_later_start_reads_the_source_from_there() -> None:
    audio = noise(1)
    made = run(audio, unlocked(1.0, 0.25), 4_000)
    np.testing.assert_allclose(made, audio[:, 2_000:6_000], atol=1e-5)


@pytest.mark.parametrize("stretch", [0.9, 1.1])
def test_a_sine_keeps_its_frequency_and_level(stretch: float) -> None:
    wave = np.sin(2 * np.pi * 500.0 * np.arange(16_000) / RATE).astype(np.float32)[None]
    made = run(wave, unlocked(stretch), 12_000)[0, 4_000:8_000]
    spectrum = np.abs(np.fft.rfft(made * np.hanning(4_000)))
    assert np.argmax(spectrum) == 250
    assert np.std(made) == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_channels_share_one_rotation_so_that_sums_are_kept() -> None:
    parts = noise(4)
    both = np.concatenate([parts, parts.sum(axis=0, keepdims=True)])
    made = run(both, unlocked(1.05), 8_000)
    np.testing.assert_allclose(made[:4].sum(axis=0), made[4], atol=1e-5)


def test_a_rigid_interval_is_never_split_between_blocks() -> None:
    hop_s = WINDOW / OVERLAP / RATE
    lock = LockedMap(WarpMap.constant(1.1), np.array([28.5 * hop_s]), np.array([33.5 * hop_s]))
    vocoder = BandVocoder(reader(noise(1))[1], RATE, lock, WINDOW)  # type: ignore[arg-type]
    assert vocoder._last_of_block(0) == 33  # windows 29 to 33 belong together
    assert vocoder._last_of_block(34) == 34 + 31


def test_windows_know_their_rigid_interval() -> None:
    hop_s = WINDOW / OVERLAP / RATE
    starts_s, stops_s = np.array([1.5, 6.0]) * hop_s, np.array([3.0, 6.2]) * hop_s
    vocoder = BandVocoder(reader(noise(1))[1], RATE, LockedMap(WarpMap.constant(), starts_s, stops_s), WINDOW)  # type: ignore[arg-type]
    assert vocoder._zones(np.arange(8)).tolist() == [-1, -1, 0, 0, -1, -1, 1, -1]


@pytest.mark.parametrize(
    ("power", "nearest"),
    [
        ([0, 5, 0, 0, 0, 0, 3, 0], [1, 1, 1, 1, 6, 6, 6, 6]),
        ([0, 0, 9, 8, 0, 0, 0, 0], [2, 2, 2, 2, 2, 2, 2, 2]),
        ([0, 5, 0, 0, 0, 5, 0, 0], [1, 1, 1, 1, 5, 5, 5, 5]),
        ([0, 0, 0, 0], [0, 1, 2, 3]),
        ([2, 2, 2, 2], [0, 1, 2, 3]),
    ],
    ids=["two peaks", "one peak", "a tie goes below", "silence", "flat"],
)
def test_each_bin_follows_its_nearest_peak(power: list[float], nearest: list[int]) -> None:
    assert nearest_peaks(np.array([power], np.float32))[0].tolist() == nearest


def test_guides_are_the_sums_of_even_and_odd_channels() -> None:
    channels = np.array([[1.0], [2.0], [4.0], [8.0], [16.0]], np.float32)
    assert _guides(channels, 0)[:, 0].tolist() == [21.0, 10.0]
    assert _guides(channels.T, 1)[0].tolist() == [21.0, 10.0]
    assert _guides(channels[:2], 0) is not None
    assert _guides(channels[:2], 0).tolist() == [[1.0], [2.0]]


def spectra(*rows: list[float]) -> NDArray[np.complex64]:
    """Return spectra of one channel [shape=(windows, 1, bins)]."""
    return np.array(rows, np.complex64)[:, None]


def test_a_rotation_goes_on_from_window_to_window_at_the_peaks() -> None:
    rotation = Rotation(4)
    windows = spectra([0, 4, 0, 0], [0, 4, 0, 0], [0, 4, 0, 0])
    turns = np.array([[1, 1j, 1, 1], [1, 1j, 1, 1]], np.complex64)
    fields = rotation.fields(windows, turns, np.array([-1, -1]))
    np.testing.assert_allclose(fields, [[1j] * 4, [-1] * 4], atol=1e-6)


def test_an_attack_sets_the_bins_that_it_raises_back_to_the_source() -> None:
    rotation = Rotation(8)
    before, attack = [0, 4, 0, 0, 0, 0, 4, 0], [0, 4, 0, 0, 0, 0, 9, 0]
    turns = np.full((1, 8), 1j, np.complex64)
    fields = rotation.fields(spectra(before, attack), turns, np.array([0]))
    np.testing.assert_allclose(fields[0, :5], 1j, atol=1e-6)
    assert fields[0, 6] == 1.0


def test_a_bin_is_raised_by_more_than_half_of_its_power() -> None:
    power = np.array([[[1.0, 1.0, 0.0]], [[1.4, 1.6, 1.0]]], np.float32)
    lifted = _lifted(power, power.sum(axis=1), np.array([7]))
    assert lifted[7].tolist() == [False, True, True]
    assert _lifted(power, power.sum(axis=1), np.array([-1])) == {}


def test_rotations_keep_their_length() -> None:
    rng = np.random.default_rng(0)
    turns = np.exp(2j * np.pi * rng.random((500, 16))).astype(np.complex64)
    windows = rng.standard_normal((501, 1, 16)).astype(np.complex64)
    fields = Rotation(16).fields(windows, turns, np.full(500, -1))
    np.testing.assert_allclose(np.abs(fields), 1.0, atol=1e-6)
