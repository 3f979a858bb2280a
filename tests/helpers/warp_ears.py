"""Quality measures of a warp, against the same music rendered on the target grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
Times = NDArray[np.float64]

_APART_S = 0.06
_CLEAR = 0.1
_SILENT = 10 ** (-35 / 10)


def alone(times_s: Times) -> Times:
    """Return the distinct times that have no other one within 60 ms."""
    distinct = np.unique(np.round(times_s, 5))
    gaps = np.diff(distinct, prepend=-np.inf, append=np.inf)
    return distinct[(gaps[:-1] > _APART_S) & (gaps[1:] > _APART_S)]


def onset_errors_ms(audio: Audio, reference: Audio, times_s: Times, sample_rate: int) -> Times:
    """Return the delays of attacks in `audio` against `reference`, for all of `times_s` with a clear attack there."""
    errors = []
    for time_s in times_s:
        expected, clear = _attack(reference, time_s, sample_rate)
        if clear:
            errors.append(1000.0 * (_attack(audio, time_s, sample_rate)[0] - expected))
    return np.array(errors)


def _attack(audio: Audio, time_s: float, sample_rate: int) -> tuple[float, bool]:
    """Return when `audio` first reaches 20 % of the peak around `time_s`, and whether it is quiet before."""
    before, after = round(0.012 * sample_rate), round(0.012 * sample_rate)
    start = round(time_s * sample_rate) - before
    if start < 0 or start + before + after > len(audio):
        return 0.0, False
    level = np.abs(audio[start : start + before + after]).max(axis=1)
    peak = float(level.max())
    first = int(np.argmax(level >= 0.2 * peak))
    quiet = float(level[: before - round(0.002 * sample_rate)].max())
    return (start + first) / sample_rate, peak > 1e-3 and quiet < _CLEAR * peak


def pre_echo_db(audio: Audio, reference: Audio, times_s: Times, sample_rate: int) -> Times:
    """Return the excess energy 20 to 1 ms before each attack, relative to the attack's first 20 ms in the reference.

    Only attacks with 35 dB less before them are used: the ringing of earlier ones would count as pre-echo.
    """
    result = []
    near, far = round(0.001 * sample_rate), round(0.02 * sample_rate)
    for time_s in times_s:
        at = round(time_s * sample_rate)
        if at < far or at + far > min(len(audio), len(reference)) or not _attack(reference, time_s, sample_rate)[1]:
            continue
        before, expected = (float((x[at - far : at - near].astype(float) ** 2).mean()) for x in (audio, reference))
        attack = float((reference[at : at + far].astype(float) ** 2).mean())
        if expected <= _SILENT * attack:
            result.append(10.0 * np.log10(max(before - expected, 1e-9 * attack) / attack))
    return np.array(result)


def log_spectral_distance_db(audio: Audio, reference: Audio, sample_rate: int) -> float:
    """Return the RMS difference of third-octave levels in 40 ms windows, over levels within 60 dB of the peak."""
    levels = [_third_octaves_db(x.mean(axis=1), sample_rate) for x in (audio, reference)]
    floor = max(level.max() for level in levels) - 60.0
    a, b = (np.maximum(level, floor) for level in levels)
    audible = (a > floor) | (b > floor)
    return float(np.sqrt(np.mean((a - b)[audible] ** 2))) if audible.any() else 0.0


def _third_octaves_db(signal: NDArray[np.floating], sample_rate: int) -> Times:
    size = round(0.02 * sample_rate) * 2
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(signal, size // 2), size)[:: size // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    edges = np.unique(np.round(2.0 ** np.arange(1.0, np.log2(power.shape[1]), 1 / 3)).astype(int))
    return np.asarray(10.0 * np.log10(np.add.reduceat(power, edges, axis=1) + 1e-12))


def tonal_purity_db(
    signal: NDArray[np.floating], frequencies_hz: Times, sample_rate: int, within_hz: float = 3.0
) -> float:
    """Return the energy within ± `within_hz` of the frequencies, relative to the rest."""
    windowed = signal.astype(float) * np.blackman(len(signal))
    power = np.abs(np.fft.rfft(windowed)) ** 2
    hz = np.fft.rfftfreq(len(signal), 1.0 / sample_rate)
    tonal = (np.abs(hz[:, None] - frequencies_hz) <= within_hz).any(axis=1)
    return float(10.0 * np.log10(power[tonal].sum() / power[~tonal].sum()))


def channel_correlation(audio: Audio) -> float:
    """Return the correlation of left and right."""
    return float(np.corrcoef(audio.T)[0, 1])
