"""Sums of decaying sines (modes), for struck bars, strings, skins and bells.

A decaying sine is a power series of one complex number, `z^n`. With `n = q·B + r` it is a product of a column and a
row, and a whole bank of them is one matrix product: no recursion, no sine per sample. Modes that have died away are
left out of the later stretches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.sketch.synth.voice import Sound

_BLOCK_FRAMES = 256
_STRETCH_BLOCKS = 32
_INAUDIBLE = 10.0 ** (-85.0 / 20.0)
HIGHEST_SHARE = 0.45
"""Modes above this share of the sample rate are left out, so that nothing aliases."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Modes:
    """A bank of modes: frequency in Hz, time to fall by 60 dB, amplitude, phase in turns; all [shape=(modes,)]."""

    hz: Numbers
    t60_s: Numbers
    amplitude: Numbers
    phase_turns: Numbers

    @classmethod
    def of(cls, hz: object, t60_s: object, loud: object, turns: object = 0.0) -> Modes:
        """Return a bank from numbers and lists, single numbers standing for all modes."""
        rows = np.broadcast_arrays(*(np.atleast_1d(np.asarray(row, np.float64)) for row in (hz, t60_s, loud, turns)))
        return cls(*(np.array(row) for row in rows))


def ring(modes: Modes, frames: int, rate: int) -> Sound:
    """Return the sum of the modes, struck at frame 0 [shape=(frames,)]."""
    sound = np.zeros(-(-frames // _BLOCK_FRAMES) * _BLOCK_FRAMES, np.float32)
    kept = (modes.hz < HIGHEST_SHARE * rate) & (np.abs(modes.amplitude) > 0)
    if not kept.any():
        return sound[:frames]
    log_z = (-6.9078 / modes.t60_s[kept] + 2j * np.pi * modes.hz[kept]) / rate
    # The imaginary part of exp: every mode is a sine that starts at its phase.
    start = modes.amplitude[kept] * np.exp(2j * np.pi * modes.phase_turns[kept])
    floor = _INAUDIBLE * float(np.abs(start).max())
    within = np.exp(log_z[:, None] * np.arange(_BLOCK_FRAMES))
    rows = np.concatenate([within.real, within.imag]).astype(np.float32)
    stretch = _STRETCH_BLOCKS * _BLOCK_FRAMES
    for first in range(0, sound.size, stretch):
        count = min(stretch, sound.size - first) // _BLOCK_FRAMES
        alive = np.flatnonzero(np.abs(start * np.exp(log_z.real * first)) > floor)
        if not alive.size:
            break
        at = first + _BLOCK_FRAMES * np.arange(count)
        columns = start[alive] * np.exp(at[:, None] * log_z[alive])
        left = np.concatenate([columns.imag, columns.real], axis=1).astype(np.float32)
        right = np.concatenate([rows[alive], rows[alive + start.size]])
        sound[first : first + count * _BLOCK_FRAMES] = (left @ right).ravel()
    return sound[:frames]


def varied(modes: Modes, rng: np.random.Generator, cents: float, share: float) -> Modes:
    """Return `modes` with frequencies up to `cents` and amplitudes up to `share` off, as strokes differ."""
    count = modes.hz.size
    return Modes(
        modes.hz * 2.0 ** (rng.uniform(-cents, cents, count) / 1200.0),
        modes.t60_s,
        modes.amplitude * (1.0 + rng.uniform(-share, share, count)),
        modes.phase_turns,
    )
