"""What leads over and what lands: a noise riser and an impact. Their key is of no importance."""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import burst, decay, generator, hiss, rise, sines, times
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level


def riser(stroke: Stroke) -> Sound:
    """Return noise and a tone that swell and climb until the end of the stroke [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("riser", stroke.take)
    way = np.linspace(0.0, 1.0, frames, dtype=np.float32)
    sides = np.zeros((2, frames), np.float32)
    # Noise bands that come in one after the other, the highest last.
    for index, low_hz in enumerate((500.0, 1000.0, 2000.0, 4000.0, 8000.0)):
        entry = np.clip(5.0 * way - index + 1.0, 0.0, 1.0) * (1.0 - 0.12 * (4 - index) * way)
        for side in range(2):
            sides[side] += entry * hiss(rng, frames, rate, low_hz, 2.0 * low_hz)
    tone = sines(180.0 * 2.0 ** (2.5 * way.astype(np.float64)), rate)
    middle = sides[0] + 0.5 * tone
    envelope = way**1.7 * rise(frames, rate, 0.01)
    return level(np.stack([middle, 0.8 * sides[1]]) * envelope, rate)


def impact(stroke: Stroke) -> Sound:
    """Return a low boom under a long wash of noise [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("impact", stroke.take)
    fall = np.exp(times(frames, rate) * np.float32(-1 / 0.09))
    boom = np.tanh(2.5 * sines(38.0 + 70.0 * fall.astype(np.float64), rate) * decay(frames, rate, 2.2))
    wash = np.stack([hiss(rng, frames, rate, 250.0, 9000.0 * (0.4 + 0.6 * stroke.force)) for _ in range(2)])
    wash = wash * (0.3 * decay(frames, rate, 0.4) + 0.16 * decay(frames, rate, 3.0))
    wash[0] += boom + 0.5 * burst(rng, frames, rate, (600.0, 6000.0), 0.06)
    return level(wash * rise(frames, rate, 0.0008), rate)


VOICES = (
    Voice("fx_riser", riser, longest_s=16.0, release_s=0.03, classes=2, takes=2, tone=(Eq("high_pass", 120.0),)),
    Voice(
        "fx_impact",
        impact,
        longest_s=5.0,
        release_s=0.4,
        gated=False,
        classes=3,
        takes=2,
        tone=(Eq("high_pass", 28.0),),
    ),
)
