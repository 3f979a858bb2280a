"""The drum kits as instruments: the drum for each key, the level of a stroke, and the lo-fi kit's old sampler."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import fft

from engine.sketch.synth import kit_acoustic, kit_electric
from engine.sketch.synth.kit_sets import Kit
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, fade_end, strike_level

HAT_KEYS = (42, 44, 46)
OPEN_HAT = 46
KICK_KEYS = (35, 36)

_LOWEST, _HIGHEST = 26, 87
_NEAREST = {
    27: 37, 28: 26, 29: 73, 30: 74, 31: 37, 32: 76, 33: 76, 34: 53, 35: 36, 40: 38, 57: 49, 59: 51, 71: 76, 72: 67,
    84: 83, 85: 75,
}  # fmt: skip


def nearest(key: int) -> int:
    """Return the key of the kits that comes nearest to General MIDI percussion `key`."""
    if key < _LOWEST:
        return 36
    return _NEAREST.get(key, key) if key <= _HIGHEST else 81


def strike(stroke: Stroke, kit: Kit, lofi: bool) -> Sound:
    """Return one stroke on a kit, levelled, then lo-fi if asked for [shape=(1, frames)]."""
    note = strike_level(kit[stroke.key].recipe(stroke), stroke.rate)
    return _lofi(note, stroke.rate) if lofi else note


def _lofi(note: Sound, rate: int) -> Sound:
    """Return `note` as from an old sampler: clipped softly, dull above 7 kHz (minimum phase: the attack stays)."""
    driven = np.tanh(1.6 * note) / np.float32(np.tanh(1.6))
    size = fft.next_fast_len(2 * note.shape[1], real=True)
    ratio = fft.rfftfreq(size, 1 / rate) / min(7000.0, 0.35 * rate)
    spectrum = fft.rfft(driven, size) / (1.0 - ratio**2 + 1.3j * ratio)
    dull = fft.irfft(spectrum, size, axis=1)[:, : note.shape[1]]
    return fade_end(np.ascontiguousarray(dull, np.float32), rate)


def _voice(name: str, kit: Kit, *tone: Eq, lofi: bool = False, dynamic: float = 1.35) -> Voice:
    return Voice(
        name,
        partial(strike, kit=kit, lofi=lofi),
        longest_s=max(piece.ring_s for piece in kit.values()),
        gated=False,
        velocity_layers=5,
        round_robins=3,
        dynamic=dynamic,
        diffuse=0.4,
        tone=(Eq("high_pass", 30.0), *tone),
        pieces=kit,
    )


VOICES = (
    _voice("kit_acoustic", kit_acoustic.ACOUSTIC, Eq("peak", 380.0, -2.0, 0.8), Eq("high_shelf", 4000.0, 0.5)),
    _voice("kit_rock", kit_acoustic.ROCK, Eq("peak", 420.0, -3.0, 0.8), Eq("high_shelf", 5000.0, 1.0), dynamic=1.15),
    _voice("kit_vintage", kit_acoustic.VINTAGE, Eq("peak", 300.0, 1.0, 0.8), Eq("high_shelf", 6000.0, -3.0)),
    _voice("kit_jazz", kit_acoustic.JAZZ, Eq("high_shelf", 8000.0, -2.0), dynamic=1.5),
    _voice("kit_brush", kit_acoustic.BRUSH, Eq("high_shelf", 8000.0, -2.0), dynamic=1.4),
    _voice(
        "kit_breaks", kit_acoustic.BREAKS, Eq("peak", 900.0, 1.5, 0.8), Eq("high_shelf", 9000.0, -2.0), dynamic=1.1
    ),
    _voice("kit_metal", kit_acoustic.METAL, Eq("peak", 450.0, -4.0, 0.9), Eq("peak", 4000.0, 2.0, 0.8), dynamic=1.0),
    _voice("kit_lofi", kit_acoustic.LOFI, Eq("high_shelf", 2500.0, 3.0), lofi=True),
    _voice("kit_orchestral", kit_acoustic.ORCHESTRAL, Eq("high_shelf", 7000.0, -1.5), dynamic=1.5),
    _voice("kit_electronic", kit_electric.ELECTRONIC, Eq("high_shelf", 3000.0, 2.5)),
    _voice("kit_808", kit_electric.KIT_808, Eq("high_shelf", 5000.0, 1.0), dynamic=1.2),
    _voice("kit_909", kit_electric.KIT_909, Eq("peak", 350.0, -1.5, 0.8), dynamic=1.2),
    _voice("kit_606", kit_electric.KIT_606, Eq("high_pass", 45.0), dynamic=1.2),
    _voice("percussion", kit_acoustic.HAND, Eq("high_pass", 45.0), Eq("high_shelf", 8000.0, -1.0)),
)
