"""String basses: fingered, slapped and picked electric, and upright."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.sketch.synth.modes import Modes, ring
from engine.sketch.synth.noise import burst, decay, generator, phase, rise
from engine.sketch.synth.strings import String, pluck
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level


@dataclass(frozen=True, slots=True)
class StringBass:
    """A bass with strings, and the way it is played.

    Attributes:
        string: its string.
        round: amplitude of a sine at the fundamental beside the string.
        body_hz: resonances of the box, for an upright.
        thump, thump_hz, thump_s: noise of finger, pick or thumb: its amplitude, band and decay.
        slap: force (0–1) above which the string hits the frets; 2 for never.
        drive: gain into the soft clipping of pickup and amplifier.
    """

    string: String
    round: float
    thump: float
    thump_hz: tuple[float, float]
    thump_s: float
    body_hz: tuple[float, ...] = ()
    slap: float = 2.0
    drive: float = 1.3


FINGER = StringBass(String(5.5, 700.0, 0.3, 0.2, 110.0, 520.0, 1.2e-5, 0.25), 0.3, 0.05, (70.0, 1400.0), 0.05)
SLAP = StringBass(
    String(4.0, 1900.0, 0.12, 0.17, 450.0, 2600.0, 1.6e-5, 0.35), 0.45, 0.09, (120.0, 2600.0), 0.03, slap=0.45
)
PICK = StringBass(
    String(5.0, 1500.0, 0.15, 0.18, 320.0, 1500.0, 1.4e-5, 0.35), 0.3, 0.11, (700.0, 4500.0), 0.018, drive=2.0
)
UPRIGHT = StringBass(
    String(2.0, 480.0, 0.24, 0.43, 110.0, 420.0, 8e-6, 0.3),
    0.35,
    0.1,
    (90.0, 900.0),
    0.06,
    body_hz=(62.0, 103.0, 201.0),
)


def play(stroke: Stroke, bass: StringBass) -> Sound:
    """Return one note of a string bass [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    note = pluck(stroke, bass.string)
    note /= max(float(np.abs(note).max()), 1e-9)
    # The round tone of a pickup near the neck: a little of the fundamental beside the bright string.
    note += bass.round * np.sin(phase(stroke.hz, frames, rate)) * decay(frames, rate, 0.55 * bass.string.t60_s)
    rng = generator("bass", bass.thump_hz, stroke.key, stroke.round_robin)
    note += bass.thump * (0.6 + stroke.force) * burst(rng, frames, rate, bass.thump_hz, bass.thump_s)
    if bass.body_hz:
        note += 0.25 * (0.4 + 0.6 * stroke.force) * ring(Modes.of(bass.body_hz, 0.35, 1.0), frames, rate)
    if stroke.force > bass.slap:
        rattle = burst(rng, frames, rate, (1800.0, 8000.0), 0.035)
        note += 0.22 * stroke.force * rattle
    return level(np.tanh(bass.drive * note) * rise(frames, rate, 0.0005), rate)


def _voice(name: str, bass: StringBass, longest_s: float, tone: tuple[Eq, ...]) -> Voice:
    return Voice(
        name,
        partial(play, bass=bass),
        longest_s=longest_s,
        release_s=0.05,
        mono=True,
        velocity_layers=5,
        round_robins=2,
        diffuse=0.0,
        dynamic=1.0,
        tone=tone,
    )


_ROUND = (Eq("high_pass", 36.0), Eq("low_shelf", 110.0, 1.5), Eq("peak", 260.0, -2.5, 0.9))

VOICES = (
    _voice("bass_finger", FINGER, 6.0, (*_ROUND, Eq("peak", 800.0, 1.5, 0.8))),
    _voice("bass_slap", SLAP, 5.0, (*_ROUND, Eq("peak", 600.0, -2.5, 0.9), Eq("high_shelf", 2500.0, 3.0))),
    _voice(
        "bass_pick", PICK, 6.0, (Eq("high_pass", 38.0), Eq("peak", 300.0, -2.0, 0.9), Eq("peak", 1100.0, 2.5, 0.8))
    ),
    _voice(
        "bass_upright",
        UPRIGHT,
        4.0,
        (Eq("high_pass", 34.0), Eq("peak", 180.0, -1.5, 0.9), Eq("peak", 750.0, 2.0, 0.8)),
    ),
)
