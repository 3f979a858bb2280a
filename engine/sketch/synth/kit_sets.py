"""Parts that drum kits share: builders for hats, toms and cymbals, and the percussion that every kit has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from engine.sketch.synth import hands, machines, plates, skins, trinkets
from engine.sketch.synth.noise import Frequencies
from engine.sketch.synth.voice import Drum

Kit = Mapping[int, Drum]
"""The drums of a kit by General MIDI percussion key (26, 82, 83, 86 and 87 as in Roland's GS)."""

BRIGHT = plates.plate_lines("hat", 2600.0, 14_000.0, 90)
CRASH = plates.plate_lines("crash", 350.0, 13_000.0, 240)
RIDE = plates.plate_lines("ride", 400.0, 12_000.0, 160)
BOW = plates.plate_lines("bow", 900.0, 6000.0, 14)
MACHINE = plates.machine_lines()

_TOM_HZ = {41: 82.0, 43: 98.0, 45: 118.0, 47: 142.0, 48: 168.0, 50: 200.0}
_TOM_PANS = (0.5, 0.35, 0.15, -0.05, -0.25, -0.4)


def hats(
    lines: Frequencies, grain: float, low_hz: float, high_hz: float, loud: float, open_s: float, closed_s: float = 0.1
) -> Kit:
    """Return closed, pedal and open hat of one pair of plates."""
    hat = partial(plates.hat, lines_hz=lines, grain=grain, low_hz=low_hz, high_hz=high_hz)
    return {
        42: Drum(partial(hat, ring_s=closed_s), 1.6 * closed_s, 0.75 * loud, 0.3),
        44: Drum(partial(hat, ring_s=0.7 * closed_s), 1.2 * closed_s, 0.56 * loud, 0.3),
        46: Drum(partial(hat, ring_s=open_s), open_s, 0.71 * loud, 0.3),
    }


def toms(scale: float, ring_s: float, click: float) -> Kit:
    """Return six toms from low right to high left, their tuning times `scale`."""
    return {
        key: Drum(
            partial(skins.tom, hz=scale * hz, ring_s=ring_s * (82.0 / hz) ** 0.3, click=click), ring_s, 0.75, pan
        )
        for (key, hz), pan in zip(_TOM_HZ.items(), _TOM_PANS, strict=True)
    }


def machine_toms(scale: float, ring_s: float) -> Kit:
    """Return six toms of a drum machine."""
    return {
        key: Drum(partial(machines.conga_machine, hz=scale * hz, ring_s=ring_s), ring_s, 0.7, pan)
        for (key, hz), pan in zip(_TOM_HZ.items(), _TOM_PANS, strict=True)
    }


def cymbals(loud: float, crash_s: float = 2.4, ride_s: float = 1.8, wash: float = 1.0, grain: float = 0.7) -> Kit:
    """Return crash, ride, ride bell, china and splash."""
    crash = partial(plates.cymbal, lines_hz=CRASH, grain=grain, wash=wash)
    ride = partial(plates.bell_ride, lines_hz=RIDE, bell_hz=BOW)
    return {
        49: Drum(partial(crash, ring_s=crash_s), 1.08 * crash_s, 0.36 * loud, -0.45),
        51: Drum(partial(ride, ring_s=ride_s), ride_s, 0.28 * loud, -0.4),
        52: Drum(partial(crash, ring_s=0.6 * crash_s, grain=0.95), 0.65 * crash_s, 0.34 * loud, 0.5),
        53: Drum(partial(trinkets.block, hz=820.0, ring_s=0.9, modes=_RIDE_BELL, tick=0.2), 1.0, 0.2 * loud, -0.4),
        55: Drum(partial(crash, ring_s=0.25 * crash_s), 0.3 * crash_s, 0.34 * loud, 0.3),
    }


def machine_cymbals(loud: float) -> Kit:
    """Return crash, ride, ride bell, china and splash of a drum machine."""
    plate = partial(machines.machine_plate, lines_hz=MACHINE)
    return {
        49: Drum(partial(plate, low_hz=2200.0, ring_s=1.8), 1.9, 0.34 * loud, -0.4),
        51: Drum(partial(plate, low_hz=3500.0, ring_s=0.9), 1.0, 0.24 * loud, -0.35),
        52: Drum(partial(plate, low_hz=1500.0, ring_s=1.0), 1.1, 0.3 * loud, 0.4),
        53: Drum(partial(trinkets.block, hz=800.0, ring_s=0.5, modes=_RIDE_BELL, tick=0.1), 0.6, 0.2 * loud, -0.35),
        55: Drum(partial(plate, low_hz=3000.0, ring_s=0.5), 0.55, 0.3 * loud, 0.3),
    }


# Bars and plates by their first modes (Fletcher & Rossing, chapters 2 and 3); agogo and cowbell by ear.
_BAR = ((1.0, 1.0), (2.76, 0.35), (5.4, 0.15))
_HOLLOW = ((1.0, 1.0), (1.52, 0.3), (2.9, 0.4), (4.4, 0.15))
_BELL = ((1.0, 1.0), (1.48, 0.7), (2.56, 0.6), (3.41, 0.4), (4.9, 0.3))
_RIDE_BELL = ((1.0, 0.7), (1.47, 0.8), (2.09, 1.0), (2.56, 0.7), (3.9, 0.6), (5.4, 0.4))
_TRIANGLE = ((1.0, 0.35), (1.72, 0.5), (2.61, 1.0), (3.7, 0.8), (4.9, 0.6), (6.3, 0.4))


def _block(
    hz: float, ring_s: float, modes: tuple[tuple[float, float], ...], tick: float, level: float, pan: float
) -> Drum:
    return Drum(partial(trinkets.block, hz=hz, ring_s=ring_s, modes=modes, tick=tick), 1.1 * ring_s, level, pan)


def _skin(hz: float, ring_s: float, slap: float, level: float, pan: float, mute: bool = False) -> Drum:
    recipe = partial(hands.hand_drum, hz=hz, ring_s=ring_s, slap=slap, mute=mute)
    return Drum(recipe, ring_s * (0.5 if mute else 1.1), level, pan)


BOX: Kit = {
    26: Drum(hands.snap, 0.2, 0.5, 0.1),
    54: Drum(partial(plates.tambourine, lines_hz=BRIGHT), 0.3, 0.26, -0.35),
    56: Drum(partial(skins.cowbell, low_hz=587.0, high_hz=845.0), 0.5, 0.4, 0.2),
    58: Drum(trinkets.rattle, 0.9, 0.3, 0.4),
    60: _skin(405.0, 0.28, 0.3, 0.55, 0.4),
    61: _skin(295.0, 0.34, 0.25, 0.6, 0.25),
    62: _skin(255.0, 0.5, 0.55, 0.6, -0.3, mute=True),
    63: _skin(225.0, 0.55, 0.25, 0.65, -0.3),
    64: _skin(165.0, 0.65, 0.2, 0.7, -0.15),
    65: Drum(partial(hands.timbale, hz=330.0, ring_s=0.5), 0.55, 0.5, 0.35),
    66: Drum(partial(hands.timbale, hz=235.0, ring_s=0.6), 0.65, 0.55, 0.2),
    67: _block(1120.0, 0.42, _BELL, 0.2, 0.3, -0.4),
    68: _block(750.0, 0.5, _BELL, 0.2, 0.32, -0.25),
    69: Drum(partial(trinkets.beads, low_hz=4200.0, high_hz=11_000.0, gather_s=0.015, ring_s=0.1), 0.14, 0.2, 0.45),
    70: Drum(partial(trinkets.beads, low_hz=3600.0, high_hz=9500.0, gather_s=0.01, ring_s=0.14), 0.16, 0.19, 0.45),
    73: Drum(partial(trinkets.scrape, seconds=0.07, teeth=8), 0.14, 0.3, -0.35),
    74: Drum(partial(trinkets.scrape, seconds=0.32, teeth=26), 0.4, 0.3, -0.35),
    75: _block(2450.0, 0.14, _BAR, 0.3, 0.36, 0.15),
    76: _block(980.0, 0.12, _HOLLOW, 0.35, 0.4, 0.3),
    77: _block(690.0, 0.15, _HOLLOW, 0.3, 0.42, 0.2),
    78: Drum(partial(hands.cuica, hz=520.0, up=0.25, ring_s=0.22), 0.25, 0.35, -0.2),
    79: Drum(partial(hands.cuica, hz=330.0, up=0.7, ring_s=0.5), 0.55, 0.38, -0.2),
    80: _block(1390.0, 0.12, _TRIANGLE, 0.25, 0.2, 0.4),
    81: _block(1390.0, 2.2, _TRIANGLE, 0.25, 0.2, 0.4),
    82: Drum(plates.shaker, 0.16, 0.18, 0.45),
    83: Drum(partial(trinkets.jingles, ring_s=0.35), 0.45, 0.2, -0.3),
    86: Drum(partial(hands.big_drum, hz=72.0, ring_s=0.2, stick=0.1, stick_hz=(150.0, 1500.0)), 0.25, 0.7, 0.0),
    87: Drum(partial(hands.big_drum, hz=66.0, ring_s=0.9, stick=0.1, stick_hz=(150.0, 1500.0)), 1.0, 0.75, 0.0),
}  # fmt: skip
"""Percussion that every kit includes, by General MIDI percussion key."""
