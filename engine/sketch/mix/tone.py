"""The linear half of a part's channel strip, as frequency responses: tone, pan, width, room.

All linear processing of a part is one set of circular convolutions from middle and side to middle and side. Circular,
because the piece is a loop: filters and room are in their steady state from the first frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.sketch.composition import PartMix
from engine.sketch.mix.space import ECHOES, SPACES, FloatArray, Response, as_shared, echo, loop_spectrum, room
from engine.sketch.synth.noise import generator
from engine.sketch.synth.voice import Eq, Voice

MONO_BELOW_HZ = 120.0


def eq_response(eq: Eq, size: int, rate: int) -> NDArray[np.complex128]:
    """Return the response of one filter at the `size // 2 + 1` frequencies of a real FFT.

    Second-order sections by the formulas of R. Bristow-Johnson's "Cookbook formulae for audio EQ biquads".
    """
    turn = 2.0 * np.pi * min(eq.hz, 0.45 * rate) / rate
    cosine, alpha = np.cos(turn), np.sin(turn) / (2.0 * eq.q)
    a = 10.0 ** (eq.gain_db / 40.0)
    root = 2.0 * np.sqrt(a) * alpha
    # Low and high shelf share one formula with the sign of the cosine reversed.
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
def _tone_response(tone: tuple[Eq, ...], size: int, rate: int) -> Response:
    product = np.ones(size // 2 + 1, np.complex128)
    for eq in tone:
        product *= eq_response(eq, size, rate)
    product[0] = 0.0
    return as_shared(product)


@lru_cache(maxsize=8)
def _side_high_pass(size: int, rate: int) -> Response:
    return as_shared(eq_response(Eq("high_pass", 1.3 * MONO_BELOW_HZ), size, rate))


@lru_cache(maxsize=8)
def _diffuser(size: int, rate: int) -> Response:
    """Return the response from middle to a side signal with the same spectrum that is decorrelated from it.

    Velvet noise (Välimäki et al. 2013): sparse ±1 pulses within 18 ms, thinning out; it cancels in a mono mix.
    """
    rng = generator("diffuser")
    count = 22
    taps = np.zeros(max(1, round(0.02 * rate)))
    at_s = 0.0004 + 0.018 * np.sort(rng.random(count)) ** 1.4
    signs = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    np.add.at(taps, np.minimum(taps.size - 1, np.rint(at_s * rate).astype(np.intp)), signs * np.exp(-at_s / 0.009))
    taps /= np.sqrt(np.sum(np.square(taps)))
    return as_shared(loop_spectrum(taps, size))


@lru_cache(maxsize=4)
def _mix_eq_response(taps: bytes, size: int) -> Response:
    """Return the response of the mix equaliser, given as the bytes of its float64 taps (hashable for the cache)."""
    return as_shared(loop_spectrum(np.frombuffer(taps, np.float64), size))


@dataclass(frozen=True, slots=True)
class MixDesk:
    """Settings shared by the channel strips of all parts of a mix.

    Attributes:
        space: name of the room, one of `SPACES`.
        echo_frames: delay of the echo; 0 = no echo.
        widen: gain of the side signal.
        eq: impulse response of the mix equaliser [shape=(taps,)]; empty = none.
    """

    space: str = "room"
    echo_frames: int = 0
    widen: float = 1.0
    eq: FloatArray = field(default_factory=lambda: np.zeros(0))


def strip(
    voice: Voice, mix: PartMix, desk: MixDesk, size: int, rate: int
) -> tuple[Response, Response | None, Response]:
    """Return the responses middle → middle, middle → side (if any) and side → side for circular FFTs of `size`."""
    tone, side_pass = _tone_response(voice.tone, size, rate), _side_high_pass(size, rate)
    width = max(0.0, min(1.0, mix.width))
    middle = np.ones(size // 2 + 1, np.complex64)
    side = np.full(size // 2 + 1, -0.9 * max(-1.0, min(1.0, mix.pan)), np.complex64)
    if width and voice.diffuse:
        side += np.float32(1.1 * width * voice.diffuse) * _diffuser(size, rate)
    if mix.reverb > 0:
        room_middle, room_side = room(desk.space, size, rate)
        middle += np.float32(0.9 * mix.reverb) * room_middle
        side += np.float32(0.9 * mix.reverb * min(1.0, 0.4 + 1.2 * width)) * room_side
    if mix.echo > 0 and desk.echo_frames:
        echo_middle, echo_side = echo(desk.echo_frames, size, rate)
        middle += np.float32(mix.echo) * echo_middle
        side += np.float32(mix.echo * min(1.0, 0.3 + width)) * echo_side
    own_side = np.float32(min(1.4, 0.3 + 1.4 * width) if width else 0.0)
    if desk.eq.size:
        tone = tone * _mix_eq_response(desk.eq.tobytes(), size)
    side_tone = tone * side_pass * np.float32(desk.widen)
    return middle * tone, side * side_tone if np.any(side) else None, own_side * side_tone


def tail_frames(mix: PartMix, desk: MixDesk, rate: int) -> int:
    """Return the longest possible length of the strip's impulse response, in frames."""
    lasting = round((SPACES[desk.space].t60_s if mix.reverb > 0 else 0.02) * rate)
    if mix.echo > 0:
        lasting = max(lasting, (ECHOES + 1) * desk.echo_frames)
    return lasting + desk.eq.size + round(0.12 * rate)
