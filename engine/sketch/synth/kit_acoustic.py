"""Drum kits of wood and skin: acoustic, rock, vintage, jazz, brushes, breaks, metal, lo-fi, orchestral, hands."""

from __future__ import annotations

from functools import partial

from engine.sketch.synth import hands, machines, plates, skins
from engine.sketch.synth.kit_sets import BOX, BRIGHT, CRASH, Kit, cymbals, hats, toms
from engine.sketch.synth.voice import Drum


def _kick(low_hz: float, sweep_hz: float, sweep_s: float, ring_s: float, click: float, drive: float) -> Drum:
    recipe = partial(
        skins.kick, low_hz=low_hz, sweep_hz=sweep_hz, sweep_s=sweep_s, ring_s=ring_s, click=click, drive=drive
    )
    return Drum(recipe, 1.18 * ring_s, 1.0)


def _snare(
    head_hz: float, head_s: float, wire_s: float, wire: float, low_hz: float, high_hz: float, level: float
) -> Drum:
    recipe = partial(
        skins.snare, head_hz=head_hz, head_s=head_s, wire_s=wire_s, wire=wire, low_hz=low_hz, high_hz=high_hz
    )
    return Drum(recipe, 1.3 * max(head_s, wire_s), level)


def _side(hz: float, level: float = 0.5) -> Drum:
    return Drum(partial(skins.side_stick, hz=hz), 0.12, level, -0.1)


def _clap(low_hz: float, high_hz: float, tail_s: float, level: float) -> Drum:
    return Drum(partial(skins.clap, low_hz=low_hz, high_hz=high_hz, tail_s=tail_s), 1.35 * tail_s, level, 0.1)


def _cow(low_hz: float, level: float) -> Drum:
    return Drum(partial(skins.cowbell, low_hz=low_hz, high_hz=1.44 * low_hz), 0.5, level, 0.2)


def _brush(head_hz: float, swish_s: float, level: float) -> Drum:
    return Drum(partial(machines.brush_tap, head_hz=head_hz, swish_s=swish_s), 1.2 * swish_s, level)


ACOUSTIC: Kit = {
    **BOX,
    36: _kick(54.0, 75.0, 0.03, 0.42, 0.9, 1.25),
    37: _side(640.0),
    38: _snare(188.0, 0.2, 0.26, 1.0, 1600.0, 9000.0, 0.85),
    39: _clap(900.0, 3800.0, 0.22, 0.6),
    **hats(BRIGHT, 0.55, 5200.0, 12_500.0, 0.29, 0.75),
    **toms(1.0, 0.7, 0.25),
    **cymbals(1.0),
}
ROCK: Kit = {
    **BOX,
    36: _kick(50.0, 90.0, 0.028, 0.5, 1.3, 1.7),
    37: _side(600.0, 0.55),
    38: _snare(172.0, 0.28, 0.36, 1.15, 1300.0, 9500.0, 0.95),
    39: _clap(850.0, 3600.0, 0.3, 0.6),
    **hats(BRIGHT, 0.65, 4600.0, 13_000.0, 0.34, 1.1, 0.12),
    **toms(0.88, 0.95, 0.35),
    **cymbals(1.25, 3.0, 2.0, grain=0.8),
}
VINTAGE: Kit = {
    **BOX,
    36: _kick(62.0, 50.0, 0.025, 0.24, 0.6, 1.1),
    37: _side(700.0, 0.6),
    38: _snare(208.0, 0.12, 0.15, 0.85, 1200.0, 6500.0, 0.85),
    39: _clap(950.0, 3200.0, 0.18, 0.55),
    **hats(BRIGHT, 0.45, 4300.0, 9500.0, 0.27, 0.5, 0.075),
    **toms(1.05, 0.38, 0.2),
    **cymbals(0.85, 1.7, 1.4, grain=0.6),
}
JAZZ: Kit = {
    **BOX,
    36: _kick(68.0, 38.0, 0.03, 0.6, 0.3, 1.0),
    37: _side(760.0, 0.5),
    38: _snare(224.0, 0.22, 0.3, 0.7, 1700.0, 7500.0, 0.6),
    39: _clap(950.0, 3200.0, 0.18, 0.5),
    **hats(BRIGHT, 0.4, 3900.0, 10_000.0, 0.24, 0.8, 0.08),
    **toms(1.28, 0.8, 0.12),
    **cymbals(0.95, 2.4, 2.6, 0.85, 0.5),
    51: Drum(partial(plates.bell_ride, lines_hz=CRASH, bell_hz=BRIGHT[::8] * 0.55, ring_s=2.2), 2.2, 0.36, -0.4),
}
BRUSH: Kit = {
    **JAZZ,
    38: _brush(205.0, 0.22, 0.6),
    39: Drum(partial(machines.brush_sweep, seconds=0.45), 0.5, 0.3),
    42: Drum(partial(machines.brush_tap, head_hz=2400.0, swish_s=0.08), 0.1, 0.2, 0.3),
    **{
        key: _brush(hz, 0.3, 0.6)
        for key, hz in ((41, 96.0), (43, 112.0), (45, 136.0), (47, 160.0), (48, 190.0), (50, 225.0))
    },
}
BREAKS: Kit = {
    **BOX,
    36: _kick(66.0, 95.0, 0.018, 0.22, 1.2, 2.2),
    37: _side(820.0, 0.55),
    38: _snare(252.0, 0.14, 0.19, 1.25, 1500.0, 10_500.0, 0.95),
    39: _clap(1100.0, 4600.0, 0.18, 0.6),
    **hats(BRIGHT, 0.8, 4200.0, 12_000.0, 0.36, 0.42, 0.075),
    **toms(1.3, 0.4, 0.35),
    **cymbals(1.05, 1.6, 1.0, grain=0.85),
}
METAL: Kit = {
    **BOX,
    36: _kick(58.0, 150.0, 0.012, 0.28, 2.6, 2.4),
    37: _side(620.0, 0.5),
    38: _snare(196.0, 0.2, 0.3, 1.2, 1500.0, 11_000.0, 1.0),
    39: _clap(900.0, 3800.0, 0.25, 0.55),
    **hats(BRIGHT, 0.6, 5400.0, 13_500.0, 0.28, 0.9, 0.09),
    **toms(0.8, 0.75, 0.6),
    **cymbals(1.2, 2.6, 1.5, grain=0.75),
}
LOFI: Kit = {
    **BOX,
    36: _kick(51.0, 60.0, 0.035, 0.36, 0.45, 1.9),
    37: _side(520.0),
    38: _snare(172.0, 0.18, 0.2, 0.9, 900.0, 6000.0, 0.8),
    39: _clap(800.0, 2800.0, 0.2, 0.55),
    56: _cow(560.0, 0.35),
    **hats(BRIGHT, 0.8, 4200.0, 9500.0, 0.28, 0.5),
    **toms(0.92, 0.55, 0.15),
    **cymbals(0.8),
}


