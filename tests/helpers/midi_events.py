"""MIDI events, and the times of clock ticks with jitter, for tests of the MIDI door."""

from __future__ import annotations

import random
from itertools import accumulate

from bridge.doors.midi.clock import PPQN
from bridge.doors.midi.messages import MidiEvent, MidiKind


def note(number: int = 60, velocity: int = 100, channel: int = 1) -> MidiEvent:
    return MidiEvent(MidiKind.NOTE, channel, number, velocity)


def cc(value: int, number: int = 64) -> MidiEvent:
    return MidiEvent(MidiKind.CC, 1, number, value)


def bend(value: int) -> MidiEvent:
    return MidiEvent(MidiKind.BEND, 1, 0, value)


def ticks(*parts: tuple[float, float], jitter_s: float = 0.0, even_s: float = 0.0, seed: int = 0) -> list[float]:
    """Return tick times of a clock that plays each (bpm, seconds) of `parts`.

    `jitter_s` is the standard deviation of Gaussian jitter, `even_s` the most that even jitter is early or late.
    """
    noise = random.Random(seed)
    steps = [60 / (PPQN * bpm) for bpm, length_s in parts for _ in range(round(length_s * PPQN * bpm / 60))]
    return sorted(time + noise.gauss(0, jitter_s) + noise.uniform(-even_s, even_s) for time in accumulate(steps))
