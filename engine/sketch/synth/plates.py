"""Metal percussion and shakers: hats, cymbals, tambourine, shaker.

Most functions are recipes: a stroke and a few numbers in, one channel [shape=(stroke.frames,)] out, not yet levelled.
"""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import Frequencies, burst, decay, generator, hiss, metal, rise
from engine.sketch.synth.voice import Sound, Stroke

MACHINE_HZ = np.array([205.3, 304.4, 369.6, 522.7, 540.0, 800.0])
"""The six square oscillators behind a classic drum machine's cymbals."""


def plate_lines(name: str, low_hz: float, high_hz: float, count: int) -> Frequencies:
    """Return `count` partials of a plate between two frequencies, denser towards the top; fixed by `name`."""
    share = np.sort(generator("plate", name).random(count))
    return np.asarray(low_hz + (high_hz - low_hz) * share**0.8, np.float64)


def machine_lines() -> Frequencies:
    """Return the odd harmonics of the six machine oscillators."""
    return np.asarray((MACHINE_HZ[:, None] * np.arange(1, 60, 2)).ravel(), np.float64)


def hat(stroke: Stroke, lines_hz: Frequencies, grain: float, low_hz: float, high_hz: float, ring_s: float) -> Sound:
    """Return a hi-hat: a metal bed that decays in `ring_s`, and the tick of the stick."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("hat", ring_s, stroke.key, stroke.round_robin)
    brightness = 0.6 + 0.4 * stroke.force
    bed = metal(rng, frames, rate, lines_hz, grain, np.array([low_hz, high_hz * brightness]))
    envelope = 0.45 * decay(frames, rate, min(0.05, ring_s)) + 0.55 * decay(frames, rate, ring_s)
    chip = burst(rng, frames, rate, (2500.0, 9000.0 * brightness), 0.012)
    note = bed * envelope + (0.3 + 0.5 * stroke.force) * chip
    return note * rise(frames, rate, 0.0003)


def cymbal(stroke: Stroke, lines_hz: Frequencies, grain: float, ring_s: float, wash: float) -> Sound:
    """Return a cymbal: four bands of metal, the higher ones decaying faster, and the stick.

    `wash` 1 is a crash, all bands at full length; towards 0 it is a ride, more stick than wash.
    """
    frames, rate = stroke.frames, stroke.rate
    rng = generator("cymbal", ring_s, stroke.key, stroke.round_robin)
    note = np.zeros(frames, np.float32)
    bands = (
        (350.0, 1200.0, 0.25, 0.8),
        (1200.0, 3200.0, 0.5, 1.0),
        (3200.0, 7000.0, 1.0, 0.75),
        (7e3, 13e3, 0.8, 0.5),
    )
    for index, (low_hz, high_hz, loud, lasts) in enumerate(bands):
        bed = metal(rng, frames, rate, lines_hz, grain, np.array([low_hz, high_hz]))
        envelope = wash * decay(frames, rate, ring_s * lasts) + (1.0 - wash) * decay(
            frames, rate, 0.2 * ring_s * lasts
        )
        note += loud * (0.35 + 0.65 * stroke.force) ** (0.5 * index) * envelope * bed
    stick = burst(rng, frames, rate, (2000.0, 8000.0), 0.02)
    note += (1.2 - 0.6 * wash) * stroke.force * stick
    return note * rise(frames, rate, 0.0004)


def bell_ride(stroke: Stroke, lines_hz: Frequencies, bell_hz: Frequencies, ring_s: float) -> Sound:
    """Return a ride: a cymbal with little wash and the clear tones of its bow."""
    note = cymbal(stroke, lines_hz, 0.4, ring_s, 0.25)
    note /= max(float(np.abs(note).max()), 1e-9)
    rng = generator("ride", stroke.key, stroke.round_robin)
    ping = metal(rng, stroke.frames, stroke.rate, bell_hz, 0.0, np.array([800.0, 6500.0]))
    return note + 0.08 * (0.5 + 0.5 * stroke.force) * ping * decay(stroke.frames, stroke.rate, 0.6 * ring_s)


def tambourine(stroke: Stroke, lines_hz: Frequencies) -> Sound:
    """Return a tambourine: jingles that clash a few times within 60 ms."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("tambourine", stroke.round_robin)
    bed = metal(rng, frames, rate, lines_hz, 0.5, np.array([4200.0, 11_000.0 * (0.7 + 0.3 * stroke.force)]))
    envelope = decay(frames, rate, 0.06)
    for at_s in rng.uniform(0.01, 0.06, 4):
        start = min(frames, round(float(at_s) * rate))
        envelope[start:] += 0.35 * decay(frames - start, rate, 0.16)
    return bed * envelope * rise(frames, rate, 0.0005)


def shaker(stroke: Stroke) -> Sound:
    """Return a shaker: noise that rises for some milliseconds and decays."""
    frames, rate = stroke.frames, stroke.rate
    noise = hiss(
        generator("shaker", stroke.round_robin), frames, rate, 3800.0, 9500.0 * (0.7 + 0.3 * stroke.force), 3
    )
    # A linear rise: the first grains sound on the beat, most of them some milliseconds later.
    count = min(frames, max(1, round((0.012 - 0.006 * stroke.force) * rate)))
    envelope = decay(frames, rate, 0.16)
    envelope[:count] *= np.linspace(0.12, 1.0, count, dtype=np.float32)
    return noise * envelope * rise(frames, rate, 0.0003)
