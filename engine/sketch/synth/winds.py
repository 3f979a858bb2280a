"""Wind and bowed soloists, and the brass section: harmonics that open with the breath, vibrato, and noise.

They are synthetic and sound so. From the real instruments they take the attack, the brightness that follows
loudness (Risset & Mathews 1969), the formants, and the late vibrato.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.sketch.synth.noise import burst, decay, generator, hiss, rise
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level
from engine.sketch.synth.wavetable import Oscillator, octaves, pulse, vibrato

Numbers = NDArray[np.float64]
_NUMBERS = np.arange(1, 129, dtype=np.float64)
SAW = 1.0 / _NUMBERS
CONICAL = np.where(_NUMBERS < 5, 1.0, (5.0 / _NUMBERS) ** 1.1) * np.where(_NUMBERS == 1, 0.75, 1.0)
"""Saxophone: strong, even low harmonics."""
CYLINDER = np.where(_NUMBERS % 2 == 1, 1.0, np.minimum(1.0, 0.05 * _NUMBERS)) / _NUMBERS
"""Clarinet: the even harmonics come in late."""
PIPE = np.concatenate([[1.0, 0.35, 0.16, 0.05, 0.03, 0.015, 0.008], np.zeros(57)])
"""Flute: little but the first three."""
BELL = np.where(_NUMBERS < 7, _NUMBERS**0.15, (7.0 / _NUMBERS) ** 1.2)
"""Trumpet: rising to the sixth."""


@dataclass(frozen=True, slots=True)
class Soloist:
    """One soloist.

    Attributes:
        name: the voice's name, which also seeds the noise.
        harmonics: amplitudes of the source.
        blow_s, quicker_s: attack when played softly, and how much shorter it is at full force.
        base_hz, follow: corner of the spectrum: a constant, plus `follow` times the key's frequency.
        opens: octaves by which the corner rises during the attack: at force 0, and added by force.
        sway: vibrato depth in cents, speed in Hz, delay in s.
        breath, breath_hz: amplitude of the noise beside the tone, and its band.
        chiff: amplitude of the attack's noise.
        scoop: cents below the note at which a tone begins; it reaches the note within 100 ms.
        second_cents: detuning of a second voice (a harmonica's other reed), 0 for none.
    """

    name: str
    harmonics: Numbers
    blow_s: float
    quicker_s: float
    base_hz: float
    follow: float
    opens: tuple[float, float]
    sway: tuple[float, float, float]
    breath: float
    breath_hz: tuple[float, float]
    chiff: float = 0.03
    scoop: float = 0.0
    second_cents: float = 0.0


TRUMPET = Soloist(
    "trumpet", BELL, 0.035, 0.022, 420.0, 1.1, (0.9, 2.1), (9, 5.4, 0.3), 0.008, (1500.0, 7000.0), 0.03, 25
)
HORN = Soloist("horn", BELL, 0.06, 0.03, 260.0, 0.8, (0.7, 1.4), (4, 4.8, 0.5), 0.006, (500.0, 2500.0), 0.02, 15)
SAX = Soloist("sax", CONICAL, 0.04, 0.02, 520.0, 1.0, (0.9, 1.7), (14, 5.2, 0.22), 0.03, (1200.0, 6500.0), 0.06, 45)
FLUTE = Soloist("flute", PIPE, 0.06, 0.025, 900.0, 1.8, (0.6, 0.9), (10, 5.2, 0.25), 0.07, (900.0, 6000.0), 0.12, 12)
CLARINET = Soloist(
    "clarinet", CYLINDER, 0.045, 0.02, 500.0, 1.4, (0.6, 1.5), (4, 4.8, 0.5), 0.012, (800.0, 4500.0), 0.03
)
HARMONICA = Soloist(
    "harmonica",
    pulse(0.16),
    0.035,
    0.02,
    650.0,
    1.5,
    (0.8, 1.5),
    (16, 5.6, 0.15),
    0.03,
    (1500.0, 7000.0),
    0.05,
    70,
    5.0,
)
VIOLIN = Soloist(
    "violin", SAW, 0.075, 0.045, 900.0, 1.6, (0.7, 1.3), (17, 5.8, 0.18), 0.02, (2000.0, 9000.0), 0.07, 10
)


def blow(stroke: Stroke, soloist: Soloist) -> Sound:
    """Return one tone of a soloist [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    attack_s = soloist.blow_s - soloist.quicker_s * stroke.force
    speak = rise(frames, rate, attack_s)
    swell = speak * (0.8 + 0.2 * decay(frames, rate, 0.8))
    corner = octaves(soloist.base_hz + soloist.follow * stroke.hz)
    corner_octaves = corner + np.float32(soloist.opens[0] + soloist.opens[1] * stroke.force) * swell
    cents = vibrato(stroke, *soloist.sway) - np.float32(soloist.scoop * (1.0 - stroke.force * 0.5)) * decay(
        frames, rate, 0.1
    )
    source = Oscillator(stroke.hz, rate, soloist.harmonics, q=0.75)
    tone = source.sweep(corner_octaves, cents)
    if soloist.second_cents:
        tone = tone + 0.6 * source.sweep(corner_octaves, cents + np.float32(soloist.second_cents), 0.37)
    tone /= max(float(np.abs(tone).max()), 1e-9)
    # Bow and breath tremble a little: loudness follows the vibrato.
    tone *= 1.0 + 0.004 * vibrato(stroke, *soloist.sway)
    rng = generator(soloist.name, stroke.key, stroke.round_robin)
    noise = hiss(rng, frames, rate, *soloist.breath_hz)
    chiff = burst(rng, frames, rate, soloist.breath_hz, 0.09)
    note = swell * tone + soloist.breath * speak * noise + soloist.chiff * (0.3 + 0.7 * stroke.force) * chiff
    return level(note * rise(frames, rate, 0.004), rate)


def brass(stroke: Stroke) -> Sound:
    """Return a small brass section, three players apart [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    blow_s = 0.045 - 0.025 * stroke.force
    swell = rise(frames, rate, blow_s) * (0.72 + 0.28 * decay(frames, rate, 0.5))
    corner = octaves(300.0 + 1.1 * stroke.hz) + np.float32(1.1 + 1.8 * stroke.force) * swell
    horn = Oscillator(stroke.hz, rate, q=0.8)
    sway = vibrato(stroke, 5.0, 5.6, 0.35)
    rng = generator("brass", stroke.key, stroke.round_robin)
    starts = 0.15 * rng.random(3)
    players = [horn.sweep(corner, sway * s + c, p) for c, s, p in zip((0, -6, 6), (1, 0.6, 0.8), starts, strict=True)]
    breath = burst(rng, frames, rate, (900.0, 4500.0), 0.12)
    middle = players[0] + 0.7 * (players[1] + players[2]) + 0.03 * breath
    return level(np.stack([middle, 0.6 * (players[1] - players[2])]) * swell, rate)


def _voice(soloist: Soloist, release_s: float, tone: tuple[Eq, ...]) -> Voice:
    return Voice(
        soloist.name,
        partial(blow, soloist=soloist),
        longest_s=16.0,
        sustains=True,
        release_s=release_s,
        mono=True,
        velocity_layers=5,
        round_robins=2,
        diffuse=0.3,
        dynamic=1.0,
        tone=tone,
    )


VOICES = (
    Voice(
        "brass",
        brass,
        longest_s=16.0,
        sustains=True,
        release_s=0.08,
        velocity_layers=6,
        dynamic=1.1,
        tone=(Eq("high_pass", 140.0), Eq("peak", 1300.0, 2.0, 0.7)),
    ),
    _voice(TRUMPET, 0.06, (Eq("high_pass", 180.0), Eq("peak", 1200.0, 3.0, 0.8), Eq("peak", 2600.0, 2.0, 0.9))),
    _voice(HORN, 0.12, (Eq("high_pass", 70.0), Eq("peak", 380.0, 3.0, 0.9), Eq("high_shelf", 2500.0, -3.0))),
    _voice(SAX, 0.06, (Eq("high_pass", 120.0), Eq("peak", 650.0, 3.0, 0.9), Eq("peak", 1700.0, 2.5, 1.0))),
    _voice(FLUTE, 0.09, (Eq("high_pass", 220.0),)),
    _voice(CLARINET, 0.08, (Eq("high_pass", 130.0), Eq("peak", 1500.0, 2.0, 0.8))),
    _voice(HARMONICA, 0.06, (Eq("high_pass", 200.0), Eq("peak", 1900.0, 4.0, 0.9))),
    _voice(
        VIOLIN,
        0.12,
        (
            Eq("high_pass", 180.0),
            Eq("peak", 460.0, 3.0, 1.4),
            Eq("peak", 1500.0, -2.5, 1.2),
            Eq("peak", 2700.0, 4.0, 1.0),
        ),
    ),
)
