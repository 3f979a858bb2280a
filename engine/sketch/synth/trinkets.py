"""Small percussion of wood, metal and beads: claves, blocks, agogo, triangle, guiro, cabasa, vibraslap, sleigh bells.

Every function is a recipe: a stroke and a few numbers in, one channel [shape=(stroke.frames,)] out, not yet levelled.
"""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.modes import Modes, ring, varied
from engine.sketch.synth.noise import burst, decay, generator, hiss, metal, rise
from engine.sketch.synth.plates import plate_lines
from engine.sketch.synth.voice import Sound, Stroke

_JINGLES = plate_lines("jingles", 3200.0, 12_000.0, 40)


def block(stroke: Stroke, hz: float, ring_s: float, modes: tuple[tuple[float, float], ...], tick: float) -> Sound:
    """Return struck wood or metal: `modes` are (ratio, loudness) pairs, `tick` is the stick's own noise."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("block", hz, stroke.round_robin)
    ratio, loud = np.array(modes).T
    loud = loud * np.where(ratio > 1.0, 0.35 + 0.65 * stroke.force, 1.0)
    bank = varied(Modes.of(hz * ratio, ring_s / np.sqrt(ratio), loud, 0.02), rng, 4.0, 0.1)
    note = ring(bank, frames, rate) + tick * stroke.force * burst(rng, frames, rate, (1800.0, 9000.0), 0.008)
    return np.asarray(note * rise(frames, rate, 0.0002), np.float32)


def beads(stroke: Stroke, low_hz: float, high_hz: float, gather_s: float, ring_s: float) -> Sound:
    """Return beads on a gourd (cabasa, maracas): noise that rises for about `gather_s` and decays in `ring_s`."""
    frames, rate = stroke.frames, stroke.rate
    noise = hiss(
        generator("beads", low_hz, stroke.round_robin), frames, rate, low_hz, high_hz * (0.7 + 0.3 * stroke.force), 3
    )
    count = min(frames, max(1, round(gather_s * (1.4 - 0.8 * stroke.force) * rate)))
    envelope = decay(frames, rate, ring_s)
    envelope[:count] *= np.linspace(0.15, 1.0, count, dtype=np.float32)
    return np.asarray(noise * envelope * rise(frames, rate, 0.0003), np.float32)


def scrape(stroke: Stroke, seconds: float, teeth: int) -> Sound:
    """Return a guiro: a stick over `teeth` notches within `seconds`, slowest at the start."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("guiro", teeth, stroke.round_robin)
    note = np.zeros(frames, np.float32)
    way = np.linspace(0.0, 1.0, teeth)
    tooth = burst(rng, round(0.03 * rate), rate, (1700.0, 6500.0), 0.012)
    for at, loud in zip(seconds * way**0.8, 0.45 + 0.55 * way, strict=True):
        start = round(float(at) * rate)
        count = min(tooth.size, frames - start)
        if count > 0:
            note[start : start + count] += np.float32(loud * rng.uniform(0.7, 1.0)) * tooth[:count]
    return np.asarray(note * rise(frames, rate, 0.0003), np.float32)


def rattle(stroke: Stroke) -> Sound:
    """Return a vibraslap: pins that rattle in a box at shrinking intervals."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("vibraslap", stroke.round_robin)
    note = np.zeros(frames, np.float32)
    pin = burst(rng, round(0.02 * rate), rate, (2200.0, 6000.0), 0.01)
    at_s, gap_s = 0.0, 0.034
    while at_s < 0.8:
        start = round(at_s * rate)
        count = min(pin.size, frames - start)
        if count <= 0:
            break
        note[start : start + count] += np.float32(10.0 ** (-2.2 * at_s)) * pin[:count]
        at_s, gap_s = at_s + gap_s, gap_s * 0.985
    return np.asarray(note * rise(frames, rate, 0.0003), np.float32)


def jingles(stroke: Stroke, ring_s: float) -> Sound:
    """Return sleigh bells or a shell tree: many small plates, struck within a few milliseconds."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("jingles", ring_s, stroke.round_robin)
    bed = metal(rng, frames, rate, _JINGLES, 0.15, np.array([3000.0, 12_000.0 * (0.7 + 0.3 * stroke.force)]))
    envelope = decay(frames, rate, ring_s)
    for at_s in rng.uniform(0.004, 0.05, 3):
        start = min(frames, round(float(at_s) * rate))
        envelope[start:] += 0.4 * decay(frames - start, rate, ring_s)
    return np.asarray(bed * envelope * rise(frames, rate, 0.0006), np.float32)
