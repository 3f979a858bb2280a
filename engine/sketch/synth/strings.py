"""Plucked strings: the Karplus-Strong loop (Karplus & Strong 1983, extended by Jaffe & Smith 1983), solved at once.

The loop `y = x + G·z^-D·y` has the response `1 / (1 - G(f)·z^-D)`. Evaluated on a grid of frequencies and
transformed back it gives the whole note without a recursion, with a delay `D` of any fraction (exact tuning), any
decay time over frequency, and stiffness. The grid lies on a circle `|z| = r > 1`: the result then comes out times
`r^-n`, which keeps the part that has not died away by the end from wrapping on to the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import map_coordinates

from engine.sketch.synth.noise import generator
from engine.sketch.synth.voice import Sound, Stroke

_SUPPRESSION = 1e-3


@dataclass(frozen=True, slots=True)
class String:
    """A string, and where and how it is plucked.

    Attributes:
        t60_s: decay time of the fundamental.
        bright_hz: frequency at which the decay is twice as fast.
        pluck: where it is plucked, as a share of its length.
        pickup: where the pickup is, as a share of its length.
        soft_hz: corner of the pluck's spectrum at force 0.
        hard_hz: corner of the pluck's spectrum at force 1.
        stiffness: inharmonicity `B` of the partials `k·f·sqrt(1 + B·k²)`.
        scratch: share of noise in the pluck.
        edge_hz: the pluck's spectrum falls off like a Gaussian of this width.
    """

    t60_s: float
    bright_hz: float
    pluck: float
    pickup: float
    soft_hz: float
    hard_hz: float
    stiffness: float = 0.0
    scratch: float = 0.1
    edge_hz: float = 7200.0


def pluck(stroke: Stroke, string: String) -> Sound:
    """Return the plucked string, not yet levelled [shape=(stroke.frames,)]."""
    size = fft.next_fast_len(stroke.frames + 1024, real=True)
    growth = -np.log(_SUPPRESSION) / size
    # Above this nothing is left of the pluck: half of the bins need not be computed.
    edge_hz = min(string.edge_hz, string.edge_hz / 48_000.0 * stroke.rate)
    bins = min(size // 2 + 1, int(3.3 * edge_hz * size / stroke.rate))
    hz = np.arange(bins) * (stroke.rate / size)
    log_z = growth + 2j * np.pi * hz / stroke.rate
    delay = stroke.rate / stroke.hz
    lag = delay * np.sqrt((1.0 + string.stiffness) / (1.0 + string.stiffness * (hz / stroke.hz) ** 2))
    loss = 10.0 ** (-3.0 * (1.0 + (hz / string.bright_hz) ** 2) / (stroke.hz * string.t60_s))
    response = 1.0 / (1.0 - loss * np.exp(-lag * log_z))
    response *= 1.0 - 0.97 * np.exp(-delay * string.pluck * log_z)
    response *= 1.0 - 0.9 * np.exp(-delay * string.pickup * log_z)
    corner_hz = string.soft_hz * (string.hard_hz / string.soft_hz) ** stroke.force
    response *= np.exp(-((hz / edge_hz) ** 2)) / (1.0 + 1j * hz / corner_hz) ** 2
    response *= 1.0 + string.scratch * _scratch(stroke, size)[:bins]
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    spectrum[:bins] = response
    note = fft.irfft(spectrum, size)[: stroke.frames]
    note *= np.exp(growth * np.arange(stroke.frames))
    return np.asarray(note, np.float32)


def _scratch(stroke: Stroke, size: int) -> NDArray[np.complex128]:
    """Return the spectrum of the finger or pick leaving the string: 6 ms of noise that decays."""
    count = min(stroke.frames, max(8, round(0.006 * stroke.rate)))
    burst = generator("pluck", stroke.key, stroke.round_robin).standard_normal(count)
    burst *= np.exp(-5.0 * np.arange(count) / count)
    return np.asarray(fft.rfft(burst, size), np.complex128)


def bend(note: Sound, rate: int, depth_cents: float, speed_hz: float, delay_s: float) -> Sound:
    """Return `note` with a vibrato that sets in after `delay_s`, by reading it at moving times [shape=(frames,)]."""
    frames = np.arange(note.size)
    onset = np.clip((frames / rate - delay_s) / 0.3, 0.0, 1.0)
    swing = (2.0 ** (depth_cents / 1200.0) - 1.0) * rate / (2.0 * np.pi * speed_hz)
    where = frames + onset * swing * np.sin(2.0 * np.pi * speed_hz * (frames / rate - delay_s))
    return np.asarray(map_coordinates(note, [where], order=3, mode="nearest"), np.float32)
