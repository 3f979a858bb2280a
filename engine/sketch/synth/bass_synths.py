"""Synthesizer basses: filtered saws, sub, 808, reese, wobble, acid, pluck."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.sketch.synth.noise import burst, decay, generator, phase, rise, sines, times
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level
from engine.sketch.synth.wavetable import Oscillator, glide, octaves, pulse

GLIDE_S = 0.09


def saw_and_square(stroke: Stroke) -> Sound:
    """Return a saw and square bass whose filter closes quickly [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    corner = octaves(150.0 + 0.8 * stroke.hz) + (1.6 + 2.3 * stroke.force) * decay(frames, rate, 0.9)
    note = Oscillator(stroke.hz, rate, q=1.7).sweep(corner, start=0.25)
    note += 0.6 * Oscillator(stroke.hz, rate, pulse(0.5), q=1.2).sweep(corner, cents=3.0)
    note += 0.3 * np.sin(phase(stroke.hz, frames, rate))
    note *= 0.55 + 0.45 * decay(frames, rate, 1.2)
    return level(note * rise(frames, rate, 0.0008), rate)


def sub(stroke: Stroke) -> Sound:
    """Return a sine bass with a knock at its start and overtones for small loudspeakers [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    angle = phase(stroke.hz, frames, rate)
    note = np.sin(angle + 0.9 * (1.0 - decay(frames, rate, 0.03)))
    note = np.tanh((1.6 + 1.4 * stroke.force) * note + 0.2) - np.float32(np.tanh(0.2))
    note *= 0.35 + 0.65 * decay(frames, rate, 3.5)
    knock = burst(generator("sub", stroke.key, stroke.round_robin), frames, rate, (200.0, 1500.0), 0.025)
    return level((note + 0.06 * stroke.force * knock) * rise(frames, rate, 0.0006), rate)


def long_808(stroke: Stroke) -> Sound:
    """Return the long 808 bass: a driven kick drum in tune, gliding where notes are tied [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    drop = np.float32(0.0 if stroke.from_hz else 14.0) * np.exp(times(frames, rate) * np.float32(-1 / 0.012))
    hz = stroke.hz * np.exp2((glide(stroke, GLIDE_S) / 1200.0).astype(np.float64) + drop / 12.0)
    body = sines(hz, rate) * (0.8 * decay(frames, rate, 3.2) + 0.2 * decay(frames, rate, 0.4))
    drive = np.float32(1.8 + 2.2 * stroke.force)
    note = np.tanh(drive * body + np.float32(0.15)) - np.float32(np.tanh(0.15))
    if not stroke.from_hz:
        click = burst(generator("boom", stroke.key, stroke.round_robin), frames, rate, (900.0, 4500.0), 0.012)
        note += (0.04 + 0.08 * stroke.force) * click
    return level(note * rise(frames, rate, 0.0006), rate)


def reese(stroke: Stroke) -> Sound:
    """Return two beating saws under a slowly moving filter, and a sine below [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    sway = 0.35 * np.sin(times(frames, rate) * np.float32(2 * np.pi * 0.7))
    corner = octaves(320.0 + 1.5 * stroke.hz) + np.float32(0.4 + 1.3 * stroke.force) + sway
    saw = Oscillator(stroke.hz, rate, q=1.0)
    left, right = saw.sweep(corner, -11.0, 0.1), saw.sweep(corner, 11.0, 0.55)
    note = 0.7 * (left + right) + 0.5 * saw.sweep(corner, 2.0, 0.8) + 0.8 * np.sin(phase(stroke.hz, frames, rate))
    envelope = rise(frames, rate, 0.003)
    return level(np.stack([np.tanh(0.8 * note), 0.35 * (left - right)]) * envelope, rate)


def wobble(stroke: Stroke) -> Sound:
    """Return a bass whose filter opens and shuts six times a second, growling [shape=(1, frames)].

    The speed is that of eighth triplets at 120 BPM; every note starts a new cycle of the filter.
    """
    frames, rate = stroke.frames, stroke.rate
    turn = 0.5 - 0.5 * np.cos(times(frames, rate) * np.float32(2 * np.pi * 6.0))
    corner = octaves(110.0 + 1.2 * stroke.hz) + np.float32(1.2 + 2.8 * stroke.force) * turn
    note = Oscillator(stroke.hz, rate, q=2.6).sweep(corner, -7.0, 0.3)
    note += Oscillator(stroke.hz, rate, pulse(0.35), q=2.2).sweep(corner, 7.0)
    note = np.tanh(1.6 * note) + 0.7 * np.sin(phase(stroke.hz, frames, rate))
    return level(note * rise(frames, rate, 0.002), rate)


def acid(stroke: Stroke) -> Sound:
    """Return a saw through a sharp resonant filter that closes at once; tied notes slide [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    close = decay(frames, rate, 0.7 - 0.35 * stroke.force)
    corner = octaves(180.0 + 0.6 * stroke.hz) + np.float32(1.4 + 2.6 * stroke.force) * close
    note = Oscillator(stroke.hz, rate, q=5.5).sweep(corner, glide(stroke, 0.06))
    note = np.tanh(1.1 * note) * (0.3 + 0.7 * decay(frames, rate, 1.6))
    return level(note * rise(frames, rate, 0.0012), rate)


def short_pluck(stroke: Stroke) -> Sound:
    """Return a short, hollow FM bass pluck, as in electro and garage [shape=(1, frames)]."""
    frames, rate, angle = stroke.frames, stroke.rate, phase(stroke.hz, stroke.frames, stroke.rate)
    index = np.float32(0.8 + 2.4 * stroke.force) * decay(frames, rate, 0.3)
    note = np.sin(angle + index * np.sin(angle)) + 0.3 * decay(frames, rate, 0.2) * np.sin(
        2 * angle + index * np.sin(angle)
    )
    return level(note * (0.9 * decay(frames, rate, 1.1) + 0.1) * rise(frames, rate, 0.0008), rate)


def _voice(
    name: str,
    sound: Callable[[Stroke], Sound],
    velocity_layers: int,
    release_s: float,
    tone: tuple[Eq, ...],
    dynamic: float = 0.85,
    glide_s: float = 0.0,
) -> Voice:
    return Voice(
        name,
        sound,
        longest_s=12.0,
        sustains=True,
        release_s=release_s,
        mono=True,
        velocity_layers=velocity_layers,
        glide_s=glide_s,
        diffuse=0.0,
        dynamic=dynamic,
        tone=tone,
    )


VOICES = (
    _voice("bass_synth", saw_and_square, 6, 0.03, (Eq("high_pass", 34.0), Eq("peak", 220.0, -1.5, 0.9)), 0.9),
    _voice("bass_sub", sub, 4, 0.06, (Eq("high_pass", 30.0),), 0.8),
    _voice("bass_808", long_808, 4, 0.05, (Eq("high_pass", 26.0),), 0.7, GLIDE_S),
    _voice("bass_reese", reese, 4, 0.04, (Eq("high_pass", 32.0), Eq("peak", 350.0, -1.5, 0.8))),
    _voice("bass_wobble", wobble, 4, 0.03, (Eq("high_pass", 32.0), Eq("peak", 900.0, 2.0, 0.8))),
    _voice("bass_acid", acid, 6, 0.02, (Eq("high_pass", 40.0), Eq("peak", 1200.0, 2.0, 0.8)), 0.8, 0.06),
    _voice("bass_pluck", short_pluck, 5, 0.04, (Eq("high_pass", 34.0),)),
)
