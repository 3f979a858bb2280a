"""Electric keyboards: tine and reed piano, frequency modulation, clavinet."""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import burst, decay, generator, phase, rise
from engine.sketch.synth.strings import String, pluck
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level

CLAV_STRING = String(
    t60_s=3.2, bright_hz=3200.0, pluck=0.08, pickup=0.21, soft_hz=1500.0, hard_hz=5200.0, stiffness=4e-5, scratch=0.2
)


def epiano(stroke: Stroke) -> Sound:
    """Return a tine piano [shape=(1, frames)].

    Frequency modulation (Chowning 1973) imitates the pickup, whose even harmonics grow with the swing of the tine;
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
    knock = burst(generator("epiano", stroke.key, stroke.round_robin), frames, rate, (250.0, 2200.0), 0.06)
    note += (0.02 + 0.05 * stroke.force) * knock
    return level(note * rise(frames, rate, 0.0012), rate)


def clav(stroke: Stroke) -> Sound:
    """Return a clavinet: a short, stiff string hit near its end, through two pickups [shape=(1, frames)]."""
    note = pluck(stroke, CLAV_STRING)
    key_click = burst(
        generator("clav", stroke.key, stroke.round_robin), stroke.frames, stroke.rate, (900.0, 5000.0), 0.02
    )
    note /= max(float(np.abs(note).max()), 1e-9)
    note += 0.06 * stroke.force * key_click
    return level(note * rise(stroke.frames, stroke.rate, 0.0004), stroke.rate)


def wurli(stroke: Stroke) -> Sound:
    """Return a reed piano: a struck steel reed over a pickup plate, hollow when soft, barking when hard.

    The capacitive pickup bends the reed's sine the closer it swings, which is phase modulation by the same frequency
    with a strong third harmonic [shape=(1, frames)].
    """
    frames, rate, hz = stroke.frames, stroke.rate, stroke.hz
    ring_s = 2.6 * (260.0 / hz) ** 0.4
    body = 0.6 * decay(frames, rate, ring_s) + 0.4 * decay(frames, rate, ring_s / 4)
    angle = phase(hz, frames, rate)
    index = np.float32(0.35 + 1.9 * stroke.force**1.5) * body * min(1.0, 900.0 / hz)
    note = body * (
        np.sin(angle + index * np.sin(angle)) + np.float32(0.15 + 0.35 * stroke.force) * body * np.sin(3.0 * angle)
    )
    knock = burst(generator("wurli", stroke.key, stroke.round_robin), frames, rate, (300.0, 3000.0), 0.035)
    note += (0.03 + 0.06 * stroke.force) * knock
    return level(note * rise(frames, rate, 0.0009), rate)


def epiano_fm(stroke: Stroke) -> Sound:
    """Return the glassy piano of six-operator FM: detuned pairs 1 : 1 and one 1 : 14 [shape=(2, frames)]."""
    frames, rate, hz = stroke.frames, stroke.rate, stroke.hz
    ring_s = 6.0 * (260.0 / hz) ** 0.3
    body = 0.6 * decay(frames, rate, ring_s) + 0.4 * decay(frames, rate, ring_s / 5)
    ratio = min(14.0, max(3.0, np.floor(min(11_000.0, 0.3 * rate) / hz)))
    tine = np.float32(0.25 + 0.9 * stroke.force) * decay(frames, rate, 0.9)
    halves = []
    for cents, start in ((-3.5, 0.0), (3.5, 0.3)):
        angle = phase(hz * 2.0 ** (cents / 1200.0), frames, rate, start)
        warm = np.sin(angle + np.float32(0.3 + 0.9 * stroke.force) * body * np.sin(angle))
        halves.append(body * warm + 0.3 * tine * np.sin(angle + tine * np.sin(ratio * angle)))
    envelope = rise(frames, rate, 0.001)
    return level(np.stack([halves[0] + halves[1], 0.7 * (halves[0] - halves[1])]) * envelope, rate)


VOICES = (
    Voice(
        "epiano",
        epiano,
        longest_s=7.0,
        release_s=0.16,
        velocity_layers=6,
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
        velocity_layers=6,
        round_robins=2,
        spread=0.25,
        diffuse=0.9,
        tone=(Eq("high_pass", 160.0), Eq("peak", 1100.0, 3.0, 0.9), Eq("peak", 2600.0, 3.0, 1.0)),
    ),
    Voice(
        "wurli",
        wurli,
        longest_s=5.0,
        release_s=0.1,
        velocity_layers=6,
        round_robins=2,
        spread=0.2,
        diffuse=0.4,
        dynamic=1.1,
        tone=(Eq("high_pass", 110.0), Eq("peak", 900.0, 2.5, 0.8), Eq("peak", 2200.0, 4.0, 0.8)),
    ),
    Voice(
        "epiano_fm",
        epiano_fm,
        longest_s=8.0,
        release_s=0.2,
        velocity_layers=6,
        spread=0.3,
        dynamic=1.1,
        tone=(Eq("high_pass", 110.0), Eq("peak", 350.0, -2.0, 0.8), Eq("high_shelf", 3000.0, 4.0)),
    ),
)
