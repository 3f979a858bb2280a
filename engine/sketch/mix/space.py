"""Frequency responses of rooms and echoes, from a part's dry middle to the mix's middle and side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from engine.sketch.synth.noise import band, generator

Response = NDArray[np.complex64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Space:
    """Parameters of a reverb.

    Attributes:
        t60_s: reverberation time at middle frequencies; the tail is cut off there.
        predelay_s: delay before the first reflection.
        early: strength of the nine early reflections.
        dull: damping of the highest band relative to the middle, 0 none … 1 much.
        grow_s: time until the tail is dense.
    """

    t60_s: float
    predelay_s: float
    early: float
    dull: float = 0.5
    grow_s: float = 0.012


SPACES = {
    "dry": Space(0.3, 0.002, 9.0, 0.6, 0.006),
    "room": Space(1.0, 0.006, 6.0),
    "studio": Space(0.6, 0.004, 7.0, 0.55, 0.008),
    "plate": Space(1.4, 0.001, 0.0, 0.3, 0.004),
    "club": Space(1.1, 0.010, 8.0, 0.45, 0.015),
    "hall": Space(2.2, 0.020, 4.0, 0.6, 0.04),
    "church": Space(3.4, 0.030, 2.5, 0.65, 0.07),
}
_BANDS = ((180.0, 500.0, 1.0, 0.0), (500.0, 1400.0, 0.95, 0.1), (1400.0, 3500.0, 0.75, 0.5), (3500.0, 8e3, 0.5, 1.0))
ECHOES = 5
_FEEDBACK = 0.5


@lru_cache(maxsize=10)
def room(name: str, size: int, rate: int) -> tuple[Response, Response]:
    """Return the responses from middle to the room's middle and side, of unit power, for circular FFTs of `size`.

    The tail is noise in four bands, each with its own decay; the early reflections are single pulses.
    """
    space = SPACES[name]
    frames = round(space.t60_s * rate)
    t = np.arange(frames) / rate
    hz = fft.rfftfreq(frames, 1 / rate)
    channels = []
    for side in ("middle", "side"):
        rng = generator(name, side)
        tail = np.zeros(frames)
        for low_hz, high_hz, lasts, top in _BANDS:
            if low_hz < 0.4 * rate:
                white = fft.rfft(rng.standard_normal(frames)) * band(hz, low_hz, min(high_hz, 0.45 * rate))
                last_s = space.t60_s * lasts * (1.0 + (0.5 - space.dull) * top)
                tail += fft.irfft(white, frames) * 10.0 ** (-3.0 * t / last_s)
        tail *= np.clip((t - space.predelay_s) / space.grow_s, 0.0, 1.0)
        tail *= np.clip((space.t60_s - t) / (0.1 * space.t60_s), 0.0, 1.0)
        at_s = space.predelay_s + 0.045 * np.sort(rng.random(9))
        pulses = space.early * rng.choice([-1.0, 1.0], 9) * np.exp(-at_s / 0.03)
        np.add.at(tail, np.rint(at_s * rate).astype(np.intp), pulses)
        channels.append(as_shared(loop_spectrum(tail / np.sqrt(np.sum(np.square(tail))), size)))
    return channels[0], channels[1]


@lru_cache(maxsize=10)
def echo(frames: int, size: int, rate: int) -> tuple[Response, Response]:
    """Return the responses from middle to the echo's middle and side: repeats `frames` apart, duller each time.

    They alternate between the sides, the first one on the left.
    """
    hz = fft.rfftfreq(size, 1 / rate)
    once = _FEEDBACK / (1.0 + 1j * hz / min(3800.0, 0.3 * rate)) * (1j * hz / (220.0 + 1j * hz))
    once *= np.exp(-2j * np.pi * hz * (frames % size) / rate)
    middle, side = np.zeros((2, hz.size), np.complex128)
    repeat = np.full(hz.size, 2.0, np.complex128)
    for number in range(ECHOES):
        repeat = repeat * once
        middle += 0.5 * repeat
        side += (0.45 if number % 2 == 0 else -0.45) * repeat
    return as_shared(middle), as_shared(side)


def loop_spectrum(taps: FloatArray, size: int) -> NDArray[np.complex128]:
    """Return the spectrum of an impulse response that is wrapped round a loop of `size` frames and summed."""
    laps = -(-taps.size // size)
    wound = np.zeros(laps * size)
    wound[: taps.size] = taps
    return np.asarray(fft.rfft(wound.reshape(laps, size).sum(axis=0)), np.complex128)


def as_shared(response: NDArray[np.complex128]) -> Response:
    """Return `response` in single precision and read-only, so that threads can share it."""
    single = response.astype(np.complex64)
    single.setflags(write=False)
    return single
