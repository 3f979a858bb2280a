"""The mix plan: analyses every dry part, and sets balance, width and the equaliser of the whole mix.

A part is analysed by short spectra multiplied by its strip's responses, so that its loudness and spectrum in the mix
are known before anything is filtered. All settings are linear and equal for all parts, so stems still add up to the
mix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import fft

from engine.loudness import gated_power, loudness_of
from engine.sketch.composition import PartMix
from engine.sketch.mix.loudness import SILENT_LUFS, k_weighting
from engine.sketch.mix.note_placement import Loop
from engine.sketch.mix.space import FloatArray
from engine.sketch.mix.strip import window
from engine.sketch.mix.tone import MixDesk, strip
from engine.sketch.mix_style import OCTAVES_HZ, MixStyle
from engine.sketch.synth.voice import Sound, Voice
from engine.sketch.work import WorkProgress

_SIZE = 8192
_HOP = _SIZE // 2
_BATCH = 24
_MOST_BATCHES = 16
_THIRDS = np.arange(-18, 15) / 3.0
"""Centres of the third-octave bands in octaves from 1 kHz: 16 Hz … 25 kHz."""
_FEWEST_PARTS = 3
"""Mixes of fewer sounding parts get neither width nor equaliser: a style's targets do not apply to them."""
MOST_EQ_DB = 16.0
_WIDEN = (0.4, 3.0)
_EQ_TAPS = 4096


@dataclass(frozen=True, slots=True)
class PartAnalysis:
    """Analysis of a part in the mix at gain 1: loudness in LUFS, power by third octaves of middle and side."""

    loudness: float
    middle: FloatArray
    side: FloatArray


def analyse_part(
    bed: Sound, voice: Voice, mix: PartMix, desk: MixDesk, loop: Loop, work: WorkProgress
) -> PartAnalysis:
    """Return the analysis of `bed`, dry middle and side [shape=(2, frames)], as it will sound after its strip.

    Long pieces are sampled in stretches of 2 s spread over the whole; if the part is silent in them, all is analysed.
    """
    analysis = _analyse_batches(bed, voice, mix, desk, loop, _MOST_BATCHES)
    if analysis.loudness <= SILENT_LUFS and bed.any():
        analysis = _analyse_batches(bed, voice, mix, desk, loop, loop.frames)
    work.advance(0.05)
    return analysis


