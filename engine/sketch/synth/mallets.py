"""Struck bars, tongues and bells: vibraphone, marimba, kalimba, celesta, glockenspiel. Each is a few modes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.sketch.synth.modes import Modes, ring
from engine.sketch.synth.noise import burst, generator, rise, times
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level


@dataclass(frozen=True, slots=True)
class StruckBar:
    """A struck body.

    Attributes:
        modes: (ratio to the fundamental, amplitude at full force, factor by which it decays faster than it).
        t60_s: decay of the fundamental at 350 Hz; inversely proportional to the square root of the frequency.
        bright: exponent from force to the amplitude of the upper modes.
        mallet: amplitude of the mallet's noise.
        mallet_hz: band of that noise.
        motor_hz: speed of a vibraphone's fans; 0 is none.
        beat_cents: distance of the two almost equal modes that each mode consists of, as in bells; 0 is none.
    """

    modes: tuple[tuple[float, float, float], ...]
    t60_s: float
    bright: float = 1.0
    mallet: float = 0.06
    mallet_hz: tuple[float, float] = (400.0, 3000.0)
    motor_hz: float = 0.0
    beat_cents: float = 0.0


# Ratios after Fletcher & Rossing, "The Physics of Musical Instruments", chapters 19–21: tuned bars 1 : 4 : 10,
# free bars 1 : 2.76 : 5.40, clamped tongues 1 : 6.27 : 17.5 (a kalimba's bridge draws the second to about 5.4).
VIBES = StruckBar(((1.0, 1.0, 1.0), (3.984, 0.45, 2.6), (9.94, 0.35, 11.0)), 5.0, 1.2, motor_hz=4.8)
MARIMBA = StruckBar(
    ((1.0, 1.0, 1.0), (3.93, 0.5, 3.0), (9.6, 0.35, 9.0), (17.0, 0.15, 16.0)),
    0.9,
    1.0,
    mallet=0.16,
    mallet_hz=(150.0, 1800.0),
)
KALIMBA = StruckBar(
    ((1.0, 1.0, 1.0), (2.0, 0.08, 1.5), (5.4, 0.3, 5.0), (12.2, 0.22, 12.0)),
    1.6,
    0.9,
    mallet=0.2,
    mallet_hz=(900.0, 5000.0),
    beat_cents=2.0,
)
CELESTA = StruckBar(
    ((1.0, 1.0, 1.0), (2.0, 0.22, 1.6), (3.0, 0.1, 2.0), (4.06, 0.3, 3.2), (9.3, 0.12, 9.0)),
    2.6,
    1.1,
    mallet=0.1,
    mallet_hz=(300.0, 2500.0),
)
BELL = StruckBar(
    ((1.0, 1.0, 1.0), (2.76, 0.55, 1.5), (5.404, 0.4, 2.6), (8.93, 0.25, 5.0), (13.3, 0.12, 9.0)),
    4.2,
    0.8,
    mallet=0.05,
    mallet_hz=(3000.0, 9000.0),
    beat_cents=1.2,
)


def strike(stroke: Stroke, bar: StruckBar) -> Sound:
    """Return one stroke on the bar, middle and side [shape=(2, frames)]."""
    frames, rate, hz = stroke.frames, stroke.rate, stroke.hz
    ratio, loud, sooner = np.array(bar.modes).T
    loud = loud * np.where(ratio > 1.0, (0.2 + 0.8 * stroke.force) ** (bar.bright * np.sqrt(ratio)), 1.0)
    t60_s = bar.t60_s * (350.0 / hz) ** 0.5 / sooner
    apart = 2.0 ** (bar.beat_cents / 2400.0)
    halves = [ring(Modes.of(hz * ratio * turn, t60_s, loud), frames, rate) for turn in (apart, 1.0 / apart)]
    middle = halves[0] + halves[1] if bar.beat_cents else 2.0 * halves[0]
    noise = burst(generator("mallet", bar.t60_s, stroke.key, stroke.round_robin), frames, rate, bar.mallet_hz, 0.03)
    middle = (middle + 2.0 * bar.mallet * (0.2 + 0.8 * stroke.force) * noise) * rise(frames, rate, 0.0008)
    if bar.motor_hz:
        angle = times(frames, rate) * np.float32(2 * np.pi * bar.motor_hz)
        side = 0.3 * np.sin(angle) * middle
        middle = middle * (1.0 - 0.14 * (1.0 - np.cos(angle)))
    else:
        side = 0.5 * (halves[0] - halves[1])
    return level(np.stack([middle, side]), rate)


def _voice(name: str, bar: StruckBar, longest_s: float, release_s: float, gated: bool, tone: tuple[Eq, ...]) -> Voice:
    return Voice(
        name,
        partial(strike, bar=bar),
        longest_s=longest_s,
        release_s=release_s,
        gated=gated,
        velocity_layers=6,
        round_robins=2,
        spread=0.4,
        dynamic=1.1,
        tone=tone,
    )


VOICES = (
    _voice("vibes", VIBES, 6.0, 0.5, True, (Eq("high_pass", 140.0), Eq("high_shelf", 1800.0, 5.0))),
    _voice("marimba", MARIMBA, 2.5, 0.3, True, (Eq("high_pass", 80.0), Eq("high_shelf", 2500.0, 4.0))),
    _voice("kalimba", KALIMBA, 3.0, 0.4, True, (Eq("high_pass", 150.0), Eq("peak", 900.0, 2.0, 0.8))),
    _voice("celesta", CELESTA, 4.0, 0.4, True, (Eq("high_pass", 180.0), Eq("high_shelf", 3500.0, 3.0))),
    _voice("bell", BELL, 6.0, 0.7, True, (Eq("high_pass", 250.0),)),
)
