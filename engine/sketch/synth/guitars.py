"""Electric guitars: plucked strings into one overdriven amplifier and its cabinet.

Notes are clean strings. The distortion (`Voice.drive`) runs over the whole part, because the strings of a driven
chord have to intermodulate; the cabinet is the part's tone.
"""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import rise
from engine.sketch.synth.strings import String, bend, pluck
from engine.sketch.synth.voice import Drive, Eq, Sound, Stroke, Voice, level

RHYTHM_STRING = String(
    t60_s=4.5, bright_hz=1800.0, pluck=0.21, pickup=0.27, soft_hz=500.0, hard_hz=2200.0, stiffness=2e-5, scratch=0.3
)
LEAD_STRING = String(
    t60_s=9.0, bright_hz=2200.0, pluck=0.2, pickup=0.23, soft_hz=900.0, hard_hz=2600.0, stiffness=1e-5, scratch=0.2
)

CABINET = (
    Eq("high_pass", 95.0, q=0.9),
    Eq("peak", 500.0, -2.0, 0.8),
    Eq("peak", 2500.0, 4.5, 0.8),
    Eq("low_pass", 4600.0, q=0.9),
    Eq("low_pass", 5200.0, q=0.6),
)
"""A 4 × 12 inch cabinet, roughly: no bottom, a presence peak, nothing above 5 kHz."""


def rhythm(stroke: Stroke) -> Sound:
    """Return one string of a rhythm guitar, clean [shape=(1, frames)]."""
    return level(pluck(stroke, RHYTHM_STRING) * rise(stroke.frames, stroke.rate, 0.0004), stroke.rate)


MUTED_STRING = String(
    t60_s=0.55, bright_hz=1300.0, pluck=0.12, pickup=0.24, soft_hz=500.0, hard_hz=2000.0, stiffness=2e-5, scratch=0.4
)


def muted(stroke: Stroke) -> Sound:
    """Return one string damped by the palm [shape=(1, frames)]."""
    return level(pluck(stroke, MUTED_STRING) * rise(stroke.frames, stroke.rate, 0.0003), stroke.rate)


def lead(stroke: Stroke) -> Sound:
    """Return one string of a lead guitar, clean, with a finger's vibrato [shape=(1, frames)]."""
    note = bend(pluck(stroke, LEAD_STRING), stroke.rate, 9.0, 5.1, 0.25)
    return level(np.asarray(note) * rise(stroke.frames, stroke.rate, 0.0004), stroke.rate)


VOICES = (
    Voice(
        "guitar_drive",
        rhythm,
        longest_s=7.0,
        release_s=0.05,
        velocity_layers=5,
        round_robins=2,
        diffuse=1.0,
        dynamic=1.0,
        tone=CABINET,
        drive=Drive(gain=3.2),
    ),
    Voice(
        "guitar_overdrive",
        rhythm,
        longest_s=7.0,
        release_s=0.05,
        velocity_layers=5,
        round_robins=2,
        diffuse=0.9,
        dynamic=1.1,
        tone=(*CABINET, Eq("peak", 750.0, 2.0, 0.8)),
        drive=Drive(gain=1.2, bias=0.3),
    ),
    Voice(
        "guitar_muted",
        muted,
        longest_s=1.2,
        release_s=0.03,
        velocity_layers=5,
        round_robins=2,
        diffuse=1.0,
        dynamic=0.9,
        tone=(*CABINET, Eq("peak", 140.0, 4.0, 1.2)),
        drive=Drive(gain=4.0, bias=0.1),
    ),
    Voice(
        "guitar_lead",
        lead,
        longest_s=9.0,
        release_s=0.06,
        mono=True,
        velocity_layers=4,
        round_robins=2,
        diffuse=0.5,
        dynamic=0.8,
        tone=(*CABINET, Eq("peak", 900.0, 3.0, 0.7)),
        drive=Drive(gain=6.0, bias=0.2),
    ),
)
