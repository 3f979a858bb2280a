"""Plucked strings without distortion: nylon and steel guitars, clean electrics, banjo, harp, and a pedal steel.

A hollow instrument is its string through its body. The air and top-plate resonances of the body are filters in the
voice's tone: they run once over the whole part, not once for each note.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.sketch.synth.modes import Modes, ring
from engine.sketch.synth.noise import burst, generator, phase, rise
from engine.sketch.synth.strings import String, bend, pluck
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level


@dataclass(frozen=True, slots=True)
class PickedString:
    """A string, and the noises of the instrument and the pick that sound with it.

    Attributes:
        string: the string.
        courses_cents: detuning of the other strings of the same course, which are picked with it.
        thump: amplitude of the body's knock.
        thump_hz: the body's lowest resonances.
        click: amplitude of the noise of pick or nail.
        click_hz: edges of that noise.
    """

    string: String
    courses_cents: tuple[float, ...] = ()
    thump: float = 0.0
    thump_hz: tuple[float, ...] = ()
    click: float = 0.05
    click_hz: tuple[float, float] = (1500.0, 6000.0)


NYLON = PickedString(
    String(4.2, 1300.0, 0.16, 0.41, 700.0, 3200.0, 6e-6, 0.12, 8000.0),
    thump=0.16,
    thump_hz=(98.0, 204.0),
    click=0.05,
    click_hz=(900.0, 4000.0),
)
STEEL = PickedString(
    String(5.5, 3200.0, 0.13, 0.37, 1500.0, 6500.0, 2.5e-5, 0.25, 11_500.0),
    thump=0.09,
    thump_hz=(105.0, 212.0),
    click=0.09,
    click_hz=(2200.0, 9000.0),
)
CLEAN = PickedString(String(6.0, 2600.0, 0.19, 0.12, 1300.0, 5200.0, 2e-5, 0.15, 9000.0), click=0.06)
FUNK = PickedString(
    String(0.9, 3500.0, 0.15, 0.1, 1700.0, 6500.0, 2e-5, 0.35, 9000.0), click=0.16, click_hz=(1800.0, 7000.0)
)
BANJO = PickedString(
    String(1.1, 4200.0, 0.09, 0.45, 2400.0, 7500.0, 1.5e-5, 0.25, 11_000.0),
    thump=0.14,
    thump_hz=(285.0, 520.0, 760.0),
    click=0.12,
    click_hz=(2500.0, 9000.0),
)
HARP = PickedString(
    String(5.0, 1500.0, 0.38, 0.47, 800.0, 3500.0, 4e-6, 0.06, 8000.0),
    thump=0.05,
    thump_hz=(150.0, 240.0),
    click=0.02,
    click_hz=(500.0, 2500.0),
)
HARPSICHORD = PickedString(
    String(3.4, 5200.0, 0.11, 0.46, 3800.0, 5200.0, 2e-5, 0.3, 12_500.0),
    courses_cents=(2.5,),
    thump=0.05,
    thump_hz=(170.0, 330.0),
    click=0.09,
    click_hz=(2500.0, 10_000.0),
)
STEEL_BAR = String(9.0, 2600.0, 0.14, 0.12, 1100.0, 4000.0, 8e-6, 0.05, 8000.0)


def pick(stroke: Stroke, picked: PickedString) -> Sound:
    """Return one picked note; with a second course, middle and side [shape=(1 or 2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    note = pluck(stroke, picked.string)
    size = max(float(np.abs(note).max()), 1e-9)
    others = [
        pluck(
            Stroke(stroke.key, stroke.hz * 2.0 ** (c / 1200.0), stroke.force, stroke.round_robin + 7, frames, rate),
            picked.string,
        )
        for c in picked.courses_cents
    ]
    rng = generator("pick", picked.click_hz, stroke.key, stroke.round_robin)
    middle = (note + sum(others)) / size
    if picked.thump:
        body = ring(Modes.of(picked.thump_hz, 0.28, 1.0), frames, rate)
        middle = middle + picked.thump * (0.3 + 0.7 * stroke.force) * body
    middle = middle + picked.click * (0.2 + 0.8 * stroke.force) * burst(rng, frames, rate, picked.click_hz, 0.014)
    middle = middle * rise(frames, rate, 0.0004)
    if not others:
        return level(middle, rate)
    return level(np.stack([middle, 0.5 * (note - others[0]) / size]), rate)


def steel_bar(stroke: Stroke) -> Sound:
    """Return a pedal steel: the bar slides up into the note, then vibrato sets in [shape=(1, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    note = pluck(stroke, STEEL_BAR)
    note /= max(float(np.abs(note).max()), 1e-9)
    # The volume pedal softens the pick. The bar starts up to 20 cents below and arrives after 0.12 s.
    note += 0.15 * np.sin(phase(stroke.hz, frames, rate)) * np.abs(note).max()
    at = np.arange(frames) / rate
    slide_s = 0.12
    behind = 0.012 * (1.0 - stroke.force * 0.5) * np.clip(1.0 - at / slide_s, 0.0, 1.0) ** 2 * slide_s / 2.0
    slid = np.interp(np.maximum(0.0, np.arange(frames) + (behind - behind[0]) * rate), np.arange(frames), note)
    swayed = bend(np.asarray(slid, np.float32), rate, 11.0, 5.6, 0.2)
    return level(swayed * rise(frames, rate, 0.012 - 0.008 * stroke.force), rate)


def _voice(
    name: str,
    picked: PickedString,
    longest_s: float,
    release_s: float,
    tone: tuple[Eq, ...],
    spread: float = 0.2,
    diffuse: float = 0.9,
) -> Voice:
    return Voice(
        name,
        partial(pick, picked=picked),
        longest_s=longest_s,
        release_s=release_s,
        velocity_layers=6,
        round_robins=2,
        spread=spread,
        diffuse=diffuse,
        dynamic=1.1,
        tone=tone,
    )


_BODY = (
    Eq("high_pass", 75.0),
    Eq("peak", 102.0, 4.0, 2.5),
    Eq("peak", 208.0, 3.0, 2.5),
    Eq("peak", 430.0, -2.5, 1.0),
)

VOICES = (
    _voice("guitar_nylon", NYLON, 5.0, 0.12, (*_BODY, Eq("high_shelf", 2500.0, 3.0))),
    _voice("guitar_acoustic", STEEL, 6.0, 0.1, (*_BODY, Eq("peak", 3200.0, 3.0, 0.7), Eq("high_shelf", 6000.0, 2.0))),
    _voice(
        "guitar_clean",
        CLEAN,
        6.0,
        0.06,
        (Eq("high_pass", 110.0), Eq("peak", 420.0, -2.0, 0.8), Eq("peak", 2400.0, 4.0, 0.7)),
    ),
    _voice(
        "guitar_funk",
        FUNK,
        1.5,
        0.03,
        (Eq("high_pass", 220.0), Eq("peak", 1100.0, 2.0, 0.8), Eq("peak", 3000.0, 3.5, 0.8)),
    ),
    _voice(
        "banjo", BANJO, 2.5, 0.08, (Eq("high_pass", 160.0), Eq("peak", 700.0, 3.0, 1.2), Eq("peak", 2600.0, 4.0, 0.9))
    ),
    _voice(
        "harp",
        HARP,
        6.0,
        0.5,
        (Eq("high_pass", 60.0), Eq("peak", 260.0, -2.0, 0.8), Eq("high_shelf", 2500.0, 3.0)),
        0.5,
    ),
    _voice("harpsichord", HARPSICHORD, 5.0, 0.05, (Eq("high_pass", 90.0), Eq("high_shelf", 3000.0, 2.0)), 0.35, 0.5),
    Voice(
        "guitar_steel",
        steel_bar,
        longest_s=9.0,
        release_s=0.15,
        velocity_layers=4,
        round_robins=2,
        spread=0.15,
        diffuse=0.6,
        dynamic=0.9,
        tone=(Eq("high_pass", 150.0), Eq("peak", 1400.0, 3.0, 0.7), Eq("low_pass", 6500.0)),
    ),
)
