"""Sounds of drum machines, and brushes on a snare.

Every function is a recipe: a stroke and a few numbers in, one channel [shape=(stroke.frames,)] out, not yet levelled.
"""

from __future__ import annotations

import numpy as np

from engine.sketch.synth.noise import Frequencies, burst, decay, generator, hiss, metal, rise, sines, steady, times
from engine.sketch.synth.voice import Sound, Stroke


def long_kick(stroke: Stroke, hz: float, ring_s: float, snap: float) -> Sound:
    """Return the bridged-T kick of 1980: a sine that rings for `ring_s`, sharp for its first milliseconds only.

    The circuit doubles its frequency for 6 ms and then sinks a few per cent (Werner, Abel & Smith 2014).
    """
    frames, rate = stroke.frames, stroke.rate
    t = times(frames, rate)
    hertz = hz * (1.0 + 1.3 * np.exp(t / np.float32(-0.005)) + 0.12 * np.exp(t / np.float32(-0.12)))
    body = sines(hertz, rate, 0.04) * decay(frames, rate, ring_s)
    click = burst(generator("long kick", hz, stroke.round_robin), frames, rate, (900.0, 4000.0), 0.008)
    note = np.tanh((1.1 + 0.5 * stroke.force) * body) + snap * (0.3 + 0.7 * stroke.force) * click
    return np.asarray(note * rise(frames, rate, 0.0003), np.float32)


def tone_snare(stroke: Stroke, low_hz: float, high_hz: float, tone_s: float, snappy: float, snappy_s: float) -> Sound:
    """Return an analogue snare: two tuned sines for the shell, high-passed noise for the wires."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("tone snare", low_hz, stroke.round_robin)
    bend = 1.0 + 0.25 * decay(frames, rate, 0.02)
    note = 0.7 * sines(low_hz * bend, rate, 0.05) * decay(frames, rate, tone_s)
    note += 0.45 * sines(high_hz * bend, rate, 0.05) * decay(frames, rate, 0.7 * tone_s)
    wires = burst(rng, frames, rate, (1900.0, 7000.0 + 5000.0 * stroke.force), snappy_s)
    note += snappy * (0.5 + 0.5 * stroke.force) * 0.3 * wires
    note += 0.2 * stroke.force * burst(rng, frames, rate, (700.0, 6000.0), 0.015)
    return np.asarray(np.tanh(1.2 * note) * rise(frames, rate, 0.0002), np.float32)


def machine_plate(stroke: Stroke, lines_hz: Frequencies, low_hz: float, ring_s: float) -> Sound:
    """Return a machine's crash or ride: squares through high passes, a short bright part over a long one."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("machine plate", ring_s, stroke.round_robin)
    bright = metal(rng, frames, rate, lines_hz, 0.25, np.array([2.2 * low_hz, 13_500.0]))
    broad = metal(rng, frames, rate, lines_hz, 0.25, np.array([low_hz, 9000.0]))
    note = (0.4 + 0.6 * stroke.force) * bright * decay(frames, rate, 0.35 * ring_s) + 0.6 * broad * decay(
        frames, rate, ring_s
    )
    return np.asarray(note * rise(frames, rate, 0.0004), np.float32)


def conga_machine(stroke: Stroke, hz: float, ring_s: float) -> Sound:
    """Return a machine's tom or conga: one sine that falls a little, and a breath of noise."""
    frames, rate = stroke.frames, stroke.rate
    bend = hz * (1.0 + (0.15 + 0.2 * stroke.force) * decay(frames, rate, 0.12))
    note = sines(bend, rate, 0.05) * decay(frames, rate, ring_s)
    note += (
        0.06
        * hiss(generator("machine tom", hz, stroke.round_robin), frames, rate, 200.0, 1500.0)
        * decay(frames, rate, 0.12)
    )
    return np.asarray(np.tanh((1.0 + 0.6 * stroke.force) * note) * rise(frames, rate, 0.0003), np.float32)


def rim_click(stroke: Stroke, hz: float) -> Sound:
    """Return a machine's rim shot: two short, clipped sines."""
    frames, rate = stroke.frames, stroke.rate
    note = steady(hz, frames, rate, 0.1) * decay(frames, rate, 0.05) + 0.8 * steady(3.6 * hz, frames, rate) * decay(
        frames, rate, 0.03
    )
    note += 0.2 * burst(
        generator("rim", hz, stroke.round_robin), frames, rate, (1500.0, 5000.0 + 3000.0 * stroke.force), 0.01
    )
    return np.asarray(np.tanh(2.0 * note) * rise(frames, rate, 0.0002), np.float32)


def brush_tap(stroke: Stroke, head_hz: float, swish_s: float) -> Sound:
    """Return a brush on a snare: many wires that land within 10 ms, the harder the shorter, and little head."""
    frames, rate = stroke.frames, stroke.rate
    rng = generator("brush", swish_s, stroke.round_robin)
    gather = rise(frames, rate, 0.004 - 0.003 * stroke.force)
    wires = hiss(rng, frames, rate, 1100.0, 5500.0 + 4500.0 * stroke.force)
    shape = (0.35 + 0.65 * stroke.force) * decay(frames, rate, 0.09) + 0.4 * decay(frames, rate, swish_s)
    head = steady(head_hz, frames, rate, 0.05) * decay(frames, rate, 0.16)
    return np.asarray((0.3 * wires * shape + (0.12 + 0.3 * stroke.force) * head) * gather, np.float32)


def brush_sweep(stroke: Stroke, seconds: float) -> Sound:
    """Return a stirring brush: noise that swells and dies within `seconds`."""
    frames, rate = stroke.frames, stroke.rate
    noise = hiss(generator("sweep", seconds, stroke.round_robin), frames, rate, 1500.0, 6500.0)
    way = np.clip(times(frames, rate) / np.float32(seconds), 0.0, 1.0)
    return np.asarray(
        noise * (0.25 + np.sin(np.pi * way) ** 2) * np.sqrt(1.0 - way) * rise(frames, rate, 0.001), np.float32
    )
