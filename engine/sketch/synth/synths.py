"""Synthesizer and brass sounds on swept wavetables, and the PADsynth pad."""

from __future__ import annotations

import numpy as np
from scipy import fft

from engine.sketch.synth.noise import burst, decay, generator, rise, times
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level
from engine.sketch.synth.wavetable import Oscillator, octaves, pulse


def vibrato(stroke: Stroke, depth_cents: float, speed_hz: float, delay_s: float) -> Sound:
    """Return a vibrato in cents that sets in after `delay_s` [shape=(frames,)]."""
    t = times(stroke.frames, stroke.rate) - np.float32(delay_s)
    sway = np.clip(t / 0.35, 0.0, 1.0) * np.sin(np.float32(2 * np.pi * speed_hz) * t)
    return np.asarray(sway * np.float32(depth_cents), np.float32)


def lead_saw(stroke: Stroke) -> Sound:
    """Return three detuned saws, the outer two left and right [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    corner = octaves(650.0 + 1.6 * stroke.hz) + (0.6 + 1.7 * stroke.force) * decay(frames, rate, 1.6)
    saw = Oscillator(stroke.hz, rate, q=1.1)
    sway = vibrato(stroke, 6.0, 5.3, 0.3)
    starts = 0.3 * generator("lead_saw", stroke.key, stroke.take).random(2)
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


def brass(stroke: Stroke) -> Sound:
    """Return a small brass section: the brightness follows the breath (Risset & Mathews 1969) [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    blow_s = 0.045 - 0.025 * stroke.force
    swell = rise(frames, rate, blow_s) * (0.72 + 0.28 * decay(frames, rate, 0.5))
    corner = octaves(300.0 + 1.1 * stroke.hz) + np.float32(1.1 + 1.8 * stroke.force) * swell
    horn = Oscillator(stroke.hz, rate, q=0.8)
    sway = vibrato(stroke, 5.0, 5.6, 0.35)
    rng = generator("brass", stroke.key, stroke.take)
    starts = 0.15 * rng.random(3)
    players = [horn.sweep(corner, sway * s + c, p) for c, s, p in zip((0, -6, 6), (1, 0.6, 0.8), starts, strict=True)]
    breath = burst(rng, frames, rate, (900.0, 4500.0), 0.12)
    middle = players[0] + 0.7 * (players[1] + players[2]) + 0.03 * breath
    return level(np.stack([middle, 0.6 * (players[1] - players[2])]) * swell, rate)


def stab(stroke: Stroke) -> Sound:
    """Return a short chord-stab tone: two saws through a quick filter [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    corner = octaves(240.0 + 0.8 * stroke.hz) + (1.8 + 2.0 * stroke.force) * decay(frames, rate, 0.65)
    saw = Oscillator(stroke.hz, rate, q=1.5)
    starts = 0.25 * generator("stab", stroke.key, stroke.take).random(2)
    left, right = saw.sweep(corner, -7.0, starts[0]), saw.sweep(corner, 7.0, starts[1])
    envelope = rise(frames, rate, 0.0008) * (0.2 + 0.8 * decay(frames, rate, 1.6))
    return level(np.stack([left + right, 0.5 * (left - right)]) * envelope, rate)


def pad_warm(stroke: Stroke) -> Sound:
    """Return a pad made by PADsynth (Paul Nasca, 2004) [shape=(2, frames)].

    Each harmonic is a bell of frequencies with random phases; one inverse FFT gives a table that loops for ever and
    sounds like an ensemble. Middle and side have phases of their own.
    """
    rate = stroke.rate
    size = 1 << int(np.ceil(np.log2(2.2 * rate)))
    spectra = np.zeros((2, size // 2 + 1), np.complex64)
    rng = generator("pad_warm", stroke.key, stroke.take)
    count = max(1, int(min(0.4 * rate, 7000.0) / stroke.hz))
    corner_hz = (700.0 + 1500.0 * stroke.force) * (1.0 + stroke.hz / 900.0)
    for number in range(1, min(count, 64) + 1):
        centre = number * stroke.hz * size / rate
        width = max(0.8, centre * 0.0055 * number**-0.25)
        bins = np.arange(max(1, int(centre - 3 * width)), min(size // 2, int(centre + 3 * width) + 2))
        bell = np.exp(-(((bins - centre) / width) ** 2)) / np.sqrt(width)
        bell *= number**-1.05 / (1.0 + (number * stroke.hz / corner_hz) ** 4)
        spectra[:, bins] += bell * np.exp(2j * np.pi * rng.random((2, bins.size)))
    table = fft.irfft(spectra, size, axis=1)
    laps = -(-stroke.frames // size)
    sound = np.tile(table, (1, laps))[:, : stroke.frames]
    sound[1] *= 0.6
    return level(sound * rise(stroke.frames, rate, 0.16 - 0.1 * stroke.force), rate)


VOICES = (
    Voice(
        "stab",
        stab,
        longest_s=3.0,
        release_s=0.06,
        classes=5,
        tone=(Eq("high_pass", 150.0), Eq("peak", 350.0, -2.0, 0.8), Eq("high_shelf", 5000.0, 1.5)),
    ),
    Voice(
        "pad_warm", pad_warm, longest_s=40.0, release_s=0.45, classes=3, dynamic=1.0, tone=(Eq("high_pass", 110.0),)
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
    Voice(
        "brass",
        brass,
        longest_s=16.0,
        sustains=True,
        release_s=0.08,
        classes=6,
        dynamic=1.1,
        tone=(Eq("high_pass", 140.0), Eq("peak", 1300.0, 2.0, 0.7)),
    ),
)
