"""Synthesizer sounds on swept wavetables: stabs, plucks, supersaw, leads."""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import decay, generator, rise
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level
from engine.sketch.synth.wavetable import Oscillator, glide, octaves, pulse, vibrato


def lead_saw(stroke: Stroke) -> Sound:
    """Return three detuned saws, the outer two left and right [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    corner = octaves(650.0 + 1.6 * stroke.hz) + (0.6 + 1.7 * stroke.force) * decay(frames, rate, 1.6)
    saw = Oscillator(stroke.hz, rate, q=1.1)
    sway = vibrato(stroke, 6.0, 5.3, 0.3)
    starts = 0.3 * generator("lead_saw", stroke.key, stroke.round_robin).random(2)
    centre = saw.sweep(corner, sway)
    left = saw.sweep(corner, sway - 8.0, starts[0])
    right = saw.sweep(corner, sway + 8.0, starts[1])
    envelope = rise(frames, rate, 0.003) * (0.7 + 0.3 * decay(frames, rate, 1.0))
    return level(np.stack([centre + 0.6 * (left + right), 0.6 * (left - right)]) * envelope, rate)


def lead_square(stroke: Stroke) -> Sound:
    """Return a hollow pulse lead [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    corner = octaves(500.0 + 1.8 * stroke.hz) + (0.7 + 1.4 * stroke.force) * decay(frames, rate, 1.3)
    sway = vibrato(stroke, 7.0, 5.0, 0.28)
    centre = Oscillator(stroke.hz, rate, pulse(0.5), q=1.0).sweep(corner, sway)
    narrow = Oscillator(stroke.hz, rate, pulse(0.28), q=0.9)
    left, right = narrow.sweep(corner, sway - 5.0, 0.3), narrow.sweep(corner, sway + 5.0, 0.8)
    envelope = rise(frames, rate, 0.002) * (0.65 + 0.35 * decay(frames, rate, 1.2))
    return level(np.stack([centre + 0.35 * (left + right), 0.45 * (left - right)]) * envelope, rate)


def stab(stroke: Stroke) -> Sound:
    """Return a short chord-stab tone: two saws through a quick filter [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    corner = octaves(240.0 + 0.8 * stroke.hz) + (1.8 + 2.0 * stroke.force) * decay(frames, rate, 0.65)
    saw = Oscillator(stroke.hz, rate, q=1.5)
    starts = 0.25 * generator("stab", stroke.key, stroke.round_robin).random(2)
    left, right = saw.sweep(corner, -7.0, starts[0]), saw.sweep(corner, 7.0, starts[1])
    envelope = rise(frames, rate, 0.0008) * (0.2 + 0.8 * decay(frames, rate, 1.6))
    return level(np.stack([left + right, 0.5 * (left - right)]) * envelope, rate)


def supersaw(stroke: Stroke) -> Sound:
    """Return seven detuned saws, the outer ones to the sides [shape=(2, frames)].

    Detuning and levels after Szabo's measurements of the JP-8000 (2010).
    """
    frames, rate = stroke.frames, stroke.rate
    corner = octaves(900.0 + 2.0 * stroke.hz) + np.float32(1.0 + 2.4 * stroke.force) * (
        0.6 + 0.4 * decay(frames, rate, 1.4)
    )
    saw = Oscillator(stroke.hz, rate, q=0.8)
    starts = generator("supersaw", stroke.key, stroke.round_robin).random(7)
    cents = (0.0, -5.0, 5.0, -12.0, 12.0, -19.0, 19.0)
    saws = [saw.sweep(corner, cent, start) for cent, start in zip(cents, starts, strict=True)]
    lefts, rights = saws[1] + saws[4] + saws[5], saws[2] + saws[3] + saws[6]
    envelope = rise(frames, rate, 0.004)
    both = np.stack([saws[0] + 0.75 * (lefts + rights), 0.6 * (lefts - rights)])
    return level(np.asarray(both * envelope, np.float32), rate)


def pluck(stroke: Stroke) -> Sound:
    """Return a short synthesizer pluck: saw and square through a filter that shuts at once [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    shut = decay(frames, rate, 0.42)
    corner = octaves(220.0 + 1.1 * stroke.hz) + np.float32(2.6 + 2.0 * stroke.force) * shut
    saw, square = Oscillator(stroke.hz, rate, q=1.6), Oscillator(stroke.hz, rate, pulse(0.5), q=1.3)
    starts = 0.2 * generator("pluck", stroke.key, stroke.round_robin).random(2)
    left, right = saw.sweep(corner, -6.0, starts[0]), saw.sweep(corner, 6.0, starts[1])
    middle = 0.7 * (left + right) + 0.5 * square.sweep(corner)
    envelope = rise(frames, rate, 0.0006) * (0.85 * decay(frames, rate, 0.75) + 0.15 * decay(frames, rate, 1.6))
    return level(np.stack([middle, 0.5 * (left - right)]) * envelope, rate)


def lead_sine(stroke: Stroke) -> Sound:
    """Return a soft, whistling lead: a sine with a little of its octave and fifth, sliding in [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    scoop = glide(stroke, 0.06) if stroke.from_hz else -30.0 * decay(frames, rate, 0.12)
    cents = vibrato(stroke, 10.0, 5.0, 0.25) + scoop
    harmonics = np.array([1.0, 0.12 + 0.2 * stroke.force, 0.06 + 0.1 * stroke.force, 0.02])
    tone = Oscillator(stroke.hz, rate, harmonics, q=0.7).sweep(np.full(frames, octaves(9000.0), np.float32), cents)
    return level(
        tone * rise(frames, rate, 0.012 - 0.008 * stroke.force) * (0.8 + 0.2 * decay(frames, rate, 1.5)), rate
    )


VOICES = (
    Voice(
        "stab",
        stab,
        longest_s=3.0,
        release_s=0.06,
        velocity_layers=5,
        tone=(Eq("high_pass", 150.0), Eq("peak", 350.0, -2.0, 0.8), Eq("high_shelf", 5000.0, 1.5)),
    ),
    Voice(
        "supersaw",
        supersaw,
        longest_s=16.0,
        sustains=True,
        release_s=0.12,
        velocity_layers=4,
        tone=(Eq("high_pass", 140.0), Eq("peak", 400.0, -1.5, 0.8), Eq("high_shelf", 6000.0, 2.0)),
    ),
    Voice(
        "pluck",
        pluck,
        longest_s=2.0,
        release_s=0.12,
        velocity_layers=5,
        tone=(Eq("high_pass", 160.0), Eq("high_shelf", 5000.0, 2.0)),
    ),
    Voice(
        "lead_sine",
        lead_sine,
        longest_s=16.0,
        sustains=True,
        release_s=0.08,
        mono=True,
        velocity_layers=4,
        diffuse=0.4,
        glide_s=0.06,
        tone=(Eq("high_pass", 120.0),),
    ),
    Voice(
        "lead_saw",
        lead_saw,
        longest_s=16.0,
        sustains=True,
        release_s=0.07,
        mono=True,
        diffuse=0.35,
        dynamic=1.0,
        tone=(Eq("high_pass", 150.0), Eq("high_shelf", 7000.0, -1.5)),
    ),
    Voice(
        "lead_square",
        lead_square,
        longest_s=16.0,
        sustains=True,
        release_s=0.06,
        mono=True,
        dynamic=1.0,
        tone=(Eq("high_pass", 150.0),),
    ),
)
