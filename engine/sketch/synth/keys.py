"""Struck and plucked keyboards: electric piano, clavinet, vibraphone."""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import burst, decay, generator, phase, rise, steady, times
from engine.sketch.synth.strings import String, pluck
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level

CLAV_STRING = String(
    t60_s=3.2, bright_hz=3200.0, pluck=0.08, pickup=0.21, soft_hz=1500.0, hard_hz=5200.0, stiffness=4e-5, scratch=0.2
)


def epiano(stroke: Stroke) -> Sound:
    """Return a tine piano [shape=(1, frames)].

    Frequency modulation (Chowning 1973) stands for the pickup, whose even harmonics grow with the swing of the tine;
    a second, quickly dying pair is the bell of the tine's own overtone.
    """
    frames, rate, hz = stroke.frames, stroke.rate, stroke.hz
    ring_s = 5.5 * (260.0 / hz) ** 0.35
    body = 0.75 * decay(frames, rate, ring_s) + 0.25 * decay(frames, rate, ring_s / 6)
    index = np.float32(0.7 + 2.3 * stroke.force**1.3) * min(1.0, 700.0 / hz + 0.2)
    bright = index * (0.45 * decay(frames, rate, ring_s / 2) + 0.55 * decay(frames, rate, 1.1))
    angle = phase(hz, frames, rate)
    note = body * np.sin(angle + bright * np.sin(angle))
    bell_ratio = min(14.0, max(3.0, np.floor(min(9000.0, 0.3 * rate) / hz)))
    bell = np.sin(angle + np.float32(0.5 * stroke.force) * np.sin(bell_ratio * angle))
    note += (0.06 + 0.22 * stroke.force) * decay(frames, rate, 0.8) * (bell - np.sin(angle))
    knock = burst(generator("epiano", stroke.key, stroke.take), frames, rate, (250.0, 2200.0), 0.06)
    note += (0.02 + 0.05 * stroke.force) * knock
    return level(note * rise(frames, rate, 0.0012), rate)


def clav(stroke: Stroke) -> Sound:
    """Return a clavinet: a short, stiff string hit near its end, heard by two pickups [shape=(1, frames)]."""
    note = pluck(stroke, CLAV_STRING)
    key_click = burst(generator("clav", stroke.key, stroke.take), stroke.frames, stroke.rate, (900.0, 5000.0), 0.02)
    note /= max(float(np.abs(note).max()), 1e-9)
    note += 0.06 * stroke.force * key_click
    return level(note * rise(stroke.frames, stroke.rate, 0.0004), stroke.rate)


def vibes(stroke: Stroke) -> Sound:
    """Return a vibraphone bar, tuned 1 : 4 : 10 (Fletcher & Rossing), with its motor on [shape=(2, frames)]."""
    frames, rate, hz = stroke.frames, stroke.rate, stroke.hz
    ring_s = 5.0 * (350.0 / hz) ** 0.5
    note = steady(hz, frames, rate) * decay(frames, rate, ring_s)
    for ratio, share, shorter in ((3.984, 0.45, 2.6), (9.94, 0.35, 11.0)):
        if hz * ratio < 0.42 * rate:
            loud = share * (0.25 + 0.75 * stroke.force) ** (1.0 if ratio < 5 else 1.8)
            note += loud * decay(frames, rate, ring_s / shorter) * steady(hz * ratio, frames, rate)
    note += (
        0.06 * stroke.force * burst(generator("vibes", stroke.key, stroke.take), frames, rate, (400.0, 3000.0), 0.03)
    )
    note *= rise(frames, rate, 0.001)
    motor = np.sin(times(frames, rate) * np.float32(2 * np.pi * 4.8))
    middle = note * (1.0 - 0.14 * (1.0 - np.cos(times(frames, rate) * np.float32(2 * np.pi * 4.8))))
    return level(np.stack([middle, 0.3 * motor * note]), rate)


VOICES = (
    Voice(
        "epiano",
        epiano,
        longest_s=7.0,
        release_s=0.16,
        classes=6,
        spread=0.35,
        dynamic=1.2,
        tone=(
            Eq("high_pass", 95.0),
            Eq("peak", 280.0, -2.0, 0.8),
            Eq("peak", 1900.0, 5.0, 0.6),
            Eq("high_shelf", 5000.0, 3.0),
        ),
    ),
    Voice(
        "clav",
        clav,
        longest_s=3.0,
        release_s=0.04,
        classes=6,
        takes=2,
        spread=0.25,
        diffuse=0.9,
        tone=(Eq("high_pass", 160.0), Eq("peak", 1100.0, 3.0, 0.9), Eq("peak", 2600.0, 3.0, 1.0)),
    ),
    Voice(
        "vibes",
        vibes,
        longest_s=6.0,
        release_s=0.5,
        classes=6,
        takes=2,
        spread=0.4,
        dynamic=1.1,
        tone=(Eq("high_pass", 140.0), Eq("high_shelf", 1800.0, 5.0)),
    ),
)
