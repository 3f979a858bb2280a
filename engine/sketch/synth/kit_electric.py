"""Drum machine kits: a modern club kit, and kits in the manner of the TR-808, the TR-909 and the TR-606."""

from __future__ import annotations

from functools import partial

from engine.sketch.synth import machines, skins
from engine.sketch.synth.kit_sets import BOX, BRIGHT, MACHINE, Kit, cymbals, hats, machine_cymbals, machine_toms, toms
from engine.sketch.synth.voice import Drum


def _clap(low_hz: float, high_hz: float, tail_s: float, level: float) -> Drum:
    return Drum(partial(skins.clap, low_hz=low_hz, high_hz=high_hz, tail_s=tail_s), 1.35 * tail_s, level)


def _tone_snare(low_hz: float, high_hz: float, tone_s: float, snappy: float, snappy_s: float, level: float) -> Drum:
    recipe = partial(
        machines.tone_snare, low_hz=low_hz, high_hz=high_hz, tone_s=tone_s, snappy=snappy, snappy_s=snappy_s
    )
    return Drum(recipe, 1.25 * max(tone_s, snappy_s), level)


def _kick(low_hz: float, sweep_hz: float, sweep_s: float, ring_s: float, click: float, drive: float) -> Drum:
    recipe = partial(
        skins.kick, low_hz=low_hz, sweep_hz=sweep_hz, sweep_s=sweep_s, ring_s=ring_s, click=click, drive=drive
    )
    return Drum(recipe, 1.1 * ring_s, 1.0)


ELECTRONIC: Kit = {
    **BOX,
    36: _kick(47.0, 190.0, 0.022, 0.46, 0.6, 1.9),
    37: Drum(partial(skins.side_stick, hz=455.0), 0.1, 0.45, -0.1),
    38: Drum(
        partial(skins.snare, head_hz=178.0, head_s=0.15, wire_s=0.22, wire=1.2, low_hz=1200.0, high_hz=8500.0),
        0.3,
        0.75,
    ),
    39: _clap(850.0, 3200.0, 0.3, 0.7),
    56: Drum(partial(skins.cowbell, low_hz=540.0, high_hz=800.0), 0.45, 0.4, 0.2),
    **hats(MACHINE, 0.3, 6000.0, 13_000.0, 0.32, 0.6),
    **toms(0.85, 0.6, 0.1),
    **cymbals(0.85),
}
KIT_808: Kit = {
    **BOX,
    36: Drum(partial(machines.long_kick, hz=46.0, ring_s=0.95, snap=0.12), 1.0, 1.0),
    37: Drum(partial(machines.rim_click, hz=480.0), 0.08, 0.4, -0.1),
    38: _tone_snare(176.0, 331.0, 0.16, 1.0, 0.2, 0.75),
    39: _clap(750.0, 2600.0, 0.26, 0.75),
    56: Drum(partial(skins.cowbell, low_hz=540.0, high_hz=800.0), 0.45, 0.38, 0.2),
    **hats(MACHINE, 0.1, 6800.0, 12_500.0, 0.27, 0.45, 0.06),
    **machine_toms(0.95, 0.6),
    **machine_cymbals(0.9),
    **{
        key: Drum(partial(machines.conga_machine, hz=hz, ring_s=0.2), 0.22, 0.6, pan)
        for key, hz, pan in ((62, 370.0, -0.3), (63, 250.0, -0.3), (64, 165.0, -0.15))
    },
    75: Drum(partial(machines.rim_click, hz=830.0), 0.06, 0.34, 0.15),
}
KIT_909: Kit = {
    **BOX,
    36: _kick(49.0, 240.0, 0.016, 0.36, 1.2, 2.6),
    37: Drum(partial(machines.rim_click, hz=520.0), 0.08, 0.45, -0.1),
    38: _tone_snare(190.0, 290.0, 0.12, 1.6, 0.24, 0.8),
    39: _clap(950.0, 3600.0, 0.22, 0.75),
    56: Drum(partial(skins.cowbell, low_hz=560.0, high_hz=830.0), 0.4, 0.36, 0.2),
    **hats(BRIGHT, 0.75, 5200.0, 13_500.0, 0.34, 0.55, 0.085),
    **machine_toms(0.8, 0.45),
    **cymbals(0.95, 1.8, 1.2, grain=0.9),
}
KIT_606: Kit = {
    **BOX,
    36: Drum(partial(machines.long_kick, hz=62.0, ring_s=0.2, snap=0.2), 0.24, 0.95),
    37: Drum(partial(machines.rim_click, hz=620.0), 0.07, 0.4, -0.1),
    38: _tone_snare(220.0, 370.0, 0.07, 1.3, 0.12, 0.7),
    39: _clap(1100.0, 3800.0, 0.14, 0.6),
    **hats(MACHINE, 0.05, 7600.0, 12_500.0, 0.26, 0.3, 0.045),
    **machine_toms(1.25, 0.25),
    **machine_cymbals(0.75),
}
