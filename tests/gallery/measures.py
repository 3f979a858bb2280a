"""Measurements of a rendered piece: loudness, peaks, spectrum, width, seam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from engine.levels import decibels, peak
from engine.loudness import lufs
from engine.sketch.mix_style import OCTAVES_HZ

Samples = NDArray[np.float32]
_SHORT_S = 0.05
_EDGE = 64


@dataclass(frozen=True, slots=True)
class PieceMeasures:
    """Measurements of a piece.

    Attributes:
        lufs: integrated loudness; None if silent or too short.
        true_peak_db: of the mix at eight times the rate, in dBTP.
        crest_db: peak over RMS.
        correlation: of left and right.
        octaves_db: power in the octave bands at `OCTAVES_HZ` relative to all.
        seam: largest step over the loop's seam, in units of the 99.9th percentile of all steps.
        stem_levels_db: RMS of each stem every 50 ms [shape=(windows,)].
    """

    lufs: float | None
    true_peak_db: float
    crest_db: float
    correlation: float
    octaves_db: tuple[float, ...]
    seam: float
    stem_levels_db: Mapping[str, NDArray[np.float64]]


def measure(stems: Mapping[str, Samples], rate: int) -> PieceMeasures:
    """Measure stems [shape=(frames, 2)] and their sum."""
    mix = np.sum([stem.astype(np.float64) for stem in stems.values()], axis=0)
    # Extended round the loop, so that the resampling filter has no edge effects.
    lapped = np.pad(mix, ((_EDGE, _EDGE), (0, 0)), "wrap")
    dense = resample_poly(lapped, 8, 1, axis=0)[4 * _EDGE : -4 * _EDGE]
    rms = float(np.sqrt(np.mean(np.square(mix))))
    both = mix.std(axis=0)
    return PieceMeasures(
        lufs=lufs(mix, rate),
        true_peak_db=decibels(peak(dense)),
        crest_db=decibels(peak(mix)) - decibels(rms),
        correlation=float(np.corrcoef(mix.T)[0, 1]) if both.all() else 1.0,
        octaves_db=_octaves(mix, rate),
        seam=_seam(mix),
        stem_levels_db={name: _levels(stem, rate) for name, stem in stems.items()},
    )


def _octaves(mix: NDArray[np.float64], rate: int) -> tuple[float, ...]:
    power = np.square(np.abs(np.fft.rfft(mix, axis=0))).sum(axis=1)
    hz = np.fft.rfftfreq(len(mix), 1 / rate)
    total = max(float(power.sum()), 1e-12)
    bands = (power[(hz >= centre / 2**0.5) & (hz < centre * 2**0.5)].sum() for centre in OCTAVES_HZ)
    return tuple(float(10.0 * np.log10(band / total + 1e-9)) for band in bands)


def _seam(mix: NDArray[np.float64]) -> float:
    steps = np.abs(np.diff(mix, axis=0))
    usual = float(np.percentile(steps, 99.9))
    return float(np.abs(mix[0] - mix[-1]).max()) / max(usual, 1e-12)


def _levels(stem: Samples, rate: int) -> NDArray[np.float64]:
    window = max(1, round(_SHORT_S * rate))
    whole = len(stem) // window * window
    power = np.square(stem[:whole].astype(np.float64)).mean(axis=1).reshape(-1, window).mean(axis=1)
    return np.asarray(10.0 * np.log10(power + 1e-10), np.float64)
