"""Drums with a skin: kicks, snares, toms; also side stick, claps and cowbell.

Every function is a recipe: a stroke and a few numbers in, one channel [shape=(stroke.frames,)] out, not yet levelled.
"""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import burst, decay, generator, hiss, rise, sines, steady, times
from engine.sketch.synth.voice import Sound, Stroke

MEMBRANE = (1.0, 1.594, 2.136, 2.653)
"""Frequencies of an ideal membrane's first modes (zeros of Bessel functions; Fletcher & Rossing)."""


def kick(
    stroke: Stroke,
    low_hz: float,
    sweep_hz: float,
    sweep_s: float,
    ring_s: float,
    click: float,
    drive: float,
) -> Sound:
    """Return a kick: a sine falling from `low_hz + sweep_hz` to `low_hz`, a beater click, a soft clip."""
    frames, rate = stroke.frames, stroke.rate
    force = 0.55 + 0.45 * stroke.force
    fall = np.exp(-times(frames, rate) / np.float32(sweep_s))
    snap = np.exp(-times(frames, rate) / np.float32(0.0035))
    body = sines(low_hz + sweep_hz * force * fall + 260.0 * force * snap, rate, 0.03) * decay(frames, rate, ring_s)
    body *= 1.0 + 0.5 * decay(frames, rate, 0.08)
    rng = generator("kick", low_hz, stroke.key, stroke.round_robin)
    beater = burst(rng, frames, rate, (1400.0, 5200.0), 0.022)
    knock = steady(low_hz * 3.1, frames, rate, 0.05) * decay(frames, rate, 0.07)
    body += click * stroke.force**1.4 * (0.3 * beater + 0.25 * knock)
    return np.asarray(np.tanh(drive * body) * rise(frames, rate, 0.0003), np.float32)


def snare(
    stroke: Stroke,
    head_hz: float,
    head_s: float,
    wire_s: float,
    wire: float,
    low_hz: float,
    high_hz: float,
) -> Sound:
    """Return a snare: two head modes with a slight fall, wires as noise in two bands, and the stick."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("snare", head_hz, stroke.key, stroke.round_robin)
    bend = 1.0 + 0.12 * stroke.force * decay(frames, rate, 0.06)
    ring = decay(frames, rate, head_s)
    head = sines(head_hz * bend, rate, 0.05) * ring
    head += 0.55 * sines(1.82 * head_hz * bend, rate, 0.1) * decay(frames, rate, 0.6 * head_s)
    brightness = 0.45 + 0.55 * stroke.force
    wires = burst(rng, frames, rate, (low_hz, high_hz * brightness), wire_s)
    crack = burst(rng, frames, rate, (500.0, 6000.0 * brightness), 0.045)
    note = 0.55 * head + wire * (0.24 * wires + 0.36 * (0.4 + 0.6 * stroke.force) * crack)
    return np.tanh(1.5 * note) * rise(frames, rate, 0.0002)


def tom(stroke: Stroke, hz: float, ring_s: float, click: float) -> Sound:
    """Return a tom: a membrane's modes, falling a little, and the stick."""
    frames, rate = stroke.frames, stroke.rate
    bend = hz * (1.0 + 0.35 * (0.3 + 0.7 * stroke.force) * decay(frames, rate, 0.16))
    note = np.zeros(frames, np.float32)
    for order, ratio in enumerate(MEMBRANE):
        loud = (1.0, 0.35, 0.18, 0.1)[order] * (0.4 + 0.6 * stroke.force) ** order
        note += loud * sines(ratio * bend, rate, 0.06) * decay(frames, rate, ring_s / (1.0 + 1.2 * order))
    rng = generator("tom", hz, stroke.key, stroke.round_robin)
    note += click * stroke.force * burst(rng, frames, rate, (600.0, 4500.0), 0.03)
    return np.asarray(np.tanh(1.4 * note) * rise(frames, rate, 0.0003), np.float32)


def side_stick(stroke: Stroke, hz: float) -> Sound:
    """Return a stick on the rim: three short wooden modes and a tick."""
    frames, rate = stroke.frames, stroke.rate
    note = np.zeros(frames, np.float32)
    for ratio, loud, ring_s in ((1.0, 0.5, 0.09), (2.55, 1.0, 0.05), (4.3, 0.5, 0.03)):
        note += loud * steady(min(hz * ratio, 0.4 * rate), frames, rate, 0.05) * decay(frames, rate, ring_s)
    rng = generator("side stick", hz, stroke.round_robin)
    note += (0.1 + 0.2 * stroke.force) * burst(rng, frames, rate, (1500.0, 6000.0), 0.025)
    return note * rise(frames, rate, 0.0002)


def clap(stroke: Stroke, low_hz: float, high_hz: float, tail_s: float) -> Sound:
    """Return claps: four bursts within 40 ms, then the reverberation of a room."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("clap", low_hz, stroke.round_robin)
    noise = hiss(rng, frames, rate, low_hz, high_hz * (0.6 + 0.4 * stroke.force))
    envelope = np.zeros(frames, np.float32)
    for at_s, loud in zip(np.cumsum([0.0, *rng.uniform(0.008, 0.013, 3)]), (0.8, 0.9, 0.75, 1.0), strict=True):
        start = min(frames, round(float(at_s) * rate))
        envelope[start:] += loud * decay(frames - start, rate, 0.045)
    start = min(frames, round(0.03 * rate))
    envelope[start:] += 0.5 * decay(frames - start, rate, tail_s)
    return np.asarray(np.tanh(0.9 * noise * envelope) * rise(frames, rate, 0.0003), np.float32)


def cowbell(stroke: Stroke, low_hz: float, high_hz: float) -> Sound:
    """Return a cowbell: two square-like tones of odd harmonics that beat, as the classic drum machines made it."""
    frames, rate = stroke.frames, stroke.rate
    note = np.zeros(frames, np.float32)
    for hz in (low_hz, high_hz):
        for number in (1, 3, 5, 7):
            if number * hz < 0.42 * rate:
                bright = (0.3 + 0.7 * stroke.force) if number > 1 else 1.0
                note += bright / number * steady(number * hz, frames, rate, 0.02)
    envelope = 0.6 * decay(frames, rate, 0.08) + 0.4 * decay(frames, rate, 0.5)
    return note * envelope * rise(frames, rate, 0.0003)
