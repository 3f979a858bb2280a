"""Band-limited wavetables with a moving resonant filter.

One period is drawn for each of `TABLES` filter corners by one inverse FFT, with the filter's response already in the
harmonics; a moving corner is then a cross-fade between neighbouring tables. No harmonic above the band edge is ever
made, so nothing aliases, and there is no recursion over samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from engine.sketch.synth.noise import times
from engine.sketch.synth.voice import Sound, Stroke

TABLES = 28
LOWEST_HZ = 60.0
HIGHEST_HZ = 19_000.0
_OCTAVES = float(np.log2(HIGHEST_HZ / LOWEST_HZ))


def pulse(duty: float) -> NDArray[np.float64]:
    """Return the amplitudes of the first 512 harmonics of a pulse that is high for `duty` (0–1) of its period."""
    numbers = np.arange(1, 513)
    return np.asarray(np.sin(np.pi * duty * numbers) / numbers, np.float64)


class Oscillator:
    """The wavetables of one pitch, from which `sweep` reads."""

    def __init__(self, hz: float, rate: int, amplitudes: NDArray[np.float64] | None = None, q: float = 1.0) -> None:
        """Draw the tables.

        Parameters
        ----------
        hz
            Fundamental.
        rate
            Frames per second.
        amplitudes
            Of the harmonics 1, 2, … before the filter [shape=(harmonics,)]; None is a sawtooth.
        q
            Resonance of the 24 dB/octave low pass.
        """
        self.hz = hz
        self.rate = rate
        # Room for unison and vibrato: the highest harmonic stays clear of half the rate.
        top_hz = min(0.44 * rate, 18_000.0)
        count = max(1, min(512, int(top_hz / hz)))
        numbers = np.arange(1, count + 1, dtype=np.float64)
        source = 1.0 / numbers if amplitudes is None else amplitudes[:count]
        numbers = numbers[: source.size]
        corners = LOWEST_HZ * 2.0 ** np.linspace(0.0, _OCTAVES, TABLES)
        shaped = source * _low_pass(numbers * hz / corners[:, None], q)
        # Eight points a period of the highest harmonic keep the linear interpolation's images 60 dB down.
        self.period = int(2 ** np.ceil(np.log2(max(256, 8 * count))))
        spectrum = np.zeros((TABLES, self.period // 2 + 1), np.complex64)
        spectrum[:, 1 : source.size + 1] = -0.5j * shaped
        tables = fft.irfft(spectrum, self.period, axis=1, norm="forward")
        self._tables = np.concatenate([tables, tables[:, :1]], axis=1).ravel()

    def sweep(self, corner_octaves: Sound, cents: Sound | float = 0.0, start: float = 0.0) -> Sound:
        """Return the oscillator with its filter moving.

        Parameters
        ----------
        corner_octaves
            Filter corner at each frame, in octaves above `LOWEST_HZ` [shape=(frames,)].
        cents
            Detuning, constant or at each frame.
        start
            Phase of the first frame in turns.
        """
        step = self.hz / self.rate * np.exp2(np.asarray(cents, np.float64) / 1200.0)
        frames = corner_octaves.size
        turns = np.arange(frames) * step if step.ndim == 0 else np.cumsum(step) - step[0]
        turns += start
        turns -= np.floor(turns)
        turns *= self.period
        point = np.minimum(turns.astype(np.intp), self.period - 1)
        between = (turns - point).astype(np.float32)
        row = np.clip(corner_octaves * np.float32((TABLES - 1) / _OCTAVES), 0.0, TABLES - 1.001)
        table = row.astype(np.intp)
        blend = row - table.astype(np.float32)
        point += table * (self.period + 1)
        lower = self._read(point, between)
        upper = self._read(point + (self.period + 1), between)
        return np.asarray(lower + blend * (upper - lower), np.float32)

    def _read(self, point: NDArray[np.intp], between: Sound) -> Sound:
        first = self._tables.take(point)
        return np.asarray(first + between * (self._tables.take(point + 1) - first), np.float32)


def octaves(hz: float) -> float:
    """Return a filter corner in Hz as octaves above `LOWEST_HZ`."""
    return float(np.log2(max(hz, LOWEST_HZ) / LOWEST_HZ))


def vibrato(stroke: Stroke, depth_cents: float, speed_hz: float, delay_s: float) -> Sound:
    """Return a vibrato in cents that sets in after `delay_s` [shape=(frames,)]."""
    t = times(stroke.frames, stroke.rate) - np.float32(delay_s)
    sway = np.clip(t / 0.35, 0.0, 1.0) * np.sin(np.float32(2 * np.pi * speed_hz) * t)
    return np.asarray(sway * np.float32(depth_cents), np.float32)


def glide(stroke: Stroke, seconds: float) -> Sound:
    """Return the glide in cents from `stroke.from_hz` to its pitch, most of it within `seconds` [shape=(frames,)]."""
    if not stroke.from_hz:
        return np.zeros(stroke.frames, np.float32)
    interval = np.float32(1200.0 * np.log2(stroke.from_hz / stroke.hz))
    return np.asarray(interval * np.exp(times(stroke.frames, stroke.rate) * np.float32(-4.0 / seconds)), np.float32)


def _low_pass(ratio: NDArray[np.float64], q: float) -> NDArray[np.complex128]:
    """Response of a two-stage (24 dB/octave) resonant low pass at frequency / corner = `ratio`."""
    first = 1.0 / (1.0 - ratio**2 + 1j * ratio / 0.6)
    return np.asarray(first / (1.0 - ratio**2 + 1j * ratio / q), np.complex128)
