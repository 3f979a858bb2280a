"""The three drum kits: which recipe sounds each General MIDI percussion key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from scipy import fft

from engine.sketch.synth import plates, skins
from engine.sketch.synth.noise import Grid
from engine.sketch.synth.voice import Eq, Piece, Sound, Stroke, Voice, fade_end, strike_level

HAT_KEYS = (42, 44, 46)
OPEN_HAT = 46
KICK_KEYS = (35, 36)

_NEAREST = {
    35: 36, 40: 38, 52: 49, 53: 51, 55: 49, 57: 49, 58: 70, 59: 51, 60: 50, 61: 48, 62: 50, 63: 48, 64: 45, 65: 50,
    66: 47, 67: 56, 68: 56, 69: 70, 71: 56, 72: 56, 73: 70, 74: 70, 75: 37, 76: 37, 77: 37, 78: 50, 79: 47, 80: 54,
    81: 54,
}  # fmt: skip


def nearest(key: int) -> int:
    """Return the key of the kits that comes nearest to General MIDI percussion `key`."""
    if key < 35:
        return 36
    return _NEAREST.get(key, key) if key <= 81 else 54


Kit = Mapping[int, Piece]

_BRIGHT = plates.plate_lines("hat", 2600.0, 14_000.0, 90)
_CRASH = plates.plate_lines("crash", 350.0, 13_000.0, 240)
_RIDE = plates.plate_lines("ride", 400.0, 12_000.0, 160)
_BOW = plates.plate_lines("bow", 900.0, 6000.0, 14)
_MACHINE = plates.machine_lines()


def _hats(lines: Grid, grain: float, low_hz: float, high_hz: float, loud: float, open_s: float) -> dict[int, Piece]:
    """Return closed, pedal and open hat of one pair of plates."""
    hat = partial(plates.hat, lines_hz=lines, grain=grain, low_hz=low_hz, high_hz=high_hz)
    return {
        42: Piece(partial(hat, ring_s=0.1), 0.16, 0.75 * loud, 0.3),
        44: Piece(partial(hat, ring_s=0.07), 0.12, 0.56 * loud, 0.3),
        46: Piece(partial(hat, ring_s=open_s), open_s, 0.71 * loud, 0.3),
    }


def _toms(scale: float, ring_s: float, click: float) -> dict[int, Piece]:
    """Return six toms from low right to high left, their tuning times `scale`."""
    hz = {41: 82.0, 43: 98.0, 45: 118.0, 47: 142.0, 48: 168.0, 50: 200.0}
    return {
        key: Piece(
            partial(skins.tom, hz=scale * f, ring_s=ring_s * (82.0 / f) ** 0.3, click=click), ring_s, 0.75, pan
        )
        for (key, f), pan in zip(hz.items(), (0.5, 0.35, 0.15, -0.05, -0.25, -0.4), strict=True)
    }


def _cymbals(loud: float) -> dict[int, Piece]:
    """Return crash, ride, tambourine and shaker, which all kits share."""
    return {
        49: Piece(partial(plates.cymbal, lines_hz=_CRASH, grain=0.7, ring_s=2.4, wash=1.0), 2.6, 0.36 * loud, -0.45),
        51: Piece(partial(plates.bell_ride, lines_hz=_RIDE, bell_hz=_BOW, ring_s=1.8), 1.8, 0.28 * loud, -0.4),
        54: Piece(partial(plates.tambourine, lines_hz=_BRIGHT), 0.3, 0.26 * loud, -0.35),
        70: Piece(plates.shaker, 0.16, 0.18 * loud, 0.45),
    }


ACOUSTIC: Kit = {
    36: Piece(
        partial(skins.kick, low_hz=54.0, sweep_hz=75.0, sweep_s=0.03, ring_s=0.42, click=0.9, drive=1.25), 0.5, 1.0
    ),
    37: Piece(partial(skins.side_stick, hz=640.0), 0.12, 0.5, -0.1),
    38: Piece(
        partial(skins.snare, head_hz=188.0, head_s=0.2, wire_s=0.26, wire=1.0, low_hz=1600.0, high_hz=9000.0),
        0.34,
        0.85,
    ),
    39: Piece(partial(skins.clap, low_hz=900.0, high_hz=3800.0, tail_s=0.22), 0.3, 0.6, 0.1),
    56: Piece(partial(skins.cowbell, low_hz=587.0, high_hz=845.0), 0.5, 0.4, 0.2),
    **_hats(_BRIGHT, 0.55, 5200.0, 12_500.0, 0.29, 0.75),
    **_toms(1.0, 0.7, 0.25),
    **_cymbals(1.0),
}

ELECTRONIC: Kit = {
    36: Piece(
        partial(skins.kick, low_hz=47.0, sweep_hz=190.0, sweep_s=0.022, ring_s=0.5, click=0.6, drive=1.9), 0.5, 1.0
    ),
    37: Piece(partial(skins.side_stick, hz=455.0), 0.1, 0.45, -0.1),
    38: Piece(
        partial(skins.snare, head_hz=178.0, head_s=0.15, wire_s=0.22, wire=1.2, low_hz=1200.0, high_hz=8500.0),
        0.3,
        0.75,
    ),
    39: Piece(partial(skins.clap, low_hz=850.0, high_hz=3200.0, tail_s=0.3), 0.4, 0.7),
    56: Piece(partial(skins.cowbell, low_hz=540.0, high_hz=800.0), 0.45, 0.4, 0.2),
    **_hats(_MACHINE, 0.3, 6000.0, 13_000.0, 0.32, 0.6),
    **_toms(0.85, 0.6, 0.1),
    **_cymbals(0.85),
}

LOFI: Kit = {
    36: Piece(
        partial(skins.kick, low_hz=51.0, sweep_hz=60.0, sweep_s=0.035, ring_s=0.36, click=0.45, drive=1.9), 0.42, 1.0
    ),
    37: Piece(partial(skins.side_stick, hz=520.0), 0.12, 0.5, -0.1),
    38: Piece(
        partial(skins.snare, head_hz=172.0, head_s=0.18, wire_s=0.2, wire=0.9, low_hz=900.0, high_hz=6000.0), 0.3, 0.8
    ),
    39: Piece(partial(skins.clap, low_hz=800.0, high_hz=2800.0, tail_s=0.2), 0.3, 0.55, 0.1),
    56: Piece(partial(skins.cowbell, low_hz=560.0, high_hz=810.0), 0.4, 0.35, 0.2),
    **_hats(_BRIGHT, 0.8, 4200.0, 9500.0, 0.28, 0.5),
    **_toms(0.92, 0.55, 0.15),
    **_cymbals(0.8),
}


def strike(stroke: Stroke, kit: Kit, dusty: bool) -> Sound:
    """Return one stroke on a kit, levelled before any dust [shape=(1, frames)]."""
    note = strike_level(kit[stroke.key].recipe(stroke), stroke.rate)
    return _dust(note, stroke.rate) if dusty else note


def _dust(note: Sound, rate: int) -> Sound:
    """Return `note` as an old sampler gives it back: driven, and dull above 7 kHz (minimum-phase: still on time)."""
    driven = np.tanh(1.6 * note) / np.float32(np.tanh(1.6))
    size = fft.next_fast_len(2 * note.shape[1], real=True)
    ratio = fft.rfftfreq(size, 1 / rate) / min(7000.0, 0.35 * rate)
    spectrum = fft.rfft(driven, size) / (1.0 - ratio**2 + 1.3j * ratio)
    dull = fft.irfft(spectrum, size, axis=1)[:, : note.shape[1]]
    return fade_end(np.ascontiguousarray(dull, np.float32), rate)


def _voice(name: str, kit: Kit, dusty: bool, tone: tuple[Eq, ...]) -> Voice:
    return Voice(
        name,
        partial(strike, kit=kit, dusty=dusty),
        longest_s=max(piece.ring_s for piece in kit.values()),
        gated=False,
        classes=5,
        takes=3,
        dynamic=1.35,
        diffuse=0.4,
        tone=(Eq("high_pass", 30.0), *tone),
        pieces=kit,
    )


VOICES = (
    _voice("kit_acoustic", ACOUSTIC, False, (Eq("peak", 380.0, -2.0, 0.8), Eq("high_shelf", 4000.0, 0.5))),
    _voice("kit_electronic", ELECTRONIC, False, (Eq("high_shelf", 3000.0, 2.5),)),
    _voice("kit_lofi", LOFI, True, (Eq("high_shelf", 2500.0, 3.0),)),
)
