"""The linear half of a part's channel strip, as frequency responses: tone, pan, width, room.

Everything linear that happens to a part is one pair of circular convolutions from middle and side to middle and
side. Circular, because the piece is a loop: filters and room are in their steady state from the first frame.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from engine.sketch.composition import PartMix
from engine.sketch.synth.noise import band, generator
from engine.sketch.synth.voice import Eq, Voice

Response = NDArray[np.complex64]

ROOM_S = 1.0
ROOM_T60_S = 1.0
MONO_BELOW_HZ = 120.0
_PREDELAY_S = 0.006


def eq_response(eq: Eq, size: int, rate: int) -> NDArray[np.complex128]:
    """Return the response of one filter at the `size // 2 + 1` frequencies of a real FFT.

    Second-order sections by the formulas of R. Bristow-Johnson's "Cookbook formulae for audio EQ biquads".
    """
    turn = 2.0 * np.pi * min(eq.hz, 0.45 * rate) / rate
    cosine, alpha = np.cos(turn), np.sin(turn) / (2.0 * eq.q)
    a = 10.0 ** (eq.gain_db / 40.0)
    root = 2.0 * np.sqrt(a) * alpha
    # Low and high shelf are one formula with the sign of the cosine turned.
    c = cosine if eq.kind == "low_shelf" else -cosine
    shelf = (
        (a * (a + 1 - (a - 1) * c + root), 2 * a * (a - 1 - (a + 1) * c), a * (a + 1 - (a - 1) * c - root)),
        (a + 1 + (a - 1) * c + root, -2 * (a - 1 + (a + 1) * c), a + 1 + (a - 1) * c - root),
    )
    passing = (1 + alpha, -2 * cosine, 1 - alpha)
    tables = {
        "high_pass": (((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2), passing),
        "low_pass": (((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2), passing),
        "peak": ((1 + alpha * a, -2 * cosine, 1 - alpha * a), (1 + alpha / a, -2 * cosine, 1 - alpha / a)),
        "low_shelf": shelf,
        "high_shelf": tuple((s[0], -s[1], s[2]) for s in shelf),
    }
    above, below = tables[eq.kind]
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    return np.asarray((above[0] + z * (above[1] + z * above[2])) / (below[0] + z * (below[1] + z * below[2])))


@lru_cache(maxsize=24)
def _tone(tone: tuple[Eq, ...], size: int, rate: int) -> Response:
    product = np.ones(size // 2 + 1, np.complex128)
    for eq in tone:
        product *= eq_response(eq, size, rate)
    product[0] = 0.0
    return _frozen(product)


@lru_cache(maxsize=8)
def _side_pass(size: int, rate: int) -> Response:
    return _frozen(eq_response(Eq("high_pass", 1.3 * MONO_BELOW_HZ), size, rate))


@lru_cache(maxsize=8)
def _diffuser(size: int, rate: int) -> Response:
    """Return the response from middle to a side signal that has the same spectrum but is unlike it.

    Velvet noise (Välimäki et al. 2013): sparse ±1 pulses within 18 ms, thinning out; a mono mix loses it altogether.
    """
    rng = generator("diffuser")
    count = 22
    taps = np.zeros(max(1, round(0.02 * rate)))
    at_s = 0.0004 + 0.018 * np.sort(rng.random(count)) ** 1.4
    signs = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    np.add.at(taps, np.minimum(taps.size - 1, np.rint(at_s * rate).astype(np.intp)), signs * np.exp(-at_s / 0.009))
    taps /= np.sqrt(np.sum(np.square(taps)))
    return _frozen(_folded(taps, size))


@lru_cache(maxsize=8)
def _room(size: int, rate: int) -> tuple[Response, Response]:
    """Return the responses from middle to the room's middle and side: noise that dies sooner the higher it is."""
    frames = round(ROOM_S * rate)
    t = np.arange(frames) / rate
    hz = fft.rfftfreq(frames, 1 / rate)
    bands = ((180.0, 500.0, 1.0), (500.0, 1400.0, 0.95), (1400.0, 3500.0, 0.75), (3500.0, 8000.0, 0.5))
    channels = []
    for name in ("middle", "side"):
        rng = generator("room", name)
        tail = np.zeros(frames)
        for low_hz, high_hz, lasts in bands:
            if low_hz < 0.4 * rate:
                white = fft.rfft(rng.standard_normal(frames)) * band(hz, low_hz, min(high_hz, 0.45 * rate))
                tail += fft.irfft(white, frames) * 10.0 ** (-3.0 * t / (ROOM_T60_S * lasts))
        grow = np.clip((t - _PREDELAY_S) / 0.012, 0.0, 1.0)
        tail *= grow * np.clip((ROOM_S - t) / 0.1, 0.0, 1.0)
        at_s = _PREDELAY_S + 0.045 * np.sort(rng.random(9))
        np.add.at(tail, np.rint(at_s * rate).astype(np.intp), 6.0 * rng.choice([-1.0, 1.0], 9) * np.exp(-at_s / 0.03))
        tail /= np.sqrt(np.sum(np.square(tail)))
        channels.append(_frozen(_folded(tail, size)))
    return channels[0], channels[1]


def strip(voice: Voice, mix: PartMix, size: int, rate: int) -> tuple[Response, Response | None, Response]:
    """Return the responses middle → middle, middle → side (if any) and side → side for circular FFTs of `size`."""
    tone, side_pass = _tone(voice.tone, size, rate), _side_pass(size, rate)
    width = max(0.0, min(1.0, mix.width))
    send = 0.9 * max(0.0, min(1.0, mix.reverb))
    middle = np.ones(size // 2 + 1, np.complex64)
    side = np.full(size // 2 + 1, -0.9 * max(-1.0, min(1.0, mix.pan)), np.complex64)
    if width and voice.diffuse:
        side += np.float32(1.1 * width * voice.diffuse) * _diffuser(size, rate)
    if send:
        room_middle, room_side = _room(size, rate)
        middle += np.float32(send) * room_middle
        side += np.float32(send * min(1.0, 0.4 + 1.2 * width)) * room_side
    own_side = np.float32(min(1.4, 0.3 + 1.4 * width) if width else 0.0)
    side_tone = tone * side_pass
    return middle * tone, side * side_tone if np.any(side) else None, own_side * side_tone


def memory_frames(mix: PartMix, rate: int) -> int:
    """Return how long the strip's impulse response may last, in frames."""
    return round(((ROOM_S if mix.reverb > 0 else 0.02) + 0.12) * rate)


def _folded(taps: NDArray[np.float64], size: int) -> NDArray[np.complex128]:
    """Return the spectrum of an impulse response wound round a loop of `size` frames."""
    laps = -(-taps.size // size)
    wound = np.zeros(laps * size)
    wound[: taps.size] = taps
    return np.asarray(fft.rfft(wound.reshape(laps, size).sum(axis=0)), np.complex128)


def _frozen(response: NDArray[np.complex128]) -> Response:
    single = response.astype(np.complex64)
    single.setflags(write=False)
    return single