def _analyse_batches(
    bed: Sound, voice: Voice, mix: PartMix, desk: MixDesk, loop: Loop, most_batches: int
) -> PartAnalysis:
    rate = loop.rate
    to_middle, to_side, own_side = strip(voice, mix, desk, _SIZE, rate)
    weight = _weights(rate)
    shape = np.hanning(_SIZE + 1)[:-1].astype(np.float32)
    has_side = bool(bed[1].any())
    totals = np.zeros((2, _SIZE // 2 + 1))
    hops = max(1, -(-loop.frames // _HOP))
    loud = np.zeros(hops)
    firsts = range(0, hops, _BATCH)
    firsts = firsts[:: -(-len(firsts) // most_batches)]
    for first in firsts:
        count = min(_BATCH, hops - first)
        spectra = _spectra(bed if has_side else bed[:1], first, count, shape)
        middle = _power(spectra[0] * to_middle)
        side = np.zeros_like(middle)
        if has_side or to_side is not None:
            over = spectra[0] * to_side if to_side is not None else np.zeros(1, np.complex64)
            side = _power(over + own_side * spectra[1] if has_side else over)
        totals += middle.sum(axis=0), side.sum(axis=0)
        loud[first : first + count] = (middle + side) @ weight
    # Hann windows that overlap by half: 3/8 of the squares; and two sides of the spectrum, in both channels.
    scale = 2.0 * 2.0 / (0.375 * _SIZE * _SIZE)
    bands = _bands(rate)
    seen = sum(min(_BATCH, hops - first) for first in firsts)
    middle_bands, side_bands = (np.bincount(bands, total, _THIRDS.size) * scale / seen for total in totals)
    return PartAnalysis(_gated_loudness(loud * scale, loop), middle_bands, side_bands)


def _spectra(bed: Sound, first: int, count: int, shape: Sound) -> np.ndarray[tuple[int, ...], np.dtype[np.complex64]]:
    """Return the short spectra of `count` hops of a loop from hop `first` on [shape=(channels, count, bins)]."""
    stretch = window(bed, first * _HOP, (count + 1) * _HOP)
    cut = np.lib.stride_tricks.sliding_window_view(stretch, _SIZE, axis=1)[:, ::_HOP]
    return np.asarray(fft.rfft(cut * shape, axis=2))


def _power(spectrum: np.ndarray[tuple[int, ...], np.dtype[np.complex64]]) -> Sound:
    return np.asarray(np.square(spectrum.real) + np.square(spectrum.imag), np.float32)


def _weights(rate: int) -> Sound:
    """Return the K filter's power gain at the bins of a short spectrum."""
    z = np.exp(-2j * np.pi * np.arange(_SIZE // 2 + 1) / _SIZE)
    gain = np.ones(z.size, np.complex128)
    for b0, b1, b2, _, a1, a2 in k_weighting(rate):
        gain *= (b0 + z * (b1 + z * b2)) / (1.0 + z * (a1 + z * a2))
    return np.asarray(np.abs(gain) ** 2, np.float32)


def _bands(rate: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the index of the third-octave band of each bin of a short spectrum."""
    hz = np.maximum(np.arange(_SIZE // 2 + 1) * (rate / _SIZE), 1.0)
    numbers = np.rint(3.0 * np.log2(hz / 1000.0)) + 18
    return np.asarray(np.clip(numbers, 0, _THIRDS.size - 1), np.intp)


def _gated_loudness(power: FloatArray, loop: Loop) -> float:
    """Return the loudness of hop powers in LUFS, gated as in BS.1770 with blocks of about 0.4 s."""
    span = max(1, min(power.size, round(0.4 * loop.rate / _HOP)))
    blocks = np.convolve(np.concatenate([power, power[: span - 1]]), np.full(span, 1.0 / span), "valid")
    gated = gated_power(blocks)
    return SILENT_LUFS if gated is None else loudness_of(gated)


def balance(analyses: Mapping[str, PartAnalysis], mixes: Mapping[str, PartMix]) -> dict[str, float]:
    """Return each part's linear gain, which sets its loudness to −20 LUFS + `level_db`; silent parts get 1."""
    gains = {}
    for name, part in analyses.items():
        target = -20.0 + mixes[name].level_db
        gains[name] = 1.0 if part.loudness <= SILENT_LUFS else 10.0 ** ((target - part.loudness) / 20.0)
    return gains


def settle_desk(
    desk: MixDesk, style: MixStyle, analyses: Sequence[PartAnalysis], gains: Sequence[float], rate: int
) -> MixDesk:
    """Return `desk` with the width and equaliser that bring the mix near to the style's correlation and curve."""
    loud = [index for index, part in enumerate(analyses) if part.loudness > SILENT_LUFS]
    if len(loud) < _FEWEST_PARTS or not (style.curve or style.correlation):
        return desk
    middle = np.sum([analyses[index].middle * gains[index] ** 2 for index in loud], axis=0)
    side = np.sum([analyses[index].side * gains[index] ** 2 for index in loud], axis=0)
    eq_db, widen = np.zeros(_THIRDS.size), 1.0
    for _ in range(3):
        power = 10.0 ** (eq_db / 10.0)
        widen = _widening(float((middle * power).sum()), float((side * power).sum()), style.correlation)
        eq_db = _eq_toward(middle + widen**2 * side, style) if style.curve else eq_db
    taps = _minimum_phase(eq_db, rate) if style.curve else desk.eq
    return replace(desk, widen=widen, eq=taps)


def _widening(middle: float, side: float, correlation: float) -> float:
    """Return the gain of the side signal that gives this correlation, `(M − S) / (M + S)`, within `_WIDEN`."""
    if not correlation or side <= 0.0:
        return 1.0
    target_side = middle * (1.0 - correlation) / (1.0 + correlation)
    return float(np.clip(np.sqrt(target_side / side), *_WIDEN))


def _eq_toward(power: FloatArray, style: MixStyle) -> FloatArray:
    """Return the gains in dB at the third octaves that bring their `power` to the style's curve, within bounds.

    The lowest octave is raised no more than the one above it: an equaliser cannot add notes that are not played.
    """
    centres = np.log2(np.array(OCTAVES_HZ) / 1000.0)
    octave = np.argmin(np.abs(_THIRDS[:, None] - centres), axis=1)
    target = np.array(style.curve)
    gains_db = np.zeros(centres.size)
    thirds_db = np.zeros(_THIRDS.size)
    for _ in range(24):
        after = power * 10.0 ** (thirds_db / 10.0)
        bands = np.bincount(octave, after, centres.size)
        miss_db = target - 10.0 * np.log10(np.maximum(bands / bands.sum(), 1e-9))
        gains_db = np.clip(gains_db + 0.7 * miss_db, -MOST_EQ_DB, MOST_EQ_DB)
        gains_db[0] = min(gains_db[0], gains_db[1])
        thirds_db = np.interp(_THIRDS, centres, gains_db)
    return thirds_db


def _minimum_phase(gains_db: FloatArray, rate: int) -> FloatArray:
    """Return the minimum-phase impulse response with these gains (by the cepstrum; Oppenheim & Schafer)."""
    size = 4 * _EQ_TAPS
    hz = np.maximum(fft.rfftfreq(size, 1 / rate), 1.0)
    log_gain = np.interp(np.log2(hz / 1000.0), _THIRDS, gains_db) * (np.log(10.0) / 20.0)
    cepstrum = fft.irfft(log_gain, size)
    cepstrum[1 : size // 2] *= 2.0
    cepstrum[size // 2 + 1 :] = 0.0
    taps = fft.irfft(np.exp(fft.rfft(cepstrum)), size)[:_EQ_TAPS]
    taps[-_EQ_TAPS // 4 :] *= np.cos(np.linspace(0.0, np.pi / 2, _EQ_TAPS // 4)) ** 2
    return np.asarray(taps, np.float64)
