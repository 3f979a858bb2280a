"""Clips with known beats for the alignment benchmark: the generated drift set, and recordings from a folder.

A folder has `ground_truth.json`: a list of {"file", "bpm", "beats" (seconds), "pos" (1 = downbeat), "meter"}.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.music import Meter
from tests.helpers.drift_set import DRUMLESS, KINDS, DriftCase, drift_case

Audio = NDArray[np.float32]
Times = NDArray[np.float64]


@dataclass(frozen=True)
class Clip:
    """One clip with its known beats.

    Attributes:
        group: "drums", "drumless", "real" or "steady" (already on the grid).
        audio: a mix, or stems by name.
        beats: quarter notes from the first downbeat, rising, negative before it …
        beats_s: … and their times in seconds.
    """

    name: str
    group: str
    audio: Audio
    sample_rate: int
    bpm: float
    meter: Meter
    bars: int
    beats: Times
    beats_s: Times


def generated(seeds: range, kinds: tuple[str, ...] = KINDS) -> Iterator[Clip]:
    """Yield every kind of the drift set with every one of `seeds`."""
    for kind in kinds:
        for seed in seeds:
            yield from_case(drift_case(kind, seed, 44_100))


def from_case(case: DriftCase) -> Clip:
    group = "drumless" if case.kind in DRUMLESS else "steady" if case.kind == "steady" else "drums"
    beats = np.arange(0.0, case.length_beats)
    return Clip(
        case.name, group, case.mix, case.sample_rate, case.bpm, case.meter, case.bars, beats, case.seconds(beats)
    )


def recorded(folder: Path, seeds: range) -> Iterator[Clip]:
    """Yield the clips of `folder` that have beats, as they are and with the tempo drift of each of `seeds`."""
    for entry in json.loads((folder / "ground_truth.json").read_text("utf-8")):
        if not entry.get("beats"):
            continue
        audio, rate = soundfile.read(folder / entry["file"], dtype="float32", always_2d=True)
        first = entry["pos"].index(1) if 1 in entry.get("pos", []) else 0
        beats_s = np.array(entry["beats"], dtype=np.float64)
        beats = np.arange(len(beats_s), dtype=np.float64) - first
        meter = Meter(int(entry.get("meter") or 4), 4)
        bars = max(1, math.ceil((len(beats) - first) / meter.numerator - 1e-9))
        bpm = float(entry.get("bpm") or 60.0 * (len(beats) - 1) / (beats_s[-1] - beats_s[0]))
        group = "steady real" if entry.get("kind") == "loop" else "real"
        clip = Clip(entry["name"], group, audio, rate, bpm, meter, bars, beats, beats_s)
        yield clip
        yield from (drifted(clip, seed) for seed in seeds)


def drifted(clip: Clip, seed: int) -> Clip:
    """Return `clip` played at a speed that drifts slowly by up to 3 %."""
    rng = np.random.default_rng(seed)
    length_s = len(clip.audio) / clip.sample_rate
    out_s = np.arange(0.0, length_s * 1.05, 0.01)
    waves = [
        rng.uniform(0.003, 0.015) * np.sin(2 * np.pi * out_s / rng.uniform(6.0, 25.0) + rng.uniform(0, 2 * np.pi))
        for _ in range(2)
    ]
    speed = 1.0 + rng.uniform(-0.015, 0.015) + np.sum(waves, axis=0)
    source_s = np.concatenate([[0.0], np.cumsum(0.01 * speed[:-1])])
    frames = int(np.interp(length_s, source_s, out_s) * clip.sample_rate)
    at = np.interp(np.arange(frames) / clip.sample_rate, out_s, source_s) * clip.sample_rate
    moved_s = np.interp(clip.beats_s, source_s, out_s)
    audio = np.stack([_sampled(channel, at) for channel in clip.audio.T], axis=1)
    name = f"{clip.name}~{seed}"
    return Clip(name, "real", audio, clip.sample_rate, clip.bpm, clip.meter, clip.bars, clip.beats, moved_s)


def _sampled(channel: Audio, at: Times) -> Audio:
    """Read `channel` at fractional frames by cubic interpolation (Catmull–Rom)."""
    padded = np.pad(channel, (1, 3))
    whole = np.floor(at).astype(np.intp)
    x = at - whole
    a, b, c, d = (padded[np.minimum(whole + k, len(padded) - 1)].astype(np.float64) for k in range(4))
    cubic = b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)))
    return np.asarray(cubic, dtype=np.float32)
