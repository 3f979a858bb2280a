"""Building blocks of every instrument: seeded random generators, envelopes, sines, and noise bands."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from engine.sketch.synth.voice import Sound

Frequencies = NDArray[np.float64]
"""Frequencies in Hz, or real gains on them."""


def generator(*words: object) -> np.random.Generator:
    """Return a random generator seeded by `words`; equal words give equal numbers on every machine."""
    text = "\x1f".join(str(word) for word in words)
    entropy = int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "little")
    return np.random.default_rng(np.random.SeedSequence(entropy))


def times(frames: int, rate: int) -> Sound:
    """Return the time of each frame in seconds [shape=(frames,)]."""
    return np.arange(frames, dtype=np.float32) / np.float32(rate)


def decay(frames: int, rate: int, t60_s: float) -> Sound:
    """Return an exponential from 1 that has fallen by 60 dB after `t60_s` [shape=(frames,)]."""
    return np.asarray(np.exp(times(frames, rate) * np.float32(-6.9078 / t60_s)), np.float32)


def rise(frames: int, rate: int, seconds: float) -> Sound:
    """Return a raised-cosine attack from just above 0 to 1 within `seconds` [shape=(frames,)]."""
    count = min(frames, max(1, round(seconds * rate)))
    curve = np.ones(frames, np.float32)
    curve[:count] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 1) / (count + 1))
    return curve


def sines(hz: NDArray[np.float64] | Sound, rate: int, start: float = 0.0) -> Sound:
    """Return a sine of moving frequency.

    Parameters
    ----------
    hz
        Frequency at each frame [shape=(frames,)].
    rate
        Frames per second.
    start
        Phase of the first frame in turns.
    """
    turns = np.cumsum(hz, dtype=np.float64) / rate
    turns += start - turns[0]
    turns -= np.rint(turns)
    return np.asarray(np.sin(turns.astype(np.float32) * np.float32(2 * np.pi)), np.float32)


def steady(hz: float, frames: int, rate: int, start: float = 0.0) -> Sound:
    """Return a sine of constant frequency, phase `start` in turns [shape=(frames,)]."""
    return np.sin(phase(hz, frames, rate, start))


def phase(hz: float, frames: int, rate: int, start: float = 0.0) -> Sound:
    """Return the wrapped phase of a constant frequency in radians [shape=(frames,)]."""
    turns = np.arange(frames) * (hz / rate) + start
    turns -= np.rint(turns)
    return np.asarray(turns * (2 * np.pi), np.float32)


def band(hz: Frequencies, low_hz: float, high_hz: float, order: int = 2) -> Frequencies:
    """Return the Butterworth magnitudes of a band pass from `low_hz` to `high_hz` at the frequencies `hz`."""
    safe = np.maximum(hz, 1e-3)
    edges = 1.0 + (low_hz / safe) ** (2 * order) + (safe / high_hz) ** (2 * order)
    return np.asarray(1.0 / np.sqrt(edges), np.float64)


def hiss(rng: np.random.Generator, frames: int, rate: int, low_hz: float, high_hz: float, order: int = 2) -> Sound:
    """Return stationary noise between two frequencies, RMS 1 [shape=(frames,)]."""
    size = fft.next_fast_len(frames, real=True)
    white = rng.standard_normal(size, np.float32)
    top_hz = min(high_hz, 0.45 * rate)
    gains = band(fft.rfftfreq(size, 1 / rate), min(low_hz, 0.8 * top_hz), top_hz, order).astype(np.float32)
    out = fft.irfft(fft.rfft(white) * gains, size)[:frames]
    return _unit(out)


def burst(rng: np.random.Generator, frames: int, rate: int, edges_hz: tuple[float, float], t60_s: float) -> Sound:
    """Return noise between two frequencies that starts at RMS 1 and falls by 60 dB in `t60_s` [shape=(frames,)]."""
    count = min(frames, max(64, round(1.3 * t60_s * rate)))
    sound = np.zeros(frames, np.float32)
    sound[:count] = hiss(rng, count, rate, *edges_hz) * decay(count, rate, t60_s)
    return sound


def metal(
    rng: np.random.Generator, frames: int, rate: int, lines_hz: Frequencies, grain: float, edges_hz: Frequencies
) -> Sound:
    """Return a bed of inharmonic partials in noise, as struck plates give it, RMS 1 [shape=(frames,)].

    Parameters
    ----------
    rng
        Source of the phases, the strengths and the noise.
    frames
        Length.
    rate
        Frames per second.
    lines_hz
        Frequencies of the partials; those too high for `rate` are left out.
    grain
        Strength of the noise beside the partials, 0–1.
    edges_hz
        Lower and upper edge of the sound [shape=(2,)].
    """
    size = fft.next_fast_len(frames, real=True)
    hz = fft.rfftfreq(size, 1 / rate)
    bed = rng.standard_normal(hz.size) + 1j * rng.standard_normal(hz.size)
    bed *= grain
    kept = lines_hz[lines_hz < 0.45 * rate]
    bins = np.rint(kept * size / rate).astype(np.intp)
    strength = np.sqrt(hz.size / max(1, kept.size)) * rng.uniform(0.5, 1.5, kept.size)
    np.add.at(bed, bins, strength * np.exp(2j * np.pi * rng.random(kept.size)))
    top_hz = min(float(edges_hz[1]), 0.42 * rate)
    bed *= band(hz, min(float(edges_hz[0]), 0.8 * top_hz), top_hz, 4)
    return _unit(fft.irfft(bed, size)[:frames].astype(np.float32))


def _unit(audio: Sound) -> Sound:
    power = float(np.mean(np.square(audio)))
    return audio * np.float32(1.0 / max(np.sqrt(power), 1e-9))
