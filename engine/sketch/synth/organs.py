"""Organs and reeds: sums of steady partials. A drawbar organ through a turning loudspeaker, and an accordion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.sketch.synth.modes import Modes, ring
from engine.sketch.synth.noise import burst, decay, generator, rise, times
from engine.sketch.synth.voice import Drive, Eq, Sound, Stroke, Voice, level
from engine.sketch.synth.wavetable import Oscillator, octaves, pulse

DRAWBAR_RATIOS = np.array([0.5, 1.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0])
"""16', 5 1/3', 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1'."""
_STEADY_S = 1e6


@dataclass(frozen=True, slots=True)
class Registration:
    """The settings of an organ: nine drawbars 0–8, speed of the rotor in Hz, percussion and key click 0–1."""

    drawbars: str
    rotor_hz: float
    percussion: float
    click: float


SOUL = Registration("886400002", 6.4, 0.0, 0.5)
ROCK = Registration("888600004", 6.8, 0.0, 0.8)
BASS = Registration("838000000", 0.0, 0.35, 0.7)


def organ(stroke: Stroke, setting: Registration) -> Sound:
    """Return a tonewheel organ, its rotor turning [shape=(2, frames)].

    The rotor is a small tremolo in the middle and a larger sway between the sides.
    """
    frames, rate = stroke.frames, stroke.rate
    # Each drawbar step is 3 dB.
    loud = np.array([10.0 ** (-3.0 * (8 - int(bar)) / 20.0) if bar != "0" else 0.0 for bar in setting.drawbars])
    rng = generator("organ", setting.drawbars, stroke.key)
    ratios = DRAWBAR_RATIOS * 2.0 ** (rng.uniform(-1.0, 1.0, 9) / 1200.0)
    # Foldback, as on the real tone wheels: pitches above the highest wheel sound an octave lower.
    hz = stroke.hz * ratios
    hz = np.where(hz > 5900.0, hz / 2.0, hz)
    note = ring(Modes.of(hz, _STEADY_S, loud, rng.random(9)), frames, rate)
    if setting.percussion:
        struck = ring(Modes.of([2.0 * stroke.hz, 3.0 * stroke.hz], 0.5, [1.0, 0.5]), frames, rate)
        note = note + setting.percussion * struck
    note /= max(float(np.abs(note).max()), 1e-9)
    click = burst(generator("click", stroke.key, stroke.round_robin), frames, rate, (800.0, 6000.0), 0.012)
    note = (note + 0.05 * setting.click * click) * rise(frames, rate, 0.002)
    if not setting.rotor_hz:
        return level(note, rate)
    angle = times(frames, rate) * np.float32(2 * np.pi * setting.rotor_hz) + np.float32(0.7)
    middle = note * (1.0 - 0.12 * np.cos(angle))
    return level(np.stack([middle, 0.28 * note * np.sin(angle)]), rate)


def accordion(stroke: Stroke) -> Sound:
    """Return three accordion reeds, two of them tuned apart (musette) [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    bellows = rise(frames, rate, 0.05 - 0.03 * stroke.force)
    corner = octaves(900.0 + 2.2 * stroke.hz) + np.float32(0.3 + 1.6 * stroke.force) * bellows
    reed = Oscillator(stroke.hz, rate, pulse(0.18), q=0.8)
    starts = generator("accordion", stroke.key).random(3)
    reeds = [reed.sweep(corner, cents, start) for cents, start in zip((0.0, -9.0, 9.0), starts, strict=True)]
    swell = bellows * (0.9 + 0.1 * decay(frames, rate, 0.6))
    return level(np.stack([reeds[0] + 0.7 * (reeds[1] + reeds[2]), 0.5 * (reeds[1] - reeds[2])]) * swell, rate)


VOICES = (
    Voice(
        "organ",
        partial(organ, setting=SOUL),
        longest_s=24.0,
        sustains=True,
        release_s=0.03,
        velocity_layers=1,
        dynamic=0.45,
        tone=(Eq("high_pass", 80.0), Eq("peak", 900.0, 2.0, 0.6), Eq("low_pass", 7000.0)),
    ),
    Voice(
        "organ_rock",
        partial(organ, setting=ROCK),
        longest_s=24.0,
        sustains=True,
        release_s=0.03,
        velocity_layers=1,
        dynamic=0.45,
        tone=(Eq("high_pass", 90.0), Eq("peak", 1400.0, 3.0, 0.7), Eq("low_pass", 6500.0)),
        drive=Drive(gain=1.3, bias=0.1),
    ),
    Voice(
        "bass_organ",
        partial(organ, setting=BASS),
        longest_s=12.0,
        sustains=True,
        release_s=0.04,
        mono=True,
        velocity_layers=1,
        diffuse=0.0,
        dynamic=0.7,
        tone=(Eq("high_pass", 34.0), Eq("low_pass", 2200.0)),
    ),
    Voice(
        "accordion",
        accordion,
        longest_s=16.0,
        sustains=True,
        release_s=0.06,
        velocity_layers=4,
        dynamic=0.9,
        tone=(Eq("high_pass", 140.0), Eq("peak", 1800.0, 2.5, 0.8)),
    ),
)
