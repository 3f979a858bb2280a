"""The master: one gain curve applied to all stems, so that they still add up to the mix.

Compression, loudness and limiting are combined into one gain curve, given at the edges of hops of about 1.3 ms and
linear between them. It looks ahead without delay, and wraps round the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import convolve1d, minimum_filter1d
from scipy.signal import lfilter

from engine.sketch.mix.loudness import SILENT_LUFS, Levels, hop_frames, integrated

TARGET_LUFS = -14.0
CEILING = 10.0 ** (-1.25 / 20.0)
"""Limit of sample and true peaks: 0.25 dB under the promised −1 dBTP, for meters that interpolate differently."""
_RATIO = 2.0
_KNEE_LU = 1.0
_RELEASES_DB_PER_S = (60.0, 1500.0)
"""Releases of the limiter; the second is used only if the first keeps a piece of few short sounds too quiet."""
_LOOK_HOPS = 3
_MAX_GAIN_DB = 60.0
_MAX_LIMITING_DB = 36.0


@dataclass(slots=True)
class MixLevels:
    """Levels of a mix by hops: highest absolute value and sum of K-weighted squares."""

    peaks: Levels
    power: Levels
    frames: int
    rate: int


def compressor(measured: MixLevels) -> Levels:
    """Return the bus compressor's gain at the edges of hops: 2 : 1 above the mix's loudness, 60 ms time constant."""
    loudness = integrated(measured.power, measured.frames, measured.rate)
    nodes = measured.power.size
    if loudness <= SILENT_LUFS:
        return np.ones(nodes)
    hop = hop_frames(measured.rate)
    keep = float(np.exp(-hop / (0.06 * measured.rate)))
    # Run several laps and keep the last one: the filter's steady state on the loop.
    laps = 2 if nodes * hop > measured.rate else 40
    smooth = lfilter([1.0 - keep], [1.0, -keep], np.tile(measured.power / hop, laps))
    level_db = 10.0 * np.log10(np.maximum(smooth[-nodes:], 1e-12)) - 0.691
    over = np.maximum(0.0, level_db - (loudness + _KNEE_LU))
    return np.asarray(10.0 ** (-over * (1.0 - 1.0 / _RATIO) / 20.0), np.float64)


def limiter(peaks: Levels, rate: int, release_db_per_s: float = _RELEASES_DB_PER_S[0]) -> Levels:
    """Return a smooth gain at the edges of hops that keeps `peaks` under the ceiling, wrapped round the loop."""
    need = np.maximum(0.0, 20.0 * np.log10(np.maximum(peaks, 1e-9) / CEILING))
    if not need.any():
        return np.ones(peaks.size)
    # Both edges of a hop need its reduction, and so do its neighbours, since the curve is smoothed below.
    need = np.maximum(need, np.roll(need, 1))
    need = -minimum_filter1d(-need, 2 * _LOOK_HOPS + 1, mode="wrap")
    # A steady release in dB is a running maximum of need + slope·time; two laps make it steady on the loop.
    slope = release_db_per_s * hop_frames(rate) / rate
    ramp = slope * np.arange(2 * need.size)
    held = (np.maximum.accumulate(np.tile(need, 2) + ramp) - ramp)[need.size :]
    kernel = np.hanning(2 * _LOOK_HOPS + 3)[1:-1]
    smooth = convolve1d(held, kernel / kernel.sum(), mode="wrap")
    return np.asarray(10.0 ** (-smooth / 20.0), np.float64)


def master_curve(measured: MixLevels, fixed: Levels, tick: Callable[[], None]) -> Levels:
    """Return the complete master gain at the edges of hops: `fixed` (the compressor) times loudness times limiter.

    `tick` is called often; exceptions from it pass through.
    """
    if integrated(measured.power, measured.frames, measured.rate) <= SILENT_LUFS:
        return np.ones(measured.power.size)
    curve, error_db = _at_target(measured, fixed, _RELEASES_DB_PER_S[0], tick)
    return curve if abs(error_db) < 0.1 else _at_target(measured, fixed, _RELEASES_DB_PER_S[1], tick)[0]


def _at_target(
    measured: MixLevels, fixed: Levels, release_db_per_s: float, tick: Callable[[], None]
) -> tuple[Levels, float]:
    """Return the curve that comes nearest to the target with this release, and the remaining error in dB."""
    gain_db, error_db = 0.0, 0.0
    curve = fixed
    highest_db = 20.0 * float(np.log10(max(1e-9, float((measured.peaks * fixed).max()))))
    for number in range(16):
        tick()
        curve = fixed * 10.0 ** (gain_db / 20.0)
        # The limiter's input follows the compressor; within a hop the gain lies between the values at its edges.
        inner = np.maximum(curve, np.roll(curve, -1))
        curve = curve * limiter(measured.peaks * inner, measured.rate, release_db_per_s)
        error_db = TARGET_LUFS - loudness_under(curve, measured)
        if abs(error_db) < 0.01:
            break
        # Where the limiter takes back most of the gain, larger steps are needed.
        gain_db = min(gain_db + error_db * (1.0 if number < 4 else 2.0), _MAX_GAIN_DB, _MAX_LIMITING_DB - highest_db)
    return curve, error_db


def loudness_under(curve: Levels, measured: MixLevels) -> float:
    """Return the mix's integrated loudness in LUFS under a gain curve."""
    after = np.roll(curve, -1)
    square = (curve * curve + curve * after + after * after) / 3.0
    return integrated(measured.power * square, measured.frames, measured.rate)


def unroll(curve: Levels, first_hop: int, frames: int, rate: int) -> Levels:
    """Return `curve` interpolated linearly to frames, starting at hop `first_hop` [shape=(frames,)]."""
    hop = hop_frames(rate)
    count = -(-frames // hop)
    edges = np.take(curve, np.arange(first_hop, first_hop + count + 1), mode="wrap")
    steps = np.arange(hop) / hop
    lines = edges[:-1, None] + (edges[1:] - edges[:-1])[:, None] * steps
    return np.asarray(lines.ravel()[:frames], np.float64)
