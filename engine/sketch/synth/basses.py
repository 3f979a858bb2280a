"""Basses: fingered electric, filtered synthesizer, and sub."""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import burst, decay, generator, phase, rise
from engine.sketch.synth.strings import String, pluck
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level
from engine.sketch.synth.wavetable import Oscillator, octaves, pulse

BASS_STRING = String(
    t60_s=5.5, bright_hz=700.0, pluck=0.3, pickup=0.2, soft_hz=110.0, hard_hz=520.0, stiffness=1.2e-5, scratch=0.25
)


def finger(stroke: Stroke) -> Sound:
    """Return a fingered electric bass [shape=(1, frames)]."""
    note = pluck(stroke, BASS_STRING)
    note /= max(float(np.abs(note).max()), 1e-9)
    # The round tone of a pickup near the neck: a little of the fundamental beside the bright string.
    frames, rate = stroke.frames, stroke.rate
    note += 0.3 * np.sin(phase(stroke.hz, frames, rate)) * decay(frames, rate, 3.0)
    thump = burst(generator("finger", stroke.key, stroke.take), frames, rate, (70.0, 1400.0), 0.05)
    note += (0.03 + 0.05 * stroke.force) * thump
    return level(np.tanh(1.3 * note) * rise(frames, rate, 0.0005), rate)


def synth(stroke: Stroke) -> Sound:
    """Return a saw and square bass whose filter snaps shut [shape=(1, frames)]."""
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
    note += (
        0.06 * stroke.force * burst(generator("sub", stroke.key, stroke.take), frames, rate, (200.0, 1500.0), 0.025)
    )
    return level(note * rise(frames, rate, 0.0006), rate)


VOICES = (
    Voice(
        "bass_finger",
        finger,
        longest_s=6.0,
        release_s=0.05,
        mono=True,
        classes=5,
        takes=2,
        diffuse=0.0,
        dynamic=1.0,
        tone=(
            Eq("high_pass", 36.0),
            Eq("low_shelf", 110.0, 1.5),
            Eq("peak", 260.0, -2.5, 0.9),
            Eq("peak", 800.0, 1.5, 0.8),
        ),
    ),
    Voice(
        "bass_synth",
        synth,
        longest_s=12.0,
        sustains=True,
        release_s=0.03,
        mono=True,
        classes=6,
        diffuse=0.0,
        dynamic=0.9,
        tone=(Eq("high_pass", 34.0), Eq("peak", 220.0, -1.5, 0.9)),
    ),
    Voice(
        "bass_sub",
        sub,
        longest_s=12.0,
        sustains=True,
        release_s=0.06,
        mono=True,
        classes=4,
        diffuse=0.0,
        dynamic=0.8,
        tone=(Eq("high_pass", 30.0),),
    ),
)
