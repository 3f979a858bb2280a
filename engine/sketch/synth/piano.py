"""Pianos: stiff strings in unisons on a soundboard, struck by felt that is harder at higher force.

Partials lie at `k·f·sqrt(1 + B·k²)`; each is two or three strings a fraction of a cent apart, whose beats are the
piano's two-stage decay (Weinreich 1977). Hammer and striking point shape the spectrum (Fletcher & Rossing, ch. 12).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.sketch.synth.modes import Modes, ring
from engine.sketch.synth.noise import burst, generator, rise
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level

_MOST_PARTIALS = 42


@dataclass(frozen=True, slots=True)
class Piano:
    """The build of a piano.

    Attributes:
        felt_hz: corner of the hammer's spectrum at middle C, struck softly; it rises by √2 an octave.
        hardens: octaves by which the corner rises up to full force.
        t60_s: decay of middle C's fundamental.
        detune_cents: detuning of the outer strings of a unison, downwards and upwards.
        knock: amplitude of the hammer's wooden noise.
    """

    felt_hz: float
    hardens: float
    t60_s: float
    detune_cents: float
    knock: float


GRAND = Piano(felt_hz=520.0, hardens=2.3, t60_s=11.0, detune_cents=0.7, knock=0.05)
UPRIGHT = Piano(felt_hz=430.0, hardens=1.9, t60_s=6.5, detune_cents=3.4, knock=0.11)


def strike(stroke: Stroke, piano: Piano) -> Sound:
    """Return one key of a piano, the unison's outer strings left and right [shape=(2, frames)]."""
    frames, rate, hz = stroke.frames, stroke.rate, stroke.hz
    inharmonic = (
        2.2e-4 * 2.0 ** ((stroke.key - 60) / 9.5) if stroke.key > 40 else 6e-5 * 2.0 ** ((40 - stroke.key) / 14)
    )
    number = np.arange(1, _MOST_PARTIALS + 1)
    partial_hz = number * hz * np.sqrt((1.0 + inharmonic * number**2) / (1.0 + inharmonic))
    felt_hz = piano.felt_hz * (hz / 262.0) ** 0.5 * 2.0 ** (piano.hardens * stroke.force)
    loud = np.exp(-0.9 * (partial_hz / (1.9 * felt_hz))) / (1.0 + (partial_hz / felt_hz) ** 2) ** 0.35
    loud *= 0.12 + np.abs(np.sin(np.pi * number / 8.3)) / np.maximum(1.0, number / 5.0) ** 0.25
    # Small soundboards radiate little of the lowest partials of the bass.
    loud *= partial_hz**2 / (partial_hz**2 + 75.0**2)
    t60_s = piano.t60_s * (262.0 / hz) ** 0.55 / (1.0 + (partial_hz / 2600.0) ** 1.2 + 0.04 * number)
    rng = generator("piano", piano.felt_hz, stroke.key, stroke.round_robin)
    cents = piano.detune_cents * np.array([-1.0, 0.13, 1.0]) + 0.25 * rng.uniform(-1, 1, 3)
    strings = [
        ring(Modes.of(partial_hz * 2.0 ** (cent / 1200.0), t60_s * last, loud, 0.02 * place), frames, rate)
        for place, (cent, last) in enumerate(zip(cents, (1.0, 0.45, 1.15), strict=True))
    ]
    middle = 0.8 * strings[0] + 1.1 * strings[1] + 0.8 * strings[2]
    size = max(float(np.abs(middle).max()), 1e-9)
    knock = burst(rng, frames, rate, (90.0, 900.0), 0.09) + 0.5 * burst(rng, frames, rate, (1200.0, 4200.0), 0.02)
    middle = middle / size + piano.knock * (0.35 + 0.65 * stroke.force) * knock
    side = 0.55 * (strings[0] - strings[2]) / size
    return level(np.stack([middle, side]) * rise(frames, rate, 0.0012 - 0.0006 * stroke.force), rate)


VOICES = (
    Voice(
        "piano",
        partial(strike, piano=GRAND),
        longest_s=9.0,
        release_s=0.12,
        velocity_layers=6,
        spread=0.4,
        diffuse=0.35,
        dynamic=1.2,
        tone=(
            Eq("high_pass", 60.0),
            Eq("peak", 320.0, -2.0, 0.8),
            Eq("peak", 2600.0, 3.0, 0.7),
            Eq("high_shelf", 5000.0, 3.0),
        ),
    ),
    Voice(
        "piano_upright",
        partial(strike, piano=UPRIGHT),
        longest_s=6.0,
        release_s=0.1,
        velocity_layers=5,
        spread=0.3,
        diffuse=0.3,
        dynamic=1.15,
        tone=(Eq("high_pass", 90.0), Eq("peak", 480.0, 2.0, 1.0), Eq("peak", 1500.0, 2.5, 0.8)),
    ),
)