def _mallet(hz: float, ring_s: float, level: float, pan: float = 0.0, stick: float = 0.14) -> Drum:
    recipe = partial(hands.big_drum, hz=hz, ring_s=ring_s, stick=stick, stick_hz=(200.0, 2400.0))
    return Drum(recipe, 1.1 * ring_s, level, pan)


ORCHESTRAL: Kit = {
    **BOX,
    36: _mallet(44.0, 1.6, 1.0, stick=0.1),
    37: _side(680.0, 0.45),
    38: _snare(182.0, 0.16, 0.34, 1.0, 1800.0, 8500.0, 0.6),
    39: _clap(700.0, 3200.0, 0.4, 0.5),
    41: _mallet(62.0, 1.2, 0.9, 0.4, 0.3),
    43: _mallet(74.0, 1.1, 0.9, 0.3, 0.3),
    45: _mallet(88.0, 1.0, 0.85, 0.1, 0.3),
    47: _mallet(105.0, 0.9, 0.85, -0.1, 0.3),
    48: _mallet(125.0, 0.8, 0.8, -0.25, 0.3),
    50: _mallet(150.0, 0.7, 0.8, -0.4, 0.3),
    **hats(BRIGHT, 0.4, 5200.0, 11_000.0, 0.2, 0.6),
    **cymbals(1.1, 3.6, 2.2, grain=0.8),
}
HAND: Kit = {
    **BOX,
    36: Drum(partial(hands.cajon, low_hz=78.0, ring_s=0.26, wire=0.05), 0.3, 0.9),
    37: _side(680.0, 0.45),
    38: Drum(partial(hands.cajon, low_hz=165.0, ring_s=0.09, wire=0.5), 0.2, 0.7),
    39: _clap(900.0, 3600.0, 0.2, 0.5),
    **hats(BRIGHT, 0.5, 5000.0, 12_000.0, 0.22, 0.5),
    **{
        key: Drum(partial(hands.hand_drum, hz=hz, ring_s=0.5, slap=0.4), 0.55, 0.65, pan)
        for key, hz, pan in (
            (41, 72.0, 0.3), (43, 95.0, 0.2), (45, 190.0, 0.1), (47, 260.0, -0.1), (48, 345.0, -0.2),
            (50, 430.0, -0.3),
        )
    },
    **cymbals(0.7),
}  # fmt: skip
"""Percussion played by hand: cajon where a kit has kick and snare, djembe where it has toms."""
