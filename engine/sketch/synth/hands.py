"""Drums played by hand and small skins: congas, timbales, djembe, cajon, surdo, cuica; and snapped fingers.

Every function is a recipe: a stroke and a few numbers in, one channel [shape=(stroke.frames,)] out, not yet levelled.
"""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.modes import Modes, ring, varied
from engine.sketch.synth.noise import burst, decay, generator, rise, sines, times
from engine.sketch.synth.skins import MEMBRANE
from engine.sketch.synth.voice import Sound, Stroke


def hand_drum(stroke: Stroke, hz: float, ring_s: float, slap: float, mute: bool = False) -> Sound:
    """Return a tuned hand drum; `slap` is the loudness of the fingers, `mute` leaves the hand on the skin."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("hand drum", hz, mute, stroke.round_robin)
    force = 0.4 + 0.6 * stroke.force
    ratios = np.array([*MEMBRANE, 3.6, 4.2])
    loud = np.array([1.0, 0.5, 0.32, 0.2, 0.14, 0.1]) * force ** np.arange(6)
    last = ring_s / (1.0 + 1.4 * np.arange(6))
    modes = varied(Modes.of(hz * ratios, last * (0.3 if mute else 1.0), loud, 0.03), rng, 5.0, 0.1)
    # The skin is stretched by the blow: the fundamental begins sharp and settles.
    bend = hz * (1.0 + 0.08 * force * decay(frames, rate, 0.05))
    note = ring(modes, frames, rate) + 0.5 * sines(bend, rate, 0.04) * decay(
        frames, rate, last[0] * (0.3 if mute else 1.0)
    )
    fingers = burst(rng, frames, rate, (700.0, 6500.0 * (0.5 + 0.5 * stroke.force)), 0.022 if not mute else 0.04)
    note += (0.15 + slap * stroke.force) * fingers
    return np.asarray(np.tanh(1.1 * note) * rise(frames, rate, 0.0003), np.float32)


def timbale(stroke: Stroke, hz: float, ring_s: float) -> Sound:
    """Return a timbale: a stick on a thin skin over a ringing metal shell."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("timbale", hz, stroke.round_robin)
    skin = Modes.of(hz * np.array(MEMBRANE), ring_s / np.array([1.0, 1.5, 2.0, 3.0]), [1.0, 0.7, 0.5, 0.35], 0.05)
    shell = Modes.of(np.array([1830.0, 2740.0, 3950.0, 5230.0]), 0.3, [0.2, 0.16, 0.12, 0.08])
    note = ring(varied(skin, rng, 6.0, 0.1), frames, rate) + (0.3 + 0.7 * stroke.force) * ring(shell, frames, rate)
    note += 0.5 * stroke.force * burst(rng, frames, rate, (1200.0, 8000.0), 0.012)
    return np.asarray(np.tanh(1.2 * note) * rise(frames, rate, 0.0002), np.float32)


def cajon(stroke: Stroke, low_hz: float, ring_s: float, wire: float) -> Sound:
    """Return a cajon: the box's thump below, the plate's slap and its wires above."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("cajon", low_hz, stroke.round_robin)
    fall = low_hz * (1.0 + 0.25 * decay(frames, rate, 0.04))
    note = sines(fall, rate, 0.03) * decay(frames, rate, ring_s)
    note += ring(Modes.of(low_hz * np.array([2.1, 3.4, 5.2]), 0.07, [0.35, 0.3, 0.2]), frames, rate)
    note += (0.2 + wire) * (0.3 + 0.7 * stroke.force) * burst(rng, frames, rate, (500.0, 4500.0), 0.035)
    note += wire * stroke.force * burst(rng, frames, rate, (2500.0, 9000.0), 0.09)
    return np.asarray(np.tanh(1.2 * note) * rise(frames, rate, 0.0003), np.float32)


def snap(stroke: Stroke) -> Sound:
    """Return snapped fingers: two clicks about 9 ms apart over the resonances of the palm."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("snap", stroke.round_robin)
    note = ring(Modes.of([1480.0, 2260.0, 3300.0], [0.035, 0.03, 0.02], [0.8, 1.0, 0.5]), frames, rate)
    note += 0.9 * burst(rng, frames, rate, (1200.0, 4200.0 + 2500.0 * stroke.force), 0.025)
    late = min(frames, round(float(rng.uniform(0.007, 0.011)) * rate))
    note[late:] += 0.6 * burst(rng, frames - late, rate, (1400.0, 5000.0), 0.04)
    return np.asarray(note * rise(frames, rate, 0.0002), np.float32)


def cuica(stroke: Stroke, hz: float, up: float, ring_s: float) -> Sound:
    """Return a cuica: a rubbed skin whose pitch slides by `up` octaves while it squeaks."""
    frames, rate = stroke.frames, stroke.rate
    way = np.minimum(1.0, times(frames, rate) / np.float32(0.6 * ring_s))
    slide = hz * 2.0 ** (up * np.sin(0.5 * np.pi * way.astype(np.float64)))
    note = sum(loud * sines(k * slide, rate) for k, loud in ((1, 1.0), (2, 0.6), (3, 0.3), (4, 0.12)))
    rub = 0.75 + 0.25 * np.sin(times(frames, rate) * np.float32(2 * np.pi * 38.0))
    return np.asarray(note * rub * decay(frames, rate, ring_s) * rise(frames, rate, 0.004), np.float32)


def big_drum(stroke: Stroke, hz: float, ring_s: float, stick: float, stick_hz: tuple[float, float]) -> Sound:
    """Return a large drum (gran cassa, taiko, surdo, timpano): low modes that outlast a soft or hard mallet."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("big drum", hz, stroke.round_robin)
    # Air loading pulls a big drum's modes towards 1 : 1.5 : 2 : 2.5 (Fletcher & Rossing, ch. 18).
    ratios = np.array([1.0, 1.5, 1.98, 2.44, 2.9, 3.4])
    loud = np.array([1.0, 0.6, 0.4, 0.28, 0.2, 0.15]) * (0.35 + 0.65 * stroke.force) ** (0.7 * np.arange(6))
    modes = varied(Modes.of(hz * ratios, ring_s / (1.0 + 0.45 * np.arange(6)), loud, 0.05), rng, 6.0, 0.12)
    drop = hz * (1.0 + 0.3 * stroke.force * decay(frames, rate, 0.06))
    note = ring(modes, frames, rate) + 0.8 * sines(drop, rate, 0.05) * decay(frames, rate, 0.4 * ring_s)
    note += stick * (0.3 + 0.7 * stroke.force) * burst(rng, frames, rate, stick_hz, 0.03)
    return np.asarray(np.tanh(0.9 * note) * rise(frames, rate, 0.0006), np.float32)
